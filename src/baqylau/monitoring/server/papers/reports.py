"""Reports about a person: compliance over a period, one alarm, and the form for the court. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from baqylau.domain.acts import Act, Contest, Explain
from baqylau.domain.alarms import Alarm
from baqylau.monitoring.server.papers import parts
from baqylau.monitoring.server.papers.actors import Actors
from baqylau.monitoring.server.papers.acts_said import said, wrote
from baqylau.monitoring.server.papers.facts import AlarmFile, Cover, Dossier
from baqylau.monitoring.server.papers.layout import Block, Facts, Heading, Lines, Note, Paper, Signatures, Table, Text
from baqylau.monitoring.server.papers.recorded import recorded
from baqylau.monitoring.server.papers.words import NOTHING, Words
from baqylau.storage.alarms.alarms import Done
from baqylau.storage.judging.findings import Written

_EXPLANATION_LINES = 4
_REQUEST_LINES = 6


def compliance(words: Words, cover: Cover, of: Dossier) -> Paper:
    """Write how a person stood to what is prescribed, day by day."""
    title = words.t("paper.compliance.title")
    return parts.paper(words, cover, title, parts.period(words, of.from_at, of.until_at), _compliance(words, cover, of))


def _compliance(words: Words, cover: Cover, of: Dossier) -> Iterator[Block]:
    yield from _person(words, of)
    yield from parts.days(words, of.stretches)
    yield from parts.findings(words, of.findings)
    yield from _alarms(words, of.alarms)
    yield from recorded(words, of)
    yield from parts.rules_used(words, (one.finding for one in of.findings), cover)
    yield Signatures(((words.t("paper.inspector"), ""),), words.t("paper.signature"))


def _person(words: Words, of: Dossier) -> Iterator[Block]:
    yield Heading(words.t("paper.whom"))
    yield from parts.who(words, of.person, of.supervision)
    yield from parts.prescribed(words, of.supervision, of.from_at, of.until_at)


def _alarms(words: Words, alarms: Sequence[Alarm]) -> Iterator[Block]:
    yield Heading(words.t("paper.alarms"))
    columns = ("number", "at", "finding", "cause", "decision")
    yield Table(
        head=tuple(words.t(f"paper.column.{name}") for name in columns),
        widths=(1, 2, 4, 3, 2.4),
        rows=tuple(_alarm(words, one) for one in alarms),
        none=words.t("paper.none.alarms"),
    )


def _alarm(words: Words, one: Alarm) -> tuple[str, ...]:
    decided = words.t(f"decision.{one.decision}") if one.decision else NOTHING
    contested = f" {words.t('paper.contested')}" if one.contested_at else ""
    return (
        str(one.id),
        words.minute(one.began_at),
        f"{one.code} {words.t(f'alarm.{one.code}.title')}",
        (words.t(f"cause.{one.cause}") if one.cause else NOTHING) + contested,
        decided,
    )


def alarm(words: Words, cover: Cover, of: AlarmFile) -> Paper:
    """Write why one alarm was raised, what it rests on and what was done."""
    title = words.t("paper.alarm.title", number=of.alarm.id)
    subtitle = f"{of.alarm.code} {words.t(f'alarm.{of.alarm.code}.title')}, {words.minute(of.alarm.began_at)}"
    return parts.paper(words, cover, title, subtitle, _alarm_file(words, cover, of))


def _alarm_file(words: Words, cover: Cover, of: AlarmFile) -> Iterator[Block]:
    one = of.alarm
    if of.person is not None and of.supervision is not None:
        yield Heading(words.t("paper.whom"))
        yield from parts.who(words, of.person, of.supervision)
        yield from parts.prescribed(
            words, of.supervision, one.began_at, one.last_at.max.replace(tzinfo=one.last_at.tzinfo)
        )
    yield Heading(words.t("paper.alarm.why"))
    if of.findings:
        yield Text(parts.why(words, of.findings[0]))
    yield Text(words.t(f"alarm.{one.code}.rule"))
    yield Facts(tuple(_course(words, one, of.actors)))
    written = [
        Written(
            finding=each,
            alarm_id=one.id,
            raised_at=each.at,
            superseded_at=each.at if each.id in of.superseded else None,
        )
        for each in of.findings
    ]
    yield from parts.findings(words, written)
    yield from _acts(words, of)
    yield from parts.rules_used(words, of.findings, cover)
    yield Signatures(((words.t("paper.inspector"), ""),), words.t("paper.signature"))


def _course(words: Words, one: Alarm, actors: Actors) -> Iterator[tuple[str, str]]:
    yield words.t("paper.alarm.priority"), str(one.priority)
    yield words.t("paper.alarm.began"), words.exact(one.began_at)
    yield words.t("paper.alarm.raised"), words.exact(one.raised_at)
    if one.taken_at is not None:
        yield words.t("paper.alarm.taken"), _signed(words, actors, one.taken_at, one.taken_by)
    if one.contacted_at is not None:
        yield words.t("paper.alarm.contacted"), words.exact(one.contacted_at)
    if one.cleared_at is not None:
        yield words.t("paper.alarm.cleared"), words.exact(one.cleared_at)
    if one.closed_at is not None:
        yield words.t("paper.alarm.closed"), _signed(words, actors, one.closed_at, one.closed_by)
    if one.decision is not None and one.decided_at is not None:
        decided = words.t(f"decision.{one.decision}")
        yield words.t("paper.alarm.decided"), f"{decided}, {_signed(words, actors, one.decided_at, one.decided_by)}"


def _signed(words: Words, actors: Actors, at: datetime, by: str | None) -> str:
    return f"{words.exact(at)}, {actors.said(words, by)}" if by else words.exact(at)


def _acts(words: Words, of: AlarmFile) -> Iterator[Block]:
    yield Heading(words.t("paper.acts"))
    yield Table(
        head=tuple(words.t(f"paper.column.{name}") for name in ("at", "by", "act", "words")),
        widths=(2.2, 2.4, 3.2, 3.8),
        rows=tuple(_act(words, one, of.actors) for one in of.acts),
        none=words.t("paper.none.acts"),
    )
    yield from _own_words(words, [one.act for one in of.acts])


def _act(words: Words, one: Done, actors: Actors) -> tuple[str, ...]:
    did = said(words, one.act, one.by, actors)
    return words.exact(one.at), actors.said(words, one.by), did, wrote(one.act) or NOTHING


def _own_words(words: Words, acts: Sequence[Act]) -> Iterator[Block]:
    """Leave room for the person's own explanation where none was written down."""
    if not any(isinstance(one, Explain | Contest) for one in acts):
        yield Lines(words.t("paper.explanation"), _EXPLANATION_LINES)


def court(words: Words, cover: Cover, of: Dossier) -> Paper:
    """Write the form for the court. Whether something was a breach of duty is left to people."""
    return parts.paper(
        words,
        cover,
        words.t("paper.court.title"),
        parts.period(words, of.from_at, of.until_at),
        _court(words, cover, of),
    )


def _court(words: Words, cover: Cover, of: Dossier) -> Iterator[Block]:
    courts = dict.fromkeys(one.court for one in of.supervision.orders)
    yield Text(words.t("paper.court.to", court=", ".join(courts) or NOTHING))
    yield from _person(words, of)
    yield from parts.days(words, of.stretches)
    decided = [one for one in of.alarms if one.decision is not None or one.cause is not None]
    yield from _alarms(words, decided)
    if len(decided) < len(of.alarms):
        yield Note(words.t("paper.court.undecided", count=len(of.alarms) - len(decided)))
    yield Note(words.t("paper.finding_said"))
    yield from recorded(words, of)
    yield Heading(words.t("paper.court.request"))
    yield Lines(words.t("paper.court.request_hint"), _REQUEST_LINES)
    yield Lines(words.t("paper.explanation"), _EXPLANATION_LINES)
    yield from parts.rules_used(words, (one.finding for one in of.findings), cover)
    yield Signatures(
        ((words.t("paper.inspector"), ""), (words.t("paper.head_of_service"), "")), words.t("paper.signature")
    )
