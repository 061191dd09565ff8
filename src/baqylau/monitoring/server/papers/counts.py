"""Statistics of a period without identities: nobody is named, and small counts are not given exactly. Pure."""

from collections.abc import Iterator

from baqylau.monitoring.server.papers import parts
from baqylau.monitoring.server.papers.facts import Counted, Cover
from baqylau.monitoring.server.papers.layout import Block, Facts, Heading, Note, Paper, Signatures, Table
from baqylau.monitoring.server.papers.words import NOTHING, Words

FEW = 5
"""Counts below it, but 0, are given as fewer than it: in a small district a figure could be a name."""


def statistics(words: Words, cover: Cover, of: Counted) -> Paper:
    """Write the counts."""
    return parts.paper(
        words,
        cover,
        words.t("paper.statistics.title"),
        parts.period(words, of.from_at, of.until_at),
        _statistics(words, cover, of),
    )


def shown(count: int) -> str:
    """Give a count as it may be published."""
    return f"< {FEW}" if 0 < count < FEW else str(count)


def _statistics(words: Words, cover: Cover, of: Counted) -> Iterator[Block]:
    load = of.load
    whole = load.whole
    yield Facts(
        (
            (words.t("paper.statistics.people"), shown(load.people)),
            (words.t("paper.statistics.person_days"), str(round(load.person_days))),
            (words.t("paper.statistics.alarms"), shown(whole.alarms)),
            (words.t("paper.statistics.closed"), shown(whole.closed)),
            (words.t("paper.statistics.real"), shown(whole.real)),
            (words.t("paper.statistics.device_faults"), shown(whole.device_faults)),
            (words.t("paper.statistics.taken_within"), _seconds(words, whole.take_p50_s)),
        )
    )
    yield Heading(words.t("paper.statistics.by_code"))
    yield Table(
        head=tuple(words.t(f"paper.column.{name}") for name in ("finding", "priority", "count", "closed", "real")),
        widths=(6, 1.4, 1.6, 1.6, 2),
        rows=tuple(
            (
                f"{one.code} {words.t(f'alarm.{one.code}.title')}",
                str(one.priority),
                shown(one.alarms),
                shown(one.closed),
                shown(one.real),
            )
            for one in load.by_code
        ),
        none=words.t("paper.none.alarms"),
    )
    yield Note(words.t("paper.statistics.few", few=FEW))
    yield from parts.rules_used(words, (), cover)
    yield Signatures(((words.t("paper.head_of_service"), ""),), words.t("paper.signature"))


def _seconds(words: Words, seconds: float | None) -> str:
    return NOTHING if seconds is None else words.t("duration.min", min=max(1, round(seconds / 60)))
