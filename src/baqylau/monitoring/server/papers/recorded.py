"""What officers recorded of a case, on paper: visits, warnings, hours of labour. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime

from baqylau.domain.case_facts import EndedVisit, KeptFact, WarningGiven, standing, visits
from baqylau.domain.labour import labour
from baqylau.monitoring.server.papers.facts import Dossier
from baqylau.monitoring.server.papers.layout import Block, Heading, Note, Table, Text
from baqylau.monitoring.server.papers.words import NOTHING, Words


def recorded(words: Words, of: Dossier) -> Iterator[Block]:
    """Write what was recorded of the period, and the hours of labour as they add up until now; nothing for nothing."""
    if of.recorded.newer:
        yield Note(words.t("paper.newer", count=len(of.recorded.newer)))
    if not of.recorded.known:
        return
    yield from _visits(words, of)
    yield from _warnings(words, of)
    hours = labour(of.recorded.known)
    if hours.set_h is not None or hours.done_h:
        yield Heading(words.t("cases.facts.labour"))
        done = _hours(words, hours.done_h)
        if hours.set_h is None:
            yield Text(words.t("cases.facts.labour_unset", done=done))
        else:
            set_ = _hours(words, hours.set_h)
            by = words.t("cases.facts.labour_by", day=words.date(hours.until)) if hours.until else ""
            yield Text(words.t("cases.facts.labour_of", done=done, set=set_, act=hours.act) + by)


def _visits(words: Words, of: Dossier) -> Iterator[Block]:
    rows, by = [], _signer(words, of)
    for one in visits(of.recorded.known):
        due = one.due
        if of.from_at <= due.at < of.until_at:
            rows.append(
                (words.minute(due.at), f"{due.place}, {due.purpose}", _result(words, one, of.now), by(one.kept))
            )
    yield Heading(words.t("cases.facts.visits"))
    yield Table(
        head=(
            words.t("cases.facts.when"),
            words.t("cases.facts.purpose"),
            words.t("cases.facts.result"),
            words.t("paper.column.by"),
        ),
        widths=(1.8, 3.6, 3.8, 2.6),
        rows=tuple(rows),
        none=words.t("cases.facts.visits_none"),
    )


def _result(words: Words, visit: EndedVisit, now: datetime) -> str:
    if visit.ended is not None:
        return f"{words.t(f'cases.facts.met.{visit.ended.met}')}. {visit.ended.text}"
    return words.t("cases.facts.not_recorded") if visit.overdue(now) else NOTHING


def _signer(words: Words, of: Dossier) -> Callable[[KeptFact], str]:
    return lambda one: of.actors.said(words, one.by)


def _warnings(words: Words, of: Dossier) -> Iterator[Block]:
    by = _signer(words, of)
    yield Heading(words.t("cases.facts.warnings"))
    yield Table(
        head=(
            words.t("cases.facts.when"),
            words.t("cases.facts.grounds"),
            words.t("cases.facts.received"),
            words.t("paper.column.by"),
        ),
        widths=(1.8, 4.4, 3, 2.6),
        rows=tuple(
            (words.minute(one.fact.at), one.fact.grounds, words.t(f"cases.facts.received.{one.fact.received}"), by(one))
            for one in standing(of.recorded.known)
            if isinstance(one.fact, WarningGiven) and of.from_at <= one.fact.at < of.until_at
        ),
        none=words.t("cases.facts.warnings_none"),
    )


def _hours(words: Words, hours: float) -> str:
    return words.t("cases.facts.hours", hours=words.decimal(f"{hours:g}"))
