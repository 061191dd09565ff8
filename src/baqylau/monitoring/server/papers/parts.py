"""Parts that several papers share. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from baqylau.domain.findings import Finding
from baqylau.domain.orders import ExclusionZone, Order, PresenceRegime, RequiredPlace, Restriction, Route
from baqylau.domain.people import Person, Supervision
from baqylau.domain.verdicts import Compliance
from baqylau.monitoring.server.papers.facts import Cover, Stretch
from baqylau.monitoring.server.papers.layout import Block, Days, Facts, Heading, Note, Paper, Strip, Table
from baqylau.monitoring.server.papers.words import NOTHING, Words
from baqylau.rules.spans import ALWAYS, Duty, span_at, validity_of
from baqylau.storage.judging.findings import Written

_DIGEST_SHOWN = 16
_NEXT_WITHIN = timedelta(days=8)
_WITH_HOURS = (PresenceRegime, RequiredPlace, ExclusionZone, Route)
_ORDER = (
    Compliance.AS_PRESCRIBED,
    Compliance.NOT_AS_PRESCRIBED,
    Compliance.UNKNOWN,
    Compliance.EXCUSED,
    Compliance.FREE,
)


def paper(words: Words, cover: Cover, title: str, subtitle: str, blocks: Iterable[Block]) -> Paper:
    """Put a paper together: number, day and purpose above, software, rules and time below every page."""
    head = [
        (words.t("paper.made_at"), f"{words.minute(cover.at)}, {words.zone(cover.at)}"),
        (words.t("paper.made_by"), cover.by),
        *([(words.t("paper.purpose"), cover.purpose)] if cover.purpose else []),
        *([(words.t("paper.recipient"), cover.recipient)] if cover.recipient else []),
    ]
    foot = words.t(
        "paper.foot",
        version=cover.version,
        rules=cover.rules[:_DIGEST_SHOWN],
        zone=words.zone(cover.at),
        signer=cover.key[:_DIGEST_SHOWN],
    )
    return Paper(
        language=words.language,
        title=title,
        subtitle=subtitle,
        number=words.t("paper.number", number=cover.number),
        head=tuple(head),
        blocks=tuple(blocks),
        foot=foot,
        page=words.t("paper.page", page="{page}", pages="{pages}"),
    )


def period(words: Words, from_at: datetime, until_at: datetime) -> str:
    """From when to when."""
    return words.t("paper.period", **{"from": words.minute(from_at), "until": words.minute(until_at)})


def who(words: Words, person: Person, supervision: Supervision) -> Iterator[Block]:
    """Give the person and the court acts."""
    yield Facts(
        (
            (words.t("paper.person"), person.name),
            (words.t("paper.person_id"), person.id),
            (words.t("paper.address"), person.address or NOTHING),
            (words.t("paper.district"), person.district or NOTHING),
            *(row for order in supervision.orders for row in _order(words, order)),
        )
    )


def _order(words: Words, order: Order) -> Iterator[tuple[str, str]]:
    """Give the court act, when it was not executed, and by what it ended before its time."""
    said = words.t(
        "paper.order_said",
        court=order.court,
        act=order.act_number,
        date=f"{order.act_date:%d.%m.%Y}",
        **{"from": words.day(order.from_at), "until": words.day(order.until_at)},
    )
    yield words.t("paper.order"), said
    for one in order.suspensions:
        until = words.minute(one.until_at or order.until_at)
        said = words.t(
            "paper.interrupted", act=one.act, reason=one.reason, until=until, **{"from": words.minute(one.from_at)}
        )
        yield words.t("paper.suspended"), said
    if order.revoked is not None:
        said = words.t(
            "paper.ended", act=order.revoked.act, reason=order.revoked.reason, at=words.minute(order.revoked.at)
        )
        yield words.t("paper.revoked"), said


def in_force(supervision: Supervision, from_at: datetime, until_at: datetime) -> list[Restriction]:
    """Give the restrictions that applied at any instant of a period, in the order in which they begin."""
    found = []
    for one in supervision.restrictions:
        valid = validity_of(one, supervision.orders)
        if valid is not None and valid.from_at < until_at and from_at < valid.until_at:
            found.append((valid.from_at, one))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def prescribed(words: Words, supervision: Supervision, from_at: datetime, until_at: datetime) -> Iterator[Block]:
    """Give what was prescribed in a period, each restriction with its version and clause."""
    yield Heading(words.t("paper.prescribed"))
    rows = []
    for one in in_force(supervision, from_at, until_at):
        valid = validity_of(one, supervision.orders)
        until = words.day(valid.until_at) if valid is not None and valid.until_at < ALWAYS else NOTHING
        since = words.day(valid.from_at) if valid is not None else NOTHING
        rows.append((one.clause or NOTHING, words.rule(one), f"{one.id}/{one.version}", since, until))
    yield Table(
        head=tuple(words.t(f"paper.column.{name}") for name in ("clause", "rule", "rule_version", "from", "until")),
        widths=(2.2, 5, 2.2, 1.6, 1.6),
        rows=tuple(rows),
        none=words.t("paper.none.prescribed"),
    )


def days(words: Words, stretches: Sequence[Stretch]) -> Iterator[Block]:
    """Draw each civil day of a period, and add up how long each state lasted."""
    yield Heading(words.t("paper.days"))
    by_day: dict[datetime, list[Stretch]] = defaultdict(list)
    for one in stretches:
        for midnight, part in _by_days(words, one):
            by_day[midnight].append(part)
    yield Days(
        hours=tuple(f"{hour:02}" for hour in range(0, 25, 3)),
        strips=tuple(_strip(words, midnight, parts) for midnight, parts in sorted(by_day.items())),
        legend=tuple((state.value, words.t(f"compliance.short.{state}")) for state in _ORDER),
    )
    totals = {state: sum((one.length for one in stretches if one.compliance is state), timedelta()) for state in _ORDER}
    yield Heading(words.t("paper.totals"))
    yield Facts(tuple((words.t(f"compliance.short.{state}"), words.span(length)) for state, length in totals.items()))
    yield Note(words.t("paper.unknown_said"))


def _by_days(words: Words, stretch: Stretch) -> Iterator[tuple[datetime, Stretch]]:
    at = stretch.from_at
    while at < stretch.until_at:
        midnight = datetime.combine(words.local(at).date(), time(), ZoneInfo(words.timezone))
        end = min(stretch.until_at, (midnight + timedelta(days=1)).astimezone(at.tzinfo))
        yield midnight, Stretch(from_at=at, until_at=end, compliance=stretch.compliance)
        at = end


def _strip(words: Words, midnight: datetime, parts: Sequence[Stretch]) -> Strip:
    begin = midnight.astimezone(parts[0].from_at.tzinfo)
    whole = (midnight + timedelta(days=1)).astimezone(begin.tzinfo) - begin
    shares = tuple(
        ((one.from_at - begin) / whole, (one.until_at - begin) / whole, one.compliance.value) for one in parts
    )
    against = sum((one.length for one in parts if one.compliance is Compliance.NOT_AS_PRESCRIBED), timedelta())
    return Strip(
        label=f"{words.weekday(midnight.weekday())} {midnight:%d.%m.%y}",
        stretches=shares,
        figure=words.span(against) if against else "",
    )


def why(words: Words, finding: Finding) -> str:
    """Give why something was found, as the alarm's page says it."""
    since = finding.since or finding.at
    level = next((one.value for one in finding.thresholds if one.name == "battery_percent"), None)
    verdict = finding.verdict
    places = {
        "at": words.exact(finding.at),
        "since": words.exact(since),
        "place": finding.place or words.t("place.unnamed"),
        "margin": words.metres(verdict.margin_m if verdict else 0),
        "accuracy": words.metres(verdict.accuracy_m if verdict else 0),
        "duration": words.span(finding.at - since),
        "level": NOTHING if level is None else words.t("unit.percent", value=round(level)),
    }
    key = f"alarm.{finding.code}.why"
    closer = (f"{key}.{finding.place}", *(() if verdict else (f"{key}_plain",)))
    return words.t(next((one for one in closer if words.knows(one)), key), **places)


def findings(words: Words, found: Sequence[Written]) -> Iterator[Block]:
    """List findings with the accuracy they rest on, the rule and its version."""
    yield Heading(words.t("paper.findings"))
    yield Table(
        head=tuple(words.t(f"paper.column.{name}") for name in ("at", "finding", "accuracy", "rule_used", "alarm")),
        widths=(2, 5, 1.4, 2.2, 1.2),
        rows=tuple(_finding(words, one) for one in found),
        none=words.t("paper.none.findings"),
    )
    yield Note(words.t("paper.accuracy_said"))
    yield Note(words.t("paper.finding_said"))


def _finding(words: Words, written: Written) -> tuple[str, ...]:
    one = written.finding
    taken_away = f" {words.t('paper.taken_away')}" if written.superseded_at else ""
    return (
        words.exact(one.at),
        f"{one.code} {words.t(f'alarm.{one.code}.title')}. {why(words, one)}{taken_away}",
        words.metres(one.verdict.accuracy_m) if one.verdict else NOTHING,
        f"{one.rule} {one.rule_version}",
        str(written.alarm_id or NOTHING),
    )


def rules_used(words: Words, found: Iterable[Finding], cover: Cover) -> Iterator[Block]:
    """Say by which rules and software it was judged, and how the paper is verified."""
    used = sorted({f"{one.rule} {one.rule_version}" for one in found})
    yield Heading(words.t("paper.judged_by"))
    yield Facts(
        (
            (words.t("paper.software"), f"Baqylau {cover.version}"),
            (words.t("paper.rules_used"), ", ".join(used) or NOTHING),
            (words.t("paper.rules_digest"), cover.rules),
            (words.t("paper.key"), cover.key),
        )
    )
    yield Note(words.t("paper.signed_said", number=cover.number))


def next_duties(words: Words, supervision: Supervision, now: datetime) -> list[str]:
    """Give the next time at which each restriction with hours asks for something, the soonest first."""
    found = []
    for one in in_force(supervision, now, now + _NEXT_WITHIN):
        due = next_due(one, supervision, now)
        if due is not None:
            said = words.t(
                "paper.memo.next_duty",
                rule=words.rule(one),
                **{"from": words.minute(due[0]), "until": words.minute(due[1])},
            )
            found.append((due[0], said))
    return [said for _, said in sorted(found)]


def next_due(one: Restriction, supervision: Supervision, now: datetime) -> tuple[datetime, datetime] | None:
    """Give from when until when a restriction with hours asks for something next; it may have begun."""
    valid = validity_of(one, supervision.orders)
    if valid is None or not isinstance(one, _WITH_HOURS) or one.schedule is None:
        return None
    at = max(now, valid.from_at)
    while at < min(now + _NEXT_WITHIN, valid.until_at):
        span = span_at(one, valid, supervision.permissions, at)
        if span.duty is Duty.DUE and span.until_at < now + 2 * _NEXT_WITHIN:
            return span.from_at, span.until_at
        if span.until_at <= at:
            return None
        at = span.until_at
    return None
