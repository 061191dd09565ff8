"""What happens again and again, or to many at once, asks one question: from the journal to the operator's list."""

from datetime import timedelta

from sqlalchemy import Engine

from baqylau.crypto.digests import observation_id
from baqylau.domain.alarms import NOBODY, AlarmState
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Cell, Observation, Strap
from baqylau.domain.partitions import partition_of
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.journal.journal import Entry
from tests.unit.server.site import FAR_AWAY, START, Site, prescribed
from tests.unit.server.test_judge import entry, listen
from tests.unit.server.test_judges_together import crowd

MAST = Cell(registered=True, id="401-01-77-1203")


def test_a_strap_that_opens_and_closes_a_hundred_times_is_one_alarm_that_counts_a_hundred(engine: Engine) -> None:
    site = Site(engine, prescribed())
    site.open_for_the_first_time()
    judge = site.judge()
    for number in range(100):
        for is_open in (True, False):
            site.clock.pass_by(seconds=10)
            site.journal.append([entry(site.clock(), FAR_AWAY, Strap(open=is_open))])
        if number % 10 == 9:
            listen(site)
            judge.catch_up(lambda: False)
    (view,) = site.alarms()
    assert (view.alarm.code, view.alarm.count) == (Code.STRAP_OPEN, 100)
    assert (view.alarm.began_at, view.alarm.last_at) == (
        START + timedelta(seconds=10),
        site.clock() - timedelta(seconds=10),
    )
    told = [one.code for one in Alarms(engine, site.clock).grounds(view.alarm.id).findings]
    assert (told.count(Code.STRAP_OPEN), told.count(Code.STRAP_RESTORED)) == (100, 100)


def heard_last(number: int, at_s: int) -> Entry:
    """Somebody's tracker says where it is and which mast it hears, and nothing more afterwards."""
    device, at = DeviceId(f"tracker-{number}"), START + timedelta(seconds=at_s)
    said = Observation(
        id=observation_id(device.encode(), b"the last word"),
        device_id=device,
        observed_at=at,
        received_at=at,
        bodies=(FAR_AWAY, MAST),
    )
    person = PersonId(f"person-{number}")
    return Entry(partition=partition_of(person), person_id=person, observation=said, raw=b"")


def test_five_hundred_devices_that_fall_silent_at_one_mast_are_one_incident(engine: Engine) -> None:
    site = Site(engine, crowd(500))
    site.open_for_the_first_time()
    judge = site.judge()
    site.clock.pass_by(minutes=5)
    site.journal.append([heard_last(number, number % 300) for number in range(500)])
    listen(site)
    judge.catch_up(lambda: False)
    assert not site.alarms()
    site.clock.pass_by(minutes=31)
    listen(site)
    judge.catch_up(lambda: False)
    (view,) = site.alarms()
    incident = view.alarm
    assert (incident.code, incident.person_id, incident.subject) == (Code.AREA_OUTAGE, NOBODY, MAST.id)
    assert (incident.count, incident.state) == (500, AlarmState.OPEN)
    held = Alarms(engine, site.clock).held_by(incident.id)
    assert {one.alarm.code for one in held} == {Code.NO_COMMS}
    assert len({one.alarm.person_id for one in held}) == 500
