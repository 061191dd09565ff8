"""What holds for checks, whatever is said of them and however it arrives."""

from datetime import datetime, timedelta

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baqylau.crypto.digests import observation_id
from baqylau.domain.checks import (
    Asked,
    Begun,
    BreathSample,
    Calibrated,
    CheckKind,
    CheckWhy,
    Decided,
    Ended,
    Ending,
    Likely,
    Likeness,
    LikenessReason,
    SampleState,
    Voided,
    VoidWhy,
)
from baqylau.domain.findings import Code
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Authentication, Blind, Body, LinkEvent, LinkHealth, Observation
from baqylau.rules.checks.case import of_case
from baqylau.rules.clock import instant, order_key
from baqylau.rules.fold import PersonState, begin, fold
from baqylau.rules.refold import refold
from baqylau.rules.settings import VOID_WITHIN_S
from tests.property.arrivals import Judge
from tests.property.strategies import delayed
from tests.unit.rules.checked import AV, BREATH, FIRST, SECOND, checked, fact
from tests.unit.rules.stories import at

WHO = checked()
NOON = at("12:00")
LATEST = NOON + timedelta(hours=12)
several = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = st.sampled_from((FIRST, SECOND))
_OURS = (Asked, Likeness, Voided, Decided)


def _asked(check: CheckId, kind: CheckKind, why: CheckWhy, minutes: int) -> Asked:
    after = FIRST if check == SECOND else CheckId("")
    return Asked(
        check_id=check, kind=kind, why=why, expires_at=NOON + timedelta(minutes=minutes), after=after, limit_mg_l=0.16
    )


bodies: st.SearchStrategy[Body] = st.one_of(
    st.builds(_asked, names, st.sampled_from(CheckKind), st.sampled_from(CheckWhy), st.integers(0, 240)),
    st.builds(_asked, names, st.sampled_from(CheckKind), st.just(CheckWhy.CONFIRMATION), st.integers(0, 240)),
    st.builds(Begun, check_id=names),
    st.builds(Ended, check_id=names, how=st.sampled_from(Ending)),
    st.builds(
        Likeness,
        check_id=names,
        outcome=st.sampled_from(Likely),
        reasons=st.lists(st.sampled_from(LikenessReason), max_size=3).map(tuple),
        alive=st.sampled_from((None, True, False)),
        faces=st.integers(0, 3),
    ),
    st.builds(
        BreathSample,
        check_id=names,
        state=st.sampled_from(SampleState),
        alcohol_mg_l=st.sampled_from((None, 0.0, 0.15, 0.3, 0.5)),
        uncertainty_mg_l=st.sampled_from((None, 0.02)),
    ),
    st.builds(Voided, check_id=names, why=st.sampled_from(VoidWhy)),
    st.builds(Decided, check_id=names, outcome=st.sampled_from(Likely), by=st.just("aigul")),
    st.builds(Calibrated, until_at=st.sampled_from((NOON, LATEST, NOON + timedelta(days=9))), locked=st.booleans()),
    st.just(LinkHealth(event=LinkEvent.PING)),
)


def _told(second: int, unit: int, body: Body) -> Observation:
    return fact(NOON + timedelta(seconds=second), body, (AV, BREATH)[unit], ours=isinstance(body, _OURS))


def _deaf(second: int, lasting: int) -> Observation:
    from_at = NOON + timedelta(seconds=second)
    until_at = from_at + timedelta(seconds=lasting)
    return Observation(
        id=observation_id(b"blind", str((second, lasting)).encode()),
        device_id=AV,
        observed_at=until_at,
        received_at=until_at,
        bodies=(Blind(from_at=from_at),),
        authentication=Authentication.OURSELVES,
    )


facts = st.builds(_told, st.integers(0, 14_400), st.integers(0, 1), bodies)
deafness = st.builds(_deaf, st.integers(0, 14_400), st.integers(1, 3600))
stories = st.lists(st.one_of(facts, facts, facts, facts, facts, deafness), max_size=14, unique_by=lambda one: one.id)


@several
@given(stories, st.data())
def test_checks_come_to_the_same_however_their_facts_arrive(story: list[Observation], data: st.DataObject) -> None:
    _, expected = refold(WHO, begin(), story, LATEST)
    judge = Judge(WHO)
    delays = data.draw(st.lists(st.integers(0, 5400), min_size=len(story), max_size=len(story)))
    arriving = [delayed(one, delay) for one, delay in zip(story, delays, strict=True)]
    arriving += data.draw(st.lists(st.sampled_from(arriving), max_size=4)) if arriving else []
    arriving = data.draw(st.permutations(arriving))
    while arriving:
        size = data.draw(st.integers(1, 5))
        batch, arriving = arriving[:size], arriving[size:]
        judge.arrive(batch, data.draw(st.sampled_from((None, max(instant(one) for one in batch)))))
    judge.arrive([], LATEST)
    assert sorted(judge.findings.values(), key=lambda one: one.id) == sorted(expected, key=lambda one: one.id)


@several
@given(stories, st.data())
def test_the_fold_of_checks_does_not_know_its_batches(story: list[Observation], data: st.DataObject) -> None:
    ordered = sorted(story, key=order_key)
    whole, found = fold(WHO, begin(), ordered, None)
    cut = data.draw(st.integers(0, len(ordered)))
    half, first = fold(WHO, begin(), ordered[:cut], None)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(half), type=PersonState)
    rest, second = fold(WHO, kept, ordered[cut:], None)
    assert (rest, first + second) == (whole, found)


@several
@given(stories)
def test_nothing_is_found_of_a_check_without_its_facts_and_nothing_twice(story: list[Observation]) -> None:
    _, findings = fold(WHO, begin(), sorted(story, key=order_key), LATEST)
    found = [one for one in findings if one.code.value[0] in "AE" and one.code is not Code.BREATH_UNIT_SILENT]
    assert len({one.id for one in findings}) == len(findings)
    for one in found:
        assert one.because
        assert set(one.because) <= {told.id for told in story}
        assert one.since is not None
        assert one.since <= one.at
    assert [one.at for one in findings] == sorted(one.at for one in findings)


def _counted(story: list[Observation], check: CheckId) -> tuple[datetime | None, bool]:
    """Give when a check of which one thing alone was said is over, and whether anything else was said of it."""
    said = [of_case(one.bodies[0]) for one in story]
    mine = [one for one in said if one is not None and one.check_id == check]
    asked = [one for one in mine if isinstance(one, Asked)]
    return (asked[0].expires_at if len(asked) == 1 else None), len(mine) > 1


@several
@given(stories)
def test_what_nobody_began_is_missed_at_its_end_and_never_where_anything_was_said(story: list[Observation]) -> None:
    heard = [one for one in story if not isinstance(one.bodies[0], Blind)]
    _, findings = fold(WHO, begin(), sorted(heard, key=order_key), LATEST)
    missing = {Code.CHECK_MISSED, Code.BREATH_MISSED, Code.CONFIRMATION_MISSED}
    for check in (FIRST, SECOND):
        ends_at, more = _counted(heard, check)
        if ends_at is None or more:
            continue
        asked_id, asked_at = next(
            (one.id, one.observed_at) for one in heard if (said := of_case(one.bodies[0])) and said.check_id == check
        )
        missed = [one for one in findings if one.code in missing and one.because[-1] == asked_id]
        due_at = max(ends_at + timedelta(seconds=VOID_WITHIN_S), asked_at)
        assert [one.at for one in missed] == [due_at]
