"""An area falls silent: one incident holds what it explains, and nobody is asked about each."""

import random
from datetime import datetime

import pytest
from msgspec.structs import replace

from baqylau.domain.acts import Close, Free, Hold, Note, Reopen, Take
from baqylau.domain.alarms import NOBODY, Action, AlarmState, Cause
from baqylau.domain.correlation import CORRELATION
from baqylau.domain.escalation import TIMERS, due
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, PersonId, SubjectId
from baqylau.domain.people import Person
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms
from baqylau.storage.alarms.waiting import Waiting
from baqylau.storage.judging.judgement import Judged, JudgedBatch
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import House, after

CELL = "401-01-77-1203"
CLOSE = Close(cause=Cause.NETWORK_OUTAGE, action=Action.ENGINEERS_TOLD, grounds="the mast had no power")


def person(number: int) -> PersonId:
    return PersonId(f"person-{number}")


def silent(number: int, at_s: float = 0, *, code: Code = Code.NO_COMMS, area: str = CELL) -> Finding:
    """Somebody's tracker is not heard any more."""
    subject = SubjectId(f"tracker-{number}")
    return replace(found(code, at_s, person_id=person(number), subject=subject), area=area, since=after(at_s - 1800))


def restored(number: int, at_s: float) -> Finding:
    return found(Code.COMMS_RESTORED, at_s, person_id=person(number), subject=SubjectId(f"tracker-{number}"))


class Area(Bench):
    """A judge who judges many people in one round."""

    def say_all(self, *raised: Finding, at: datetime | None = None) -> list[AlarmId]:
        people = dict.fromkeys(one.person_id for one in raised)
        judged = tuple(
            Judged(
                person_id=name,
                partition=0,
                state=b"state",
                through=after(0),
                raised=tuple(one for one in raised if one.person_id == name),
            )
            for name in people
        )
        latest = at or max(one.at for one in raised)
        return self.store.commit(JudgedBatch(epochs=self.epochs, cursors={}, people=judged, judged_at=latest))


@pytest.fixture
def area(house: House) -> Area:
    return Area(house.engine)


@pytest.fixture
def alarms(house: House) -> Alarms:
    return Alarms(house.engine, house.clock)


def incident(alarms: Alarms) -> AlarmId:
    """Give the number of the only thing that anybody is asked about."""
    [one] = alarms.open()
    assert (one.alarm.code, one.alarm.person_id, one.finding.code) == (Code.AREA_OUTAGE, NOBODY, Code.AREA_OUTAGE)
    return one.alarm.id


def test_five_hundred_devices_of_one_cell_are_one_incident_and_no_further_task(area: Area, alarms: Alarms) -> None:
    silences = [silent(number, number % 300) for number in range(500)]
    random.Random(7).shuffle(silences)  # noqa: S311 - a story
    for at in range(0, 500, 50):
        area.say_all(*silences[at : at + 50], at=after(400))
    number = incident(alarms)
    assert alarms.get(number).alarm.count == 500
    assert len(alarms.held_by(number)) == 500
    assert [view.alarm.id for view in alarms.page(AlarmFilter(held=False))] == [number]
    acts = alarms.grounds(alarms.held_by(number)[0].alarm.id).acts
    assert [(one.by, one.act) for one in acts] == [(CORRELATION, Hold(incident_id=number))]


def test_told_one_by_one_they_come_to_the_same(area: Area, alarms: Alarms) -> None:
    for number in range(4):
        area.say_all(silent(number))
    assert len(alarms.open()) == 4
    area.say_all(silent(4))
    number = incident(alarms)
    area.say_all(silent(5, 900))
    assert incident(alarms) == number
    assert alarms.get(number).alarm.count == 6


def test_what_has_another_cause_is_not_held(area: Area, alarms: Alarms) -> None:
    others = (silent(20, area="elsewhere"), silent(21, code=Code.SHIELDING), silent(22, area=""))
    area.say_all(*(silent(number) for number in range(5)), *others)
    assert {view.alarm.code for view in alarms.open()} == {Code.AREA_OUTAGE, Code.NO_COMMS, Code.SHIELDING}
    assert len(alarms.open()) == 4


def test_where_only_the_district_is_known_a_fifth_of_it_must_be_silent(
    house: House, area: Area, alarms: Alarms
) -> None:
    people = [Person(id=person(number), name=f"Invented {number}", district="Alatau") for number in range(30)]
    Registers(house.engine, house.clock).save(Registry(people=tuple(people)), by="a test")
    area.say_all(*(silent(number, area="") for number in range(5)))
    assert len(alarms.open()) == 5
    area.say_all(silent(5, area=""))
    assert alarms.get(incident(alarms)).alarm.subject == "district/Alatau"


def test_when_most_of_it_is_restored_the_incident_is_over_and_who_stays_silent_is_asked_about(
    house: House, area: Area, alarms: Alarms
) -> None:
    area.say_all(*(silent(number) for number in range(10)))
    number = incident(alarms)
    area.say_all(*(restored(one, 600 + one) for one in range(9)))
    assert alarms.get(number).alarm.cleared_at == after(607)
    waiting = Waiting(house.engine)
    [silent_still] = [view.alarm.id for view in alarms.held_by(number) if view.alarm.cleared_at is None]
    now = after(607 + TIMERS.outlive_s)
    for one in waiting.run_out(now, TIMERS, 100):
        waiting.apply(one, lambda alarm, held_by: due(alarm, held_by, now), now)
    assert silent_still in {view.alarm.id for view in alarms.open()}
    assert alarms.get(silent_still).alarm.waits_since == now
    assert Free() in [one.act for one in alarms.grounds(silent_still).acts]


def test_closing_it_closes_what_is_over_in_the_same_name_and_frees_what_is_not(area: Area, alarms: Alarms) -> None:
    area.say_all(*(silent(number) for number in range(6)))
    number = incident(alarms)
    area.say_all(*(restored(one, 600) for one in range(5)))
    alarms.act(number, Take(), "dana")
    alarms.act(number, CLOSE, "dana")

    [freed] = alarms.open()
    assert freed.alarm.person_id == person(5)
    held = [view.alarm for view in alarms.held_by(number)]
    assert {(one.state, one.closed_by, one.cause) for one in held} == {(AlarmState.CLOSED, "dana", CLOSE.cause)}
    assert alarms.grounds(held[0].id).acts[-1].act == CLOSE


def test_the_next_outage_of_the_place_is_another_incident(area: Area, alarms: Alarms) -> None:
    area.say_all(*(silent(number) for number in range(5)))
    first = incident(alarms)
    area.say_all(*(restored(one, 600) for one in range(5)))
    alarms.act(first, CLOSE, "dana")
    area.say_all(*(silent(number, 9_000) for number in range(5)))
    assert incident(alarms) != first


def test_an_incident_is_worked_on_like_any_alarm(area: Area, alarms: Alarms) -> None:
    area.say_all(*(silent(number) for number in range(5)))
    number = incident(alarms)
    alarms.act(number, Note(text="the operator of the network knows"), "dana")
    alarms.act(number, CLOSE, "dana")
    assert alarms.act(number, Reopen(why="it is not over"), "erlan").state is AlarmState.OPEN


def test_what_late_data_took_away_no_longer_makes_an_incident_last(area: Area, alarms: Alarms) -> None:
    silences = [silent(number) for number in range(5)]
    area.say_all(*silences)
    number = incident(alarms)
    for one in silences:
        area.say(superseded=[one.id], person_id=one.person_id, at=after(900))
    assert alarms.get(number).alarm.superseded_at == after(900)
