"""Which home units stand at which of the prescribed places, and since when a bracelet is worn."""

from datetime import timedelta

import msgspec
import pytest

from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Device
from baqylau.domain.zones import Corridor, Point, Polygon, Zone
from baqylau.rules.plan import plan_of
from baqylau.rules.presence.radio_plan import RadioPlan
from tests.unit.rules.radio_stories import BRACELET, UNIT, equipment, wearer
from tests.unit.rules.stories import HOME, METRE_DEG, ORDER_FROM, circle, fitting, north

FLAT, FARM = circle("Flat", HOME, 30.0), circle("Farm", north(9_000), 30.0)


def east(metres: float, of: Point) -> Point:
    """Give a place so far east, roughly: a degree is shorter there."""
    return Point(of.latitude_deg, of.longitude_deg + metres * METRE_DEG / 0.7285)


def square(side_m: float, south_west: Point) -> Polygon:
    north_west = north(side_m, south_west)
    return Polygon(
        name="Square",
        outline=(south_west, north_west, east(side_m, north_west), east(side_m, south_west)),
    )


def plan(*devices: Device, **more: object) -> RadioPlan:
    radio = plan_of(wearer(*devices, **more)).radio  # type: ignore[arg-type]
    assert radio is not None
    return radio


def posts(place: Zone | None, *zones: Zone) -> list[bool]:
    """Say at which of the zones a unit stands whose place is on the register as given."""
    return [UNIT in one for one in plan(equipment(BRACELET), equipment(UNIT, place)).posts(zones)]


def test_a_unit_without_a_place_stands_at_the_first_home_and_one_with_a_place_where_that_is() -> None:
    assert posts(None, FLAT, FARM) == [True, False]
    assert posts(FARM, FLAT, FARM) == [False, True]
    assert posts(circle("Elsewhere", north(4_000)), FLAT, FARM) == [False, False]


@pytest.mark.parametrize(("metres", "stands"), [(29.5, True), (30.5, False)])
def test_a_unit_stands_in_a_home_up_to_its_edge(metres: float, *, stands: bool) -> None:
    assert posts(circle("Unit", north(metres), 1.0), FLAT) == [stands]


@pytest.mark.parametrize("south_west_m", [-10.0, 9_000.0])
def test_the_middle_of_a_plot_or_of_a_lane_says_where_a_unit_stands(south_west_m: float) -> None:
    corner = north(south_west_m)
    lane = Corridor(name="Lane", line=(corner, north(20, corner)), half_width_m=5.0)
    for place in (square(20.0, corner), lane):
        assert posts(place, FLAT, circle("Middle", north(10, corner), 12.0)) == [south_west_m < 0, True]


def test_of_two_bracelets_the_longer_grace_holds_and_the_earlier_fitting() -> None:
    second, later = DeviceId("bracelet-2"), ORDER_FROM + timedelta(days=2)
    devices = (equipment(BRACELET, grace_s=60), msgspec.structs.replace(equipment(BRACELET, grace_s=180), id=second))
    both = plan(*devices, fittings=(fitting(BRACELET), fitting(second, later)))
    assert both.grace == timedelta(seconds=180)
    assert both.worn_from(later + timedelta(hours=1)) == ORDER_FROM
    assert both.worn_from(ORDER_FROM - timedelta(hours=1)) is None
