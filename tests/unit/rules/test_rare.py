"""A lift, a tunnel and a foil bag: what a lost signal teaches of a place, and what the place then excuses."""

from datetime import datetime, timedelta

from baqylau.domain.findings import Check, Code
from baqylau.domain.observations import Body, Cell, Fix, NoFix, Observation, Sky
from tests.unit.rules.stories import HOME, TRACKER, at, codes, device, heard, judged, north, supervision

WHO = supervision()
NETWORK, NONE = Cell(registered=True, id="401-01-7-1", signal_dbm=-70.0), Cell(registered=False)
OPEN, COVERED = Sky(satellites=11, mean_cn0_dbhz=42.0), Sky(satellites=0)
TUNNEL = Fix(latitude_deg=HOME.latitude_deg, longitude_deg=HOME.longitude_deg, accuracy_m=8.0)


def after(start: datetime, seconds: float, *bodies: Body) -> Observation:
    return heard(start + timedelta(seconds=seconds), *bodies)


def lift(start: datetime) -> list[Observation]:
    """Both signals are gone at once, and back within a minute."""
    return [
        after(start, 0, TUNNEL, OPEN, NETWORK),
        after(start, 30, NoFix(), COVERED, NONE),
        after(start, 80, TUNNEL, OPEN, NETWORK),
    ]


def test_a_lift_that_was_over_in_time_teaches_where_it_is_and_the_third_ride_is_in_a_known_place() -> None:
    story = lift(at("12:00"))
    signals = judged(WHO, story)[0].devices[TRACKER].rare.signals
    assert signals is not None
    assert [one.times for one in signals.spots] == [1]
    stuck = [*story, *lift(at("13:00")), *lift(at("14:00"))[:2]]
    assert codes(judged(WHO, stuck, at("14:10"))[1]) == []


def test_of_a_loss_in_a_known_place_the_first_signal_counts_however_old_the_place_is_at_the_second() -> None:
    """The last place is five minutes old when the sky goes, and a little more when the network follows."""
    start = at("14:00")
    third = [
        after(start, 0, TUNNEL, OPEN, NETWORK),
        after(start, 280, OPEN, NETWORK),
        after(start, 290, COVERED),
        after(start, 310, NONE),
    ]
    assert codes(judged(WHO, third, at("14:10"))[1]) == ["L06"]
    story = [*lift(at("12:00")), *lift(at("13:00")), *third]
    assert codes(judged(WHO, story, at("14:10"))[1]) == []


def test_who_lost_the_network_in_a_known_place_and_went_on_is_silent_with_its_excuse() -> None:
    far = north(3000)
    went_on = Fix(latitude_deg=far.latitude_deg, longitude_deg=far.longitude_deg, accuracy_m=8.0)
    who = supervision(devices=(device(silence_limit_s=600),))

    def silent(*last: Observation) -> tuple[Check, ...]:
        found = judged(who, [*lift(at("12:00")), *lift(at("12:05")), *last], at("13:00"))[1]
        return [one.checks for one in found if one.code is Code.NO_COMMS][-1]

    lost = [after(at("12:10"), 0, TUNNEL, OPEN, NETWORK), after(at("12:11"), 0, NONE)]
    assert silent(*lost, after(at("12:15"), 0, went_on)) == (Check.WE_LISTENED,)
    assert silent(lost[0], after(at("12:15"), 0, went_on)) == (Check.WE_LISTENED, Check.NO_DEAD_SPOT)
