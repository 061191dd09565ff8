"""What holds for all rules together, whatever is heard and however it arrives."""

from datetime import timedelta
from itertools import pairwise

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baqylau.domain.consolidation import opened
from baqylau.domain.findings import Check, Code
from baqylau.domain.ids import AlarmId
from baqylau.domain.observations import (
    Distrust,
    Enclosure,
    Farewell,
    Fix,
    Heard,
    Interference,
    Observation,
    ReceiverHealth,
    Strap,
)
from baqylau.domain.orders import NoContact
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.domain.verdicts import Compliance
from baqylau.rules.clock import instant, order_key
from baqylau.rules.fold import PersonState, begin, fold, standing, trace
from baqylau.rules.refold import refold
from baqylau.rules.settings import LOST_LINK_GRACE_S
from tests.property.arrivals import Judge
from tests.property.equipment import KINDS, THEIR_FIXES
from tests.property.strategies import days, delayed, last_instant, supervisions
from tests.unit.rules.stories import ORDER_FROM, asked_after_s, heard

several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SILENT = {Code.NO_COMMS, Code.UNIT_SILENT, Code.RELAY_FAULT, Code.BATTERY_EMPTY, Code.PROTECTED_DEVICE_LOST}
"""A silence since the very beginning follows no observation."""
FROM_REGISTERS = {Code.MAINTENANCE, Code.ORDER_CHANGED, Code.AUTHORISED_ABSENCE}
"""What rests on a row of the registers and on nothing that was heard."""
OPENED = {DeviceKind.HOME_UNIT: Code.UNIT_OPENED, DeviceKind.RELAY: Code.UNIT_OPENED}
SUSPICIOUS = (Strap, Enclosure, Interference, Farewell, Distrust)
"""What a device may have said, or somebody in its name, that makes its silence a question at once."""
ABSENT = {Code.NOT_AT_HOME, Code.LATE_RETURN, Code.LEFT_EARLY, Code.OUT_WHOLE_PERIOD, Code.SEPARATION}


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
        assert finding.because or finding.code in SILENT | FROM_REGISTERS
        assert set(finding.because) <= known | THEIR_FIXES
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
        opened_as = OPENED.get(KINDS[one.device_id], Code.CASE_OPEN)
        codes = {Code.STRAP_OPEN if isinstance(body, Strap) else opened_as for body in opened}
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
    expected = [spoke_at + limit] if in_force and now >= spoke_at + limit else []
    again = [at for work in who.maintenances if (at := work.until_at) > spoke_at + limit]
    assert [one.at for one in found if one.at not in again] == expected
    assert len(found) <= len(expected) + len(again)


@several
@given(supervisions(), days())
def test_only_a_lost_link_is_left_to_the_wearer_for_half_an_hour_at_most_and_never_a_tamper(
    who: Supervision, day: list[Observation]
) -> None:
    _, findings = fold(who, begin(), sorted(day, key=order_key), last_instant(day))
    for finding in findings:
        left_s = asked_after_s(finding)
        alarm = opened(AlarmId(1), finding, finding.at)
        assert alarm.waits_since == finding.at + timedelta(seconds=left_s or 0)
        if left_s is not None:
            assert finding.code is Code.NO_COMMS
            assert 0 < left_s <= LOST_LINK_GRACE_S
            assert not any(isinstance(one, NoContact) for one in who.restrictions)
        elif finding.code is Code.NO_COMMS:
            said = [body for one in day if one.device_id == str(finding.subject) for body in one.bodies]
            distance = any(isinstance(one, NoContact) for one in who.restrictions)
            assert distance or any(isinstance(body, SUSPICIOUS) for body in said)


@several
@given(supervisions(), days())
def test_nobody_is_absent_without_a_place_or_a_receiver_that_was_proved_to_listen(
    who: Supervision, day: list[Observation]
) -> None:
    _, findings = fold(who, begin(), sorted(day, key=order_key), last_instant(day))
    by_id = {one.id: one for one in day}
    for finding in findings:
        if finding.code in ABSENT:
            bodies = [body for name in finding.because for body in by_id[name].bodies]
            assert any(isinstance(body, Fix | ReceiverHealth | Heard) for body in bodies)
            assert any(isinstance(body, Fix) for body in bodies) or Check.RECEIVER_ALIVE in finding.checks


@several
@given(supervisions(), days())
def test_work_of_ours_opens_no_alarm_and_hides_nothing(who: Supervision, day: list[Observation]) -> None:
    ordered, end = sorted(day, key=order_key), last_instant(day)
    _, findings = fold(who, begin(), ordered, end)
    for finding in findings:
        about = str(finding.subject)
        at_work = [work for work in who.maintenances if work.device_id is None or str(work.device_id) == about]
        in_time = any(work.from_at <= finding.at < work.until_at for work in at_work)
        assert in_time or not finding.maintenance
    assert [one for one in findings if one.maintenance] == [] or who.maintenances


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
