"""Families about what our own people do: work on equipment, orders that change, a country that changes its clock."""

from datetime import UTC, datetime, timedelta
from random import Random

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, MaintenanceId
from baqylau.domain.people import DeviceKind, Maintenance
from tests.quality.case import AT_ONCE_S, Case, case, family, truth
from tests.quality.families_home import curfew, somewhere
from tests.quality.telling import AT_HOME, HOME_M, OUTDOORS, Day, round_zone
from tests.unit.rules.stories import PERSON, TRACKER, at, fitting, order, presence

SECOND = DeviceId("tracker-2")
CLOCK_CHANGED = datetime(2024, 2, 29, 18, 0, tzinfo=UTC)
"""Almaty went from UTC+6 to UTC+5 at its midnight of 1 March 2024."""


def _work(from_at: datetime, minutes: float) -> Maintenance:
    return Maintenance(
        id=MaintenanceId("maintenance-1"),
        person_id=PERSON,
        device_id=None,
        from_at=from_at,
        until_at=from_at + timedelta(minutes=minutes),
        reason="exchange of the tracker",
        by="officer",
    )


@family
def device_exchanged_by_an_officer(random: Random) -> Case:
    """An officer takes one tracker off and puts another on; everything of it is on record and nobody is asked."""
    day = Day(random, at("10:00"), every_s=60.0)
    day.stay(random.uniform(60, 200))
    work = _work(day.now - timedelta(minutes=5), 45)
    day.strap(is_open=True)
    day.case(is_open=True)
    off_at = day.now + timedelta(minutes=5)
    day.stay(5)
    day.device = day.fit(SECOND, DeviceKind.TRACKER)
    day.strap(is_open=True)
    day.stay(3)
    day.strap(is_open=False)
    day.stay(120)
    begun_at = min(one.observed_at for one in day.said)
    fittings = (fitting(TRACKER, begun_at, off_at), fitting(SECOND, off_at))
    return case(day, curfew(), maintenances=(work,), fittings=fittings)


@family
def maintenance_forgotten(random: Random) -> Case:
    """The work was to end at a time; the strap stays open after it, and then it is found."""
    day = Day(random, at("10:00"), every_s=60.0)
    day.stay(random.uniform(60, 200))
    work = _work(day.now - timedelta(minutes=5), 30)
    day.strap(is_open=True)
    while day.now < work.until_at + timedelta(minutes=40):
        day.stay(10)
        day.strap(is_open=True)
    return case(day, curfew(), maintenances=(work,), truths=[truth(Code.STRAP_OPEN, work.until_at, 660)])


@family
def strap_cut_after_the_maintenance(random: Random) -> Case:
    """The work ended in order; hours later the strap is cut."""
    day = Day(random, at("10:00"), every_s=60.0)
    day.stay(random.uniform(60, 200))
    work = _work(day.now - timedelta(minutes=5), 30)
    day.strap(is_open=True)
    day.stay(5)
    day.strap(is_open=False)
    day.stay(random.uniform(60, 200))
    cut_at = day.strap(is_open=True)
    day.stay(30)
    return case(day, curfew(), maintenances=(work,), truths=[truth(Code.STRAP_OPEN, cut_at, AT_ONCE_S)])


@family
def night_on_which_the_clock_changed(random: Random) -> Case:
    """The night that had an hour more: at home all of it, or out in the repeated hour."""
    begun_at = CLOCK_CHANGED - timedelta(hours=4)
    day = Day(random, begun_at, every_s=60.0)
    goes_out = random.random() < 0.5
    day.stay_until(CLOCK_CHANGED - timedelta(minutes=random.uniform(20, 40)))
    if goes_out:
        day.receiver = OUTDOORS
        day.go(somewhere(random))
        day.stay(random.uniform(20, 60))
        day.go(AT_HOME)
    day.stay_until(CLOCK_CHANGED + timedelta(hours=6, minutes=55))
    truths = [truth(Code.LEFT_EARLY, day.left(AT_HOME, HOME_M), 400)] if goes_out else []
    since = begun_at - timedelta(days=1)
    home = presence(places=(round_zone("Home", AT_HOME, HOME_M),), from_at=since)
    return case(day, home, orders=(order(from_at=since),), truths=truths)


@family
def morning_after_the_clock_changed(random: Random) -> Case:
    """Leaves at ten past six of the new clock, after the end of the hours."""
    begun_at = CLOCK_CHANGED - timedelta(hours=2)
    day = Day(random, begun_at, every_s=60.0)
    day.stay_until(CLOCK_CHANGED + timedelta(hours=7, minutes=10))
    day.receiver = OUTDOORS
    day.go(somewhere(random))
    day.stay(60)
    since = begun_at - timedelta(days=1)
    home = presence(places=(round_zone("Home", AT_HOME, HOME_M),), from_at=since)
    return case(day, home, orders=(order(from_at=since),))
