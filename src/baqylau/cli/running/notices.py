"""Commands about notices and the load of alarms: `notices`, `notify test`, `load`."""

import secrets
import sys
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from baqylau.cli.instants import instant
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.opening import ready
from baqylau.cli.options import DEFAULT_DATA, Data, Database
from baqylau.cli.running.operate import WIDTH
from baqylau.domain.notices import WEARER, Notice, NoticeId, NoticeState
from baqylau.domain.targets import Telling
from baqylau.links.notices.way import Letter, NotTakenError
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server.messenger import tried_on
from baqylau.monitoring.server.notice_file import NoticeFileError, telling_in
from baqylau.monitoring.workstation.load_figures import LoadFigures, Times, figures_of, last_month
from baqylau.storage.alarms.figures import Figures
from baqylau.storage.alarms.outbox import Outbox

app = typer.Typer()
notify = typer.Typer(help="Try the ways by which people are told.", no_args_is_help=True)
app.add_typer(notify, name="notify")
NOTHING = "–"


@app.command()
def notices(
    state: Annotated[
        list[NoticeState] | None, typer.Option(help="Only those in this state; may be said several times.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest first.")] = 100,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    as_json: Annotated[bool, typer.Option("--json", help="One notice a line, as JSON.")] = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """List who was told of alarms, by which way, and how far that has come."""
    with ready(data, database) as engine:
        found = Outbox(engine).latest(state or tuple(NoticeState), limit)
    if as_json:
        for one in found:
            sys.stdout.write(msgspec.json.encode(one).decode() + "\n")
    else:
        Console(width=max(Console().width, WIDTH)).print(_table(found, language))


def _table(found: list[Notice], language: str) -> Table:
    columns = ("alarm", "target", "channel", "since", "state", "attempts", "error")
    table = Table(*(text(language, f"cli.notices.{name}") for name in columns))
    for one in found:
        table.add_row(
            str(one.alarm_id),
            text(language, "notice.target.wearer") if one.target == WEARER else one.target,
            text(language, f"notice.channel.{one.channel}"),
            f"{one.created_at.astimezone():%Y-%m-%d %H:%M:%S}",
            text(language, f"notice.state.{one.state}"),
            str(one.attempts),
            one.last_error,
        )
    return table


@notify.command("test")
def notify_test(
    target: Annotated[str, typer.Argument(help="Name of a target in notices.yaml.")],
    data: Data = DEFAULT_DATA,
    language: Language = SPOKEN,
) -> None:
    """Send a target one message that asks for nothing, and tell whether it was taken over."""
    told = _telling(data, language).target(target)
    if told is None:
        typer.echo(text(language, "notice.test.no_target", target=target), err=True)
        raise typer.Exit(1)
    letter = Letter(
        id=NoticeId(secrets.token_hex(16)),
        address=told.address,
        subject=text(told.language.value, "notice.test.subject"),
        text=text(told.language.value, "notice.test.text"),
        facts={"why": "test"},
        at=now(),
    )
    try:
        tried_on(_telling(data, language), told, letter)
    except NotTakenError as why:
        typer.echo(text(language, "notice.test.failed", target=target, why=why.error), err=True)
        raise typer.Exit(1) from why
    typer.echo(text(language, "notice.test.done", target=target))


def _telling(data: Data, language: str) -> Telling:
    try:
        return telling_in(data)
    except NoticeFileError as wrong:
        typer.echo(text(language, wrong.key, **wrong.params), err=True)
        raise typer.Exit(1) from wrong


@app.command()
def load(
    since: Annotated[
        datetime | None, typer.Option("--from", parser=instant, help="From when on; a month before the end if unsaid.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(parser=instant, help="Until when; now if unsaid.")] = None,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    timezone: Annotated[str, typer.Option(help="Civil time in which working hours are counted.")] = "Asia/Almaty",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """Show how heavy the alarms weigh: how many, how soon answered, how many with a real cause."""
    until_at = until or now()
    from_at = since or last_month(until_at)
    with ready(data, database) as engine:
        counted = Figures(engine).load(from_at, until_at, now=now(), zone=timezone)
    figures = figures_of(counted, from_at, until_at)
    if as_json:
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
    else:
        for line in _lines(figures, language):
            typer.echo(line)


def _lines(figures: LoadFigures, language: str) -> list[str]:
    def say(name: str, **params: object) -> str:
        return text(language, f"cli.load.{name}", **params)

    return [
        say("people", people=figures.people, days=round(figures.person_days, 1)),
        say("alarms", count=figures.alarms, rate=_rate(figures.per_person_month)),
        say("tasks", count=figures.tasks, rate=_rate(figures.tasks_per_person_day)),
        say("take", **_times(figures.take)),
        say("contact", **_times(figures.contact)),
        say("close", **_times(figures.close)),
        say("real", share=_percent(figures.real_share), count=figures.closed),
        say("unseen", share=_percent(figures.cleared_before_seen_share)),
        say("open", count=figures.open_after_day),
        say("escalated", share=_percent(figures.escalated_share)),
        say("after_hours", share=_percent(figures.after_hours_share)),
        say("faults", count=figures.device_faults, rate=_rate(figures.device_faults_per_person)),
        *(
            say("code", code=one.code, title=text(language, f"alarm.{one.code}.title"), count=one.alarms)
            for one in figures.by_code
        ),
        *(say("operator", login=one.login, taken=one.taken, closed=one.closed) for one in figures.operators),
    ]


def _rate(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1%}"


def _times(times: Times) -> dict[str, str]:
    return {"p50": _long(times.p50_s), "p90": _long(times.p90_s)}


def _long(seconds: float | None) -> str:
    return NOTHING if seconds is None else str(timedelta(seconds=round(seconds)))
