"""What is called not stricter asks for nothing more: neither at any hour, nor at any place, nor of anybody."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.ids import OrderId, PermissionId, PersonId, RestrictionId
from baqylau.domain.orders import (
    ExclusionZone,
    Identification,
    NoContact,
    Order,
    Permission,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Route,
    Sobriety,
    Territory,
    TimedPlace,
)
from baqylau.domain.people import Supervision
from baqylau.domain.schedules import DayException, Schedule, Window
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.places.geometry import shape_of
from baqylau.rules.prescribing.covering import covers, hours_within
from baqylau.rules.prescribing.stricter import stricter
from baqylau.rules.prescribing.stricter_kinds import differences
from baqylau.rules.schedule import on_duty

BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
WHO, ACT = PersonId("p"), OrderId("o")
ORDER = Order(
    id=ACT,
    person_id=WHO,
    court="Invented court",
    act_number="1",
    act_date=date(2026, 11, 1),
    from_at=BEGIN,
    until_at=BEGIN + timedelta(days=300),
)
FEW = settings(max_examples=20, deadline=None)

minutes = st.sampled_from([0, 60, 360, 540, 1080, 1320])
windows = st.builds(
    Window,
    start_min=minutes,
    end_min=st.sampled_from([30, 120, 400, 1000, 1440]),
    weekdays=st.sampled_from([(0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4), (5, 6), (6,)]),
)
days = st.builds(
    DayException,
    day=st.dates(date(2026, 11, 1), date(2026, 11, 8)),
    windows=st.lists(windows, max_size=1).map(tuple),
)
schedules = st.builds(
    Schedule,
    timezone=st.just("Asia/Almaty"),
    windows=st.lists(windows, max_size=2).map(tuple),
    exceptions=st.lists(days, max_size=1).map(tuple),
    holidays=st.sampled_from([(), (date(2026, 11, 3),)]),
    holiday_windows=st.lists(windows, max_size=1).map(tuple),
)
steps = st.sampled_from([-0.02, -0.004, 0.0, 0.003, 0.011])
points = st.builds(Point, steps.map(lambda one: 43.2 + one), steps.map(lambda one: 76.9 + one))
sizes = st.sampled_from([150.0, 400.0, 900.0, 2000.0])


def _square(middle: Point, side_m: float) -> Polygon:
    half = side_m / 160_000
    south, north = middle.latitude_deg - half, middle.latitude_deg + half
    west, east = middle.longitude_deg - half, middle.longitude_deg + half
    ring = (Point(south, west), Point(south, east), Point(north, east), Point(north, west))
    return Polygon(name="a", outline=ring)


zones: st.SearchStrategy[Zone] = st.one_of(
    st.builds(Circle, name=st.sampled_from(["a", "b"]), center=points, radius_m=sizes),
    st.builds(_square, points, sizes),
    st.builds(
        Corridor,
        name=st.just("way"),
        line=st.tuples(points, st.just(Point(43.25, 76.95))),
        half_width_m=sizes,
    ),
)
figures = st.sampled_from([0, 60, 300, 900])
limits = st.one_of(st.none(), st.sampled_from([600, 3600]))
BASE = {"id": RestrictionId("r"), "order_id": ACT, "version": 1, "clause": "c", "from_at": BEGIN}
CHECKED = {
    "schedule": schedules,
    "random_per_day": st.integers(0, 2),
    "min_gap_s": figures,
    "answer_s": figures,
    "after": st.sampled_from([(), (Code.STRAP_OPEN,)]),
    "urgent": st.booleans(),
    "quiet_from_min": st.sampled_from([None, 1320]),
    "quiet_until_min": st.just(360),
}


def of(kind: Callable[..., Restriction], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{name: st.just(value) for name, value in BASE.items()}, **fields)


KINDS: dict[str, st.SearchStrategy[Any]] = {
    "presence": of(
        PresenceRegime,
        places=st.lists(zones, min_size=1, max_size=2).map(tuple),
        schedule=schedules,
        grace_s=figures,
        absence_limit_s_per_day=limits,
    ),
    "exclusion": of(
        ExclusionZone,
        zone=zones,
        schedule=st.one_of(st.none(), schedules),
        warning_m=sizes,
        dwell_s=figures,
        loiter_s=figures,
    ),
    "required": of(RequiredPlace, zone=zones, schedule=schedules, grace_s=figures, stay_s=figures),
    "territory": of(Territory, zone=zones),
    "timed": of(TimedPlace, zone=zones, schedule=schedules),
    "route": of(Route, zone=zones, schedule=schedules),
    "contact": of(
        NoContact, other_id=st.sampled_from([PersonId("q"), PersonId("z")]), distance_m=sizes, protected=st.booleans()
    ),
    "identification": of(Identification, **CHECKED),
    "sobriety": of(Sobriety, limit_mg_l=st.sampled_from([0.0, 0.16, 0.3]), **CHECKED),
}


def prescribed(*restrictions: Restriction, order: Order = ORDER, **more: Any) -> Supervision:
    return Supervision(person_id=WHO, orders=(order,), restrictions=restrictions, **more)


def _same(one: Any, other: Any) -> bool:
    """Whether two bodies have the same effect, however they are drawn."""
    for name in one.__struct_fields__:
        was, now = getattr(one, name), getattr(other, name)
        if name in {"version", "clause", "from_at", "until_at"} or was == now:
            continue
        if name == "zone" and covers(was, now) and covers(now, was):
            continue
        if name == "places" and all(any(covers(a, b) for a in was) for b in now):
            continue
        if name == "schedule" and None not in (was, now) and hours_within(was, now) and hours_within(now, was):
            continue
        return False
    return True


@pytest.mark.parametrize("kind", KINDS)
@FEW
@given(data=st.data())
def test_a_change_and_its_reverse_are_not_both_milder_unless_they_are_the_same(kind: str, data: st.DataObject) -> None:
    one, other = data.draw(KINDS[kind]), data.draw(KINDS[kind])
    assert list(differences(one, replace(one, version=2, clause="otherwise said"))) == []
    if not list(differences(one, other)) and not list(differences(other, one)):
        assert _same(one, other)


@FEW
@given(schedules, schedules)
def test_hours_that_lie_within_others_are_hours_of_the_others_at_every_half_hour(
    one: Schedule, other: Schedule
) -> None:
    claimed = hours_within(one, other)
    instants = [BEGIN - timedelta(days=3) + number * timedelta(minutes=30) for number in range(48 * 14)]
    broken = any(on_duty(one, at) and not on_duty(other, at) for at in instants)
    assert not (claimed and broken)


@FEW
@given(zones, zones)
def test_a_zone_that_is_covered_has_no_place_outside(one: Zone, other: Zone) -> None:
    if covers(one, other):
        grid = [43.15 + number / 200 for number in range(21)]
        for latitude in grid:
            for longitude in (76.85 + number / 150 for number in range(21)):
                if shape_of(other).margin_m(latitude, longitude) > 0:
                    assert shape_of(one).margin_m(latitude, longitude) > -1.0


@FEW
@given(st.data(), st.sampled_from(sorted(KINDS)), st.integers(0, 400), st.integers(0, 400))
def test_what_holds_at_more_times_is_stricter_and_what_holds_at_fewer_is_not(
    data: st.DataObject, kind: str, begins: int, ends: int
) -> None:
    whole = data.draw(KINDS[kind])
    part = replace(whole, from_at=BEGIN + timedelta(days=begins), until_at=BEGIN + timedelta(days=begins + ends + 1))
    assert stricter(prescribed(whole), prescribed(part)) == ()
    begins_before, ends_before = begins > 0, begins + ends + 1 < 300
    assert bool(stricter(prescribed(part), prescribed(whole))) is (begins_before or ends_before)


def test_orders_and_permissions_are_compared_by_the_times_that_they_hold() -> None:
    longer = replace(ORDER, until_at=ORDER.until_at + timedelta(days=1))
    assert [one.key for one in stricter(prescribed(), prescribed(order=longer))] == ["order_ends_later"]
    assert stricter(prescribed(order=longer), prescribed()) == ()
    first = Permission(
        id=PermissionId("a"),
        person_id=WHO,
        restriction_id=RestrictionId("r"),
        from_at=BEGIN,
        until_at=BEGIN + timedelta(hours=2),
        reason="clinic",
        granted_by="x",
    )
    half = replace(first, until_at=BEGIN + timedelta(hours=1))
    rest = replace(first, id=PermissionId("b"), restriction_id=None, from_at=half.until_at)
    assert [one.key for one in stricter(prescribed(permissions=(first,)), prescribed(permissions=(half,)))] == [
        "permission_cut"
    ]
    assert stricter(prescribed(permissions=(first,)), prescribed(permissions=(half, rest))) == ()
