"""Facts and recordings of a check as its page shows them. Pure."""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

from baqylau.domain.challenge import challenge
from baqylau.domain.checks import Decided
from baqylau.domain.observations import Observation
from baqylau.monitoring.workstation.checks.messages import (
    BlowTrace,
    Breath,
    CheckDecision,
    CheckFact,
    CheckRow,
    Instrument,
    MediaItem,
    Pair,
    Prompted,
    Stretch,
    StretchKind,
)
from baqylau.protocols.batch.cbor import CborWrongError, read
from baqylau.protocols.media.manifest import Mark
from baqylau.rules.checks.case import Case, of_case, state_of, told
from baqylau.rules.clock import instant
from baqylau.storage.checks.checks import CheckAsked
from baqylau.storage.checks.media_rows import Recordings

Names = Callable[[str], str]
"""Gives the name of a login."""


class Kept(Struct, frozen=True, kw_only=True):
    """A check as it was asked for, and every entry of the journal that tells of it, in judging order."""

    asked: CheckAsked
    facts: tuple[Observation, ...]


def case_of(kept: Kept) -> Case:
    """Fold the facts of a check, as the rules do."""
    case = Case(unit_id=kept.asked.device_id)
    for one in kept.facts:
        for body in one.bodies:
            fact = of_case(body)
            if fact is not None and fact.check_id == kept.asked.id:
                case = told(case, one.device_id, instant(one), one.id, fact)
    return case


def facts_of(kept: Kept) -> tuple[CheckFact, ...]:
    """Give the steps of a check's life, in their order."""
    return tuple(
        CheckFact(at=instant(one), received_at=one.received_at, what=str(body.__struct_config__.tag))
        for one in kept.facts
        for body in one.bodies
        if (fact := of_case(body)) is not None and fact.check_id == kept.asked.id
    )


def decisions_of(kept: Kept, names: Names) -> tuple[CheckDecision, ...]:
    """Give what people decided, oldest first."""
    return tuple(
        CheckDecision(at=instant(one), by=body.by, by_name=names(body.by), outcome=body.outcome, grounds=body.grounds)
        for one in kept.facts
        for body in one.bodies
        if isinstance(body, Decided) and body.check_id == kept.asked.id
    )


def row_of(kept: Kept, now: datetime, names: Names) -> CheckRow:
    """Give a check as lists show it. Where it stands is what the rules say."""
    case = case_of(kept)
    sample, likeness = case.sample, case.likeness
    return CheckRow(
        id=kept.asked.id,
        person_id=kept.asked.person_id,
        device_id=kept.asked.device_id,
        kind=kept.asked.kind,
        why=kept.asked.why,
        state=state_of(case, now),
        due_at=kept.asked.due_at,
        expires_at=kept.asked.expires_at,
        begun_at=case.begun_at,
        ended_at=_ended_at(kept),
        how=case.ended.how if case.ended else None,
        likely=likeness.outcome if likeness else None,
        reasons=likeness.reasons if likeness else (),
        sample=sample.state if sample else None,
        alcohol_mg_l=sample.alcohol_mg_l if sample else None,
        uncertainty_mg_l=sample.uncertainty_mg_l if sample else None,
        limit_mg_l=kept.asked.limit_mg_l,
        void=case.voided.why if case.voided else None,
        decision=next(iter(decisions_of(kept, names)[-1:]), None),
    )


def signed_of(kept: Kept) -> str:
    """Give the digest of the list of recordings that the unit signed."""
    ended = case_of(kept).ended
    return "" if ended is None else ended.manifest.hex()


def _ended_at(kept: Kept) -> datetime | None:
    return next((one.at for one in facts_of(kept) if one.what == "check_ended"), None)


def prompted(kept: Kept, marks: Iterable[Mark]) -> tuple[Prompted, ...]:
    """Give the challenge with the times that the unit signed; without them the steps alone."""
    timed = tuple(Prompted(step=one.step, from_ms=one.from_ms, until_ms=one.until_ms) for one in marks)
    return timed or tuple(
        Prompted(step=step) for step in challenge(kept.asked.kind, kept.asked.nonce, lamp=kept.asked.lamp)
    )


def items_of(found: Recordings) -> tuple[MediaItem, ...]:
    """Give the recordings that are here whole."""
    return tuple(
        MediaItem(
            index=one.index,
            kind=one.kind,
            content_type=one.content_type,
            from_ms=one.from_ms,
            duration_ms=one.duration_ms,
            bytes=one.size,
            sha256=one.sha256.hex(),
        )
        for one in found.items
        if one.held == one.size
    )


_Span = tuple[float, float]


class _Marks(Struct, frozen=True, kw_only=True):
    """Regions of one breath, as the unit wrote them."""

    blow: _Span | None = None
    hum: _Span | None = None
    baseline: _Span | None = None
    window: _Span | None = None
    tail: _Span | None = None
    sample_ms: float | None = None


class _Blow(Breath, frozen=True, kw_only=True):
    """One breath, as the unit wrote it."""

    marks: _Marks = _Marks()


class _Trace(Struct, frozen=True, kw_only=True):
    """The trace of a test, version 1."""

    v: int
    step_ms: float
    blows: tuple[_Blow, ...] = ()
    instrument: Instrument | None = None
    pair: Pair | None = None


class Traced(Struct, frozen=True, kw_only=True):
    """What a trace says of a test."""

    blows: tuple[BlowTrace, ...] = ()
    instrument: Instrument | None = None
    pair: Pair | None = None


def traced(content: bytes) -> Traced:
    """Read a breath unit's trace. One that cannot be read has nothing to draw; the recording itself stays."""
    try:
        trace = msgspec.convert(read(content), _Trace)
    except (CborWrongError, msgspec.ValidationError):
        return Traced()
    if trace.v != 1 or not trace.step_ms > 0:
        return Traced()
    drawn = tuple(_drawn(one, trace.step_ms) for one in trace.blows)
    return Traced(blows=drawn, instrument=trace.instrument, pair=trace.pair)


def _drawn(one: _Blow, step_ms: float) -> BlowTrace:
    spans = ((kind, getattr(one.marks, kind.value)) for kind in StretchKind)
    said = {name: getattr(one, name) for name in one.__struct_fields__ if name != "marks"}
    return BlowTrace(
        step_ms=step_ms,
        sample_ms=one.marks.sample_ms,
        stretches=tuple(Stretch(kind=kind, from_ms=span[0], until_ms=span[1]) for kind, span in spans if span),
        **said,
    )
