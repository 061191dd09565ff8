"""What holds for all rules together, whatever is heard and however it arrives."""

from datetime import timedelta
from itertools import pairwise

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baqylau.domain.findings import Code
from baqylau.domain.observations import Enclosure, Observation, Strap
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Compliance
from baqylau.rules.clock import instant, order_key
from baqylau.rules.fold import PersonState, begin, fold, standing, trace
from baqylau.rules.refold import refold
from tests.property.arrivals import Judge
from tests.property.strategies import days, delayed, last_instant, supervisions
from tests.unit.rules.stories import ORDER_FROM, heard

several = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@several
@given(supervisions(), days(), st.data())
def test_any_order_delay_repetition_and_batching_ends_in_the_same_findings(
    who: Supervision, day: list[Observation], data: st.DataObject
) -> None:
    end = last_instant(day) + timedelta(hours=2)
    _, expected = refold(who, begin(), day, end)
    judge = Judge(who)
    delays = data.draw(st.lists(st.integers(0, 5400), min_size=len(day), max_size=len(day)))
    arriving = sorted((delayed(one, delay) for one, delay in zip(day, delays, strict=True)), key=_received)
    arriving += data.draw(st.lists(st.sampled_from(arriving), max_size=5)) if arriving else []
    if data.draw(st.booleans()):
        arriving = data.draw(st.permutations(arriving))
    while arriving:
        size = data.draw(st.integers(1, 6))
        batch, arriving = arriving[:size], arriving[size:]
        now = max(instant(one) for one in batch)
        judge.arrive(batch, data.draw(st.sampled_from((None, now))))
    judge.arrive([], end)
    assert set(judge.findings) == {finding.id for finding in expected}
    assert sorted(judge.findings.values(), key=lambda one: one.id) == sorted(expected, key=lambda one: one.id)


def _received(observation: Observation) -> tuple[object, str]:
    return observation.received_at, observation.id


@several
@given(supervisions(), days(), st.data())
def test_the_fold_does_not_know_its_batches(who: Supervision, day: list[Observation], data: st.DataObject) -> None:
    ordered = sorted(day, key=order_key)
    whole, found = fold(who, begin(), ordered, None)
    cut = data.draw(st.integers(0, len(ordered)))
    half, first = fold(who, begin(), ordered[:cut], None)
    rest, second = fold(who, _kept(half), ordered[cut:], None)
    assert rest == whole
    assert first + second == found


def _kept(state: PersonState) -> PersonState:
    """Give the state as it comes back from where it was kept."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=PersonState)


@several
@given(supervisions(), days())
def test_the_state_survives_being_kept(who: Supervision, day: list[Observation]) -> None:
    state, _ = fold(who, begin(), sorted(day, key=order_key), last_instant(day))
    assert _kept(state) == state


@several
@given(supervisions(), days())
def test_nothing_is_found_without_a_reason_and_nothing_twice(who: Supervision, day: list[Observation]) -> None:
    _, findings = fold(who, begin(), sorted(day, key=order_key), last_instant(day))
    known = {one.id for one in day}
    ids = [finding.id for finding in findings]
    assert len(set(ids)) == len(ids)
    for number, finding in enumerate(findings):
        assert finding.because or finding.code is Code.NO_COMMS
        assert set(finding.because) <= known
        assert finding.since is not None
        assert finding.since <= finding.at
        assert finding.ends is None or finding.ends in ids[:number]


@several
@given(supervisions(), days())
def test_findings_come_in_the_order_of_their_instants(who: Supervision, day: list[Observation]) -> None:
    _, findings = fold(who, begin(), sorted(day, key=order_key), last_instant(day))
    instants = [finding.at for finding in findings]
    assert instants == sorted(instants)


@several
@given(supervisions(), days())
def test_a_tamper_bit_always_gives_a_finding(who: Supervision, day: list[Observation]) -> None:
    _, findings = fold(who, begin(), sorted(day, key=order_key), last_instant(day))
    for one in day:
        opened = [body for body in one.bodies if isinstance(body, Strap | Enclosure) and body.open]
        if not opened or not _counts(who, one):
            continue
        codes = {Code.STRAP_OPEN if isinstance(body, Strap) else Code.CASE_OPEN for body in opened}
        for code in codes:
            assert any(
                finding.code is code and str(finding.subject) == one.device_id and finding.at <= instant(one)
                for finding in findings
            )


def _counts(who: Supervision, one: Observation) -> bool:
    at = instant(one)
    fitted = any(
        fitting.device_id == one.device_id
        and fitting.from_at <= at
        and (fitting.until_at is None or at < fitting.until_at)
        for fitting in who.fittings
    )
    return fitted and any(order.from_at <= at < order.until_at for order in who.orders)


@several
@given(supervisions(), st.integers(0, 80_000), st.integers(1, 200_000))
def test_silence_is_found_within_its_limit_and_one_tick(who: Supervision, spoke_s: int, later_s: int) -> None:
    spoke_at = ORDER_FROM + timedelta(seconds=spoke_s)
    now = spoke_at + timedelta(seconds=later_s)
    limit = timedelta(seconds=who.devices[0].silence_limit_s)
    _, findings = fold(who, begin(), [heard(spoke_at)], now)
    found = [
        one
        for one in findings
        if one.code is Code.NO_COMMS and str(one.subject) == who.devices[0].id and one.at > spoke_at
    ]
    in_force = _counts(who, heard(spoke_at)) and _counts(who, heard(spoke_at + limit))
    assert [one.at for one in found] == ([spoke_at + limit] if in_force and now >= spoke_at + limit else [])


@several
@given(supervisions(), days())
def test_the_timeline_has_no_holes_and_ends_as_the_screen_shows(who: Supervision, day: list[Observation]) -> None:
    end = last_instant(day) + timedelta(milliseconds=1)
    ordered = sorted(day, key=order_key)
    stretches = trace(who, begin(), ordered, ORDER_FROM, end)
    assert stretches[0].from_at == ORDER_FROM
    assert stretches[-1].until_at == end
    assert all(before.until_at == after.from_at for before, after in pairwise(stretches))
    state, _ = fold(who, begin(), ordered, end)
    shown = standing(who, state, end)
    assert (shown.compliance, shown.blindness) == (stretches[-1].compliance, stretches[-1].blindness)
    assert (shown.blindness is None) == (shown.compliance is not Compliance.UNKNOWN)
