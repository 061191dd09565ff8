"""What judging again would change, as a table."""

from collections.abc import Iterable
from datetime import datetime

from rich.table import Table

from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Finding
from baqylau.locales import text
from baqylau.monitoring.server.review import Reviewed

_COLUMNS = ("change", "what", "person", "about", "at")


def table(changed: Iterable[Reviewed], language: str) -> Table:
    """Give a row for each finding that would be gained, lost or told otherwise, in the order of their instants."""
    shown = Table(*(text(language, f"cli.refold.{name}") for name in _COLUMNS))
    for reviewed in changed:
        for change, findings in sorted(_rows(reviewed), key=lambda row: row[1][-1].at):
            shown.add_row(text(language, f"cli.refold.{change}"), *_cells(findings, language))
    return shown


def _rows(reviewed: Reviewed) -> Iterable[tuple[str, tuple[Finding, ...]]]:
    comparison = reviewed.comparison
    yield from (("gained", (one,)) for one in comparison.gained)
    yield from (("lost", (one,)) for one in comparison.lost)
    yield from (("changed", (one.was, one.now)) for one in comparison.changed)


def _cells(findings: tuple[Finding, ...], language: str) -> list[str]:
    """Give what it is, about whom and what, and when; of two the instants of both, where they differ."""
    told = findings[-1]
    instants = dict.fromkeys(f"{_local(one.since or one.at)} - {_local(one.at)}" for one in findings)
    return [
        f"{EVENTS[told.code].priority or '-'} {told.code} {text(language, f'alarm.{told.code}.title')}",
        told.person_id,
        told.place or told.subject,
        " > ".join(instants),
    ]


def _local(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
