"""Nobody answers: it climbs. A rest ends. What an incident no longer explains is a question again."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.acts import Act, Escalate, Free, Hold, Resume, Take, act_on
from baqylau.domain.alarms import NOBODY, Alarm, AlarmState, Level
from baqylau.domain.escalation import ESCALATION, SETTLED, Timers, climbs_at, due
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId
from tests.unit.domain.test_acts import CALLED, CLOSE, NOON, after, alarm, done, rest


def rules(one: Alarm, minutes: float, incident: Alarm | None = None) -> Act | None:
    ruled = due(one, incident, after(minutes))
    return ruled.act if ruled else None


@pytest.mark.parametrize(
    ("code", "within_min"), [(Code.STRAP_OPEN, 3), (Code.LATE_RETURN, 15), (Code.BATTERY_LOW, 240)]
)
def test_what_nobody_takes_in_time_climbs_to_the_senior_and_then_to_the_duty_officer(
    code: Code, within_min: float
) -> None:
    one = alarm(code)
    assert rules(one, within_min - 0.01) is None
    assert rules(one, within_min) == Escalate(level=Level.SENIOR)
    with_senior = act_on(one, Escalate(level=Level.SENIOR), by=ESCALATION, at=after(within_min))
    assert rules(with_senior, 2 * within_min - 0.01) is None
    assert rules(with_senior, 2 * within_min) == Escalate(level=Level.DUTY_OFFICER)
    with_officer = act_on(with_senior, Escalate(level=Level.DUTY_OFFICER), by=ESCALATION, at=after(2 * within_min))
    assert rules(with_officer, 10_000) is None
    assert with_officer.state is AlarmState.OPEN


def test_what_is_taken_and_left_lying_goes_back_one_place_up() -> None:
    taken = done(alarm(), Take(), minutes=1)
    assert rules(taken, 15) is None
    assert rules(done(taken, CALLED, minutes=14), 16) is None
    assert rules(taken, 16) == Escalate(level=Level.SENIOR)
    at_the_top = replace(taken, level=Level.DUTY_OFFICER)
    assert rules(at_the_top, 16) == Escalate(level=Level.DUTY_OFFICER)


def test_a_rest_ends_by_itself_and_meanwhile_nothing_climbs() -> None:
    resting = done(alarm(Code.LATE_RETURN), rest(60))
    assert climbs_at(resting) is None
    assert rules(resting, 59) is None
    assert rules(resting, 60) == Resume()


def test_a_closed_alarm_is_left_alone() -> None:
    assert rules(done(alarm(), CLOSE), 10_000) is None


def test_what_an_incident_explains_does_not_climb_until_it_outlives_the_incident() -> None:
    outage = replace(alarm(Code.AREA_OUTAGE, person_id=NOBODY), id=AlarmId(7))
    held = done(alarm(Code.NO_COMMS), Hold(incident_id=outage.id), by="rule/correlation")
    assert rules(held, 10_000, outage) is None
    over = replace(outage, cleared_at=after(30))
    assert rules(held, 44, over) is None
    assert rules(held, 45, over) == Free()
    assert rules(replace(held, cleared_at=after(44.9)), 45, over) is None
    freed = done(held, Free(), by="rule/correlation", minutes=45)
    assert climbs_at(freed) == after(60)


def test_a_lost_link_that_is_left_to_the_wearer_climbs_as_late_as_it_was_asked_about() -> None:
    left = alarm(Code.NO_COMMS, waits_since=after(30))
    assert rules(left, 44.9) is None
    assert rules(left, 45) == Escalate(level=Level.SENIOR)
    assert rules(replace(left, cleared_at=after(10)), 12) == SETTLED
    assert done(left, Take(), minutes=5).waits_since == after(5), "whoever takes it sooner has it"


def test_weak_equipment_that_was_well_again_before_anybody_took_it_settles_with_its_grounds() -> None:
    lost = alarm(Code.NO_COMMS, cleared_at=after(5))
    assert rules(lost, 6.9) is None
    assert rules(lost, 7) == SETTLED
    assert done(lost, SETTLED, by="rule/settling").closed_by == "rule/settling"
    assert rules(alarm(Code.STRAP_OPEN, superseded_at=NOON, level=Level.DUTY_OFFICER), 1000) is None


def test_an_installation_may_set_its_own_timers() -> None:
    hasty = Timers(take_s={1: 60, 2: 60, 3: 60})
    ruled = due(alarm(), None, NOON + timedelta(seconds=60), hasty)
    assert ruled is not None
    assert ruled.rule == ESCALATION
