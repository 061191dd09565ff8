"""The console as lines of text: for service over SSH, and for whoever reads a terminal better than a page."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from baqylau.domain.field import FieldKind
from baqylau.locales import text
from baqylau.monitoring.console import views, work_views
from baqylau.monitoring.console.desk import Desk
from baqylau.monitoring.console.messages import ConsoleState, ConsoleVisit

HOUR_S = 3600
WRONG_S = 60


def lines(desk: Desk, language: str) -> Iterator[str]:
    """Give what the console has; names only while it is unlocked."""
    shown = views.state(desk)
    yield text(language, "console.text.device", device=shown.device_id, time=_time(shown.at, shown.timezone))
    yield _package(shown, language)
    yield text(language, "console.unsent", count=shown.unsent)
    if abs(shown.ahead_s) >= WRONG_S:
        yield text(language, "console.clock_wrong", minutes=round(abs(shown.ahead_s) / 60))
    if shown.locked:
        return
    for one in views.visits(desk):
        yield _visit(one, language, shown.timezone)
    for check in views.checks(desk):
        words = "console.text.check_heard" if check.heard else "console.text.check_not_heard"
        sent = text(language, "console.sent" if check.sent else "console.not_sent")
        yield text(language, words, time=_time(check.at, shown.timezone), name=check.name, sent=sent)
    yield from _work(desk, language, shown.timezone)


def _work(desk: Desk, language: str, timezone: str) -> Iterator[str]:
    """Give what was done on devices, why something was not taken over, and what is carried."""
    for job in work_views.jobs_of(desk):
        words = {FieldKind.ORDER: job.order if job.order != "walk" else "walk_unit"}.get(job.kind, job.kind)
        what = text(language, f"console.job.{words}", off=job.off, on=job.on)
        state = text(language, f"console.job.state.{job.state}")
        yield text(language, "console.text.job", time=_time(job.at, timezone), name=job.name, what=what, state=state)
        if job.refusal is not None:
            yield text(language, f"field.refusal.{job.refusal}")
    for device in desk.opened().package.spares:
        yield text(language, "console.text.spare", device=device.id, kind=text(language, f"device.{device.kind}"))


def _package(shown: ConsoleState, language: str) -> str:
    if shown.left_s is None:
        return text(language, f"console.wiped.{shown.wiped}" if shown.wiped else "console.no_package")
    return text(language, "console.package_left", hours=int(shown.left_s // HOUR_S))


def _visit(one: ConsoleVisit, language: str, timezone: str) -> str:
    heard = text(language, "console.never_heard") if one.heard_at is None else _time(one.heard_at, timezone)
    state = text(language, f"compliance.{one.compliance}")
    return text(language, "console.text.visit", name=one.name, address=one.address or "–", state=state, heard=heard)


def _time(at: datetime, timezone: str) -> str:
    return f"{at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
