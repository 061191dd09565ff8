"""Passing through a zone, its warning ring, lingering at its edge, hours in a place, routes and stays."""

from datetime import timedelta

from baqylau.domain.ids import RestrictionId
from baqylau.domain.observations import FixSource, Observation
from baqylau.domain.orders import Route, TimedPlace
from baqylau.domain.zones import Corridor, Point
from tests.unit.rules.stories import (
    HOME,
    ORDER,
    ORDER_FROM,
    at,
    circle,
    codes,
    every,
    exclusion,
    fix,
    judged,
    nightly,
    north,
    required_place,
    supervision,
    told,
)

SCHOOL = north(2000)
IN_THE_RING = north(2150)
BEYOND = north(2400)
WORK = north(3000)
RINGED = supervision(exclusion(warning_m=100))
PASSABLE = supervision(exclusion(dwell_s=120))
WATCHFUL = supervision(exclusion(loiter_s=600))
VISITS = supervision(required_place(zone=circle("Office", WORK), schedule=nightly("10:00", "16:00"), stay_s=3600))


def _passing(seconds_inside: int) -> list[Observation]:
    """A bus with fixes every ten seconds that stands before the school for a while."""
    begin = at("12:00")
    inside = begin + timedelta(seconds=60)
    out = inside + timedelta(seconds=seconds_inside)
    return every(10, begin, inside, BEYOND) + every(10, inside, out, SCHOOL) + every(10, out, at("12:20"), BEYOND)


def test_in_the_ring_the_wearer_is_warned_and_out_of_it_the_warning_ends() -> None:
    story = every(60, at("12:00"), at("12:05"), IN_THE_RING) + every(60, at("12:05"), at("12:10"), BEYOND)
    _, (warned, ended) = judged(RINGED, story, at("12:15"))
    assert told([warned, ended]) == [("Z02", "12:01"), ("Z07", "12:06")]
    assert ended.ends == warned.id
    assert warned.rule == "warning_ring"
    assert warned.place == "School"


def test_a_warning_is_no_breach_on_the_live_screen() -> None:
    state, _ = judged(RINGED, every(60, at("12:00"), at("12:05"), IN_THE_RING))
    assert state.compliance.value == "inside"


def test_straight_into_the_zone_is_an_entry_without_a_warning() -> None:
    story = [fix(at("11:59"), BEYOND), *every(60, at("12:00"), at("12:10"), SCHOOL)]
    assert told(judged(RINGED, story)[1]) == [("Z01", "12:01")]


def test_through_the_ring_into_the_zone_and_back_is_told_in_that_order() -> None:
    story = every(60, at("12:00"), at("12:03"), IN_THE_RING) + every(60, at("12:03"), at("12:06"), SCHOOL)
    story += every(60, at("12:06"), at("12:10"), IN_THE_RING) + every(60, at("12:10"), at("12:13"), BEYOND)
    assert codes(judged(RINGED, story)[1]) == ["Z02", "Z01", "Z07", "Z07"]


def test_who_comes_out_of_the_zone_and_stays_in_the_ring_is_warned_then() -> None:
    story = every(60, at("12:00"), at("12:03"), SCHOOL) + every(60, at("12:03"), at("12:08"), IN_THE_RING)
    assert codes(judged(RINGED, story)[1]) == ["Z01", "Z07", "Z02"]


def test_a_bus_that_passes_in_forty_seconds_is_on_record_and_no_alarm() -> None:
    _, (record,) = judged(PASSABLE, _passing(40), at("12:30"))
    assert record.code.value == "Z07"
    assert record.ends is None
    assert record.because


def test_who_gets_off_the_bus_is_found_when_the_passage_is_over() -> None:
    _, findings = judged(PASSABLE, _passing(600), at("12:30"))
    assert told(findings[:1]) == [("Z01", "12:03")]
    assert ("dwell_s", 120.0) in [(one.name, one.value) for one in findings[0].thresholds]
    assert codes(findings) == ["Z01", "Z07"]


def test_a_zone_that_allows_no_passage_finds_the_same_bus() -> None:
    assert codes(judged(supervision(exclusion()), _passing(40), at("12:30"))[1]) == ["Z01", "Z07"]


def test_lingering_at_the_edge_is_found_after_its_time() -> None:
    story = every(60, at("12:00"), at("12:30"), IN_THE_RING)
    assert told(judged(WATCHFUL, story)[1]) == [("Z08", "12:10")]
    assert judged(WATCHFUL, story[:8] + every(60, at("12:08"), at("12:30"), BEYOND))[1] == ()


def test_a_fix_less_precise_than_its_depth_in_the_zone_is_no_entry() -> None:
    story = every(60, at("12:00"), at("12:30"), north(2070), accuracy_m=40.0)
    assert "Z01" not in codes(judged(RINGED, story, at("12:40"))[1])


def test_a_cell_tower_alone_proves_nothing() -> None:
    story = [fix(at(f"12:{minute:02}"), SCHOOL, source=FixSource.CELL) for minute in range(30)]
    assert not [code for code in codes(judged(RINGED, story, at("12:40"))[1]) if code.startswith("Z")]


def test_a_place_with_hours_may_be_visited_in_them_and_not_after_them() -> None:
    market = TimedPlace(
        id=RestrictionId("market"),
        order_id=ORDER,
        version=1,
        clause="the market 09:00-12:00",
        from_at=ORDER_FROM,
        zone=circle("Market", SCHOOL),
        schedule=nightly("09:00", "12:00"),
    )
    within = every(60, at("09:30"), at("11:58"), SCHOOL)
    after = every(60, at("11:58"), at("12:10"), SCHOOL) + every(60, at("12:10"), at("12:15"), BEYOND)
    assert judged(supervision(market), within, at("11:58"))[1] == ()
    assert told(judged(supervision(market), within + after)[1]) == [("Z06", "12:00"), ("Z07", "12:11")]
    assert codes(judged(supervision(market), every(60, at("18:00"), at("18:05"), SCHOOL))[1]) == ["Z06"]


def test_who_leaves_the_route_in_its_hours_is_found_and_outside_of_them_free() -> None:
    way = Route(
        id=RestrictionId("way"),
        order_id=ORDER,
        version=1,
        clause="to work by the avenue",
        from_at=ORDER_FROM,
        zone=Corridor(name="Avenue", line=(HOME, north(5000)), half_width_m=150),
        schedule=nightly("08:00", "09:00"),
    )
    aside = Point(HOME.latitude_deg + 0.01, HOME.longitude_deg + 0.01)
    on = every(60, at("08:00"), at("08:20"), north(500))
    off = every(60, at("08:20"), at("08:30"), aside) + every(60, at("08:30"), at("08:35"), north(3000))
    assert told(judged(supervision(way), on + off)[1]) == [("Z09", "08:21"), ("Z07", "08:31")]
    assert judged(supervision(way), every(60, at("09:10"), at("10:00"), aside))[1] == ()


def test_a_stay_long_enough_within_the_hours_is_all_that_is_asked() -> None:
    story = every(300, at("10:00"), at("12:00")) + every(300, at("12:00"), at("13:05"), WORK)
    story += every(300, at("13:05"), at("17:00"))
    assert judged(VISITS, story, at("17:00"))[1] == ()


def test_not_coming_is_found_when_the_rest_of_the_hours_no_longer_suffices() -> None:
    assert told(judged(VISITS, every(60, at("10:00"), at("16:00")), at("16:30"))[1]) == [("Z04", "15:00")]


def test_leaving_too_early_is_found_when_coming_back_would_no_longer_help() -> None:
    story = every(60, at("13:00"), at("13:30"), WORK) + every(60, at("13:30"), at("16:00"))
    assert told(judged(VISITS, story, at("16:30"))[1]) == [("Z03", "15:30")]


def test_two_visits_together_are_one_stay() -> None:
    story = every(60, at("11:00"), at("11:31"), WORK) + every(60, at("11:31"), at("14:00"))
    story += every(60, at("14:00"), at("14:35"), WORK) + every(60, at("14:35"), at("16:00"))
    assert judged(VISITS, story, at("16:30"))[1] == ()
