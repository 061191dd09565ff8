"""What an order cannot mean, or hardly means: noticed when it is saved, and not by an alarm at night.

What nobody could obey, or nothing could judge, is refused; what may be meant all the same is doubted: told to whoever
saves it, and saved. Hours are compared over the first week and on all days of their own.
"""

from collections.abc import Iterator
from itertools import combinations
from statistics import fmean
from typing import Final, assert_never

from msgspec import Struct

from baqylau.domain.orders import (
    Checked,
    ExclusionZone,
    Fitting,
    NoContact,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Territory,
)
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.rules.checks.contradictions import of_checks
from baqylau.rules.places.geometry import distance_m, shape_of
from baqylau.rules.schedule import overlap
from baqylau.rules.spans import ALWAYS, Validity, consents_of, schedule_of, validity_of

_DAY_MIN: Final = 1440
_HALF_TURN_DEG: Final = 180.0
_SINGLE: Final = frozenset({DeviceKind.BRACELET, DeviceKind.TRACKER, DeviceKind.MOBILE_UNIT})
"""Kinds of which one person carries one."""


class Contradiction(Struct, frozen=True, kw_only=True):
    """What is wrong. Texts: `import.register.<key>`."""

    kind: str
    """`restriction` or `fitting`."""
    id: str
    other: str
    """What it does not go with: the id of a restriction, an order, a person or a device."""
    key: str
    refused: bool
    """False: it may be meant."""


_Valid = tuple[Restriction, Validity]


def contradictions(supervision: Supervision) -> Iterator[Contradiction]:
    """Give everything that is wrong with what is prescribed for one person."""
    valid: list[_Valid] = []
    for restriction in supervision.restrictions:
        yield from _alone(supervision, restriction)
        validity = validity_of(restriction, supervision.orders)
        if validity is not None:
            valid.append((restriction, validity))
    for one in valid:
        if places := _places(one[0]):
            for other in valid:
                if other[0].id != one[0].id:
                    yield from _together(one, places, other)
    yield from _worn_twice(supervision)


def _alone(supervision: Supervision, restriction: Restriction) -> Iterator[Contradiction]:
    yield from _in_its_order(supervision, restriction)
    if isinstance(restriction, Checked):
        for key, refused in of_checks(restriction, supervision):
            yield _wrong(restriction, "", key, refused=refused)
    schedule = schedule_of(restriction)
    if schedule is not None and not _windows(schedule):
        yield _wrong(restriction, "", "no_hours", refused=True)
    match restriction:
        case NoContact():
            yield from _no_contact(supervision, restriction)
        case RequiredPlace(schedule=hours, stay_s=stay_s):
            if all(stay_s > 60 * _length_min(window) for window in _windows(hours)):
                yield _wrong(restriction, "", "stay_too_long", refused=True)
        case _:
            pass


def _in_its_order(supervision: Supervision, restriction: Restriction) -> Iterator[Contradiction]:
    order = next((one for one in supervision.orders if one.id == restriction.order_id), None)
    if order is not None and restriction.from_at != restriction.until_at:
        until_at = restriction.until_at or order.until_at
        if restriction.from_at >= order.until_at or until_at <= order.from_at:
            yield _wrong(restriction, order.id, "outside_order", refused=True)
        elif restriction.from_at < order.from_at or until_at > order.until_at:
            yield _wrong(restriction, order.id, "cut_by_order", refused=False)


def _no_contact(supervision: Supervision, restriction: NoContact) -> Iterator[Contradiction]:
    if restriction.other_id == supervision.person_id:
        yield _wrong(restriction, restriction.other_id, "contact_with_oneself", refused=True)
    if not restriction.distance_m > 0:
        yield _wrong(restriction, restriction.other_id, "distance_not_positive", refused=True)
    if restriction.protected and not consents_of(supervision, restriction.other_id):
        yield _wrong(restriction, restriction.other_id, "without_consent", refused=False)


def _windows(schedule: Schedule) -> tuple[Window, ...]:
    exceptional = tuple(window for day in schedule.exceptions for window in day.windows)
    return schedule.windows + schedule.holiday_windows + exceptional


def _length_min(window: Window) -> int:
    return (window.end_min - window.start_min - 1) % _DAY_MIN + 1


def _together(first: _Valid, places: tuple[Zone, ...], second: _Valid) -> Iterator[Contradiction]:
    """Give what does not go with the first's places."""
    (one, its), (other, others) = first, second
    from_at, until_at = max(its.from_at, others.from_at), min(its.until_at, others.until_at)
    if from_at >= until_at:
        return
    match other:
        case ExclusionZone(zone=zone, schedule=schedule):
            if all(_covers(zone, place) for place in places):
                at_once = overlap(schedule_of(one), schedule, from_at, until_at)
                key = "place_excluded" if at_once else "place_excluded_at_other_hours"
                yield _wrong(one, other.id, key, refused=at_once)
        case Territory(zone=zone):
            if not any(_covers(zone, place) for place in places):
                yield _wrong(one, other.id, "outside_territory", refused=True)
        case PresenceRegime(schedule=schedule) if _elsewhere(one, other):
            if overlap(schedule_of(one), schedule, from_at, until_at):
                yield _wrong(one, other.id, "two_places_at_once", refused=True)
        case _:
            pass


def _elsewhere(one: Restriction, other: PresenceRegime) -> bool:
    """Whether both ask to be somewhere and have no place in common; told of the one whose id comes first."""
    return isinstance(one, PresenceRegime) and one.id < other.id and not _meet(one.places, other.places)


def _places(restriction: Restriction) -> tuple[Zone, ...]:
    """Give where one has to be."""
    match restriction:
        case PresenceRegime(places=places):
            return places
        case RequiredPlace(zone=zone):
            return (zone,)
        case _:
            return ()


def _meet(places: tuple[Zone, ...], others: tuple[Zone, ...]) -> bool:
    return any(_covers(one, other) or _covers(other, one) for one in places for other in others)


def _covers(zone: Zone, place: Zone) -> bool:
    """Whether the middle of a place lies in a zone."""
    middle = _middle(place)
    return _may_hold(zone, middle) and shape_of(zone).margin_m(middle.latitude_deg, middle.longitude_deg) > 0


def _may_hold(zone: Zone, point: Point) -> bool:
    """Whether it is worth a closer look."""
    match zone:
        case Circle(center=center, radius_m=radius_m):
            way_m = distance_m(center.latitude_deg, center.longitude_deg, point.latitude_deg, point.longitude_deg)
            return way_m < radius_m
        case Polygon(outline=points):
            return _between([one.latitude_deg for one in points], point.latitude_deg) and (
                _between([one.longitude_deg for one in points], point.longitude_deg)
            )
        case Corridor():
            return True
        case _:
            assert_never(zone)


def _between(edges_deg: list[float], at_deg: float) -> bool:
    """Whether a degree lies between others, or they run over the date line and nothing is said."""
    return min(edges_deg) <= at_deg <= max(edges_deg) or max(edges_deg) - min(edges_deg) > _HALF_TURN_DEG


def _middle(zone: Zone) -> Point:
    match zone:
        case Circle(center=center):
            return center
        case Polygon(outline=outline):
            return Point(fmean(one.latitude_deg for one in outline), fmean(one.longitude_deg for one in outline))
        case Corridor(line=line):
            return line[0]
        case _:
            assert_never(zone)


def _worn_twice(supervision: Supervision) -> Iterator[Contradiction]:
    kinds = {device.id: device.kind for device in supervision.devices}
    for one, other in combinations(supervision.fittings, 2):
        kind = kinds.get(one.device_id)
        same = kind is not None and kind is kinds.get(other.device_id) and one.device_id != other.device_id
        if same and kind in _SINGLE and _at_once(one, other):
            yield Contradiction(kind="fitting", id=other.id, other=one.device_id, key="two_of_a_kind", refused=False)


def _at_once(one: Fitting, other: Fitting) -> bool:
    return max(one.from_at, other.from_at) < min(one.until_at or ALWAYS, other.until_at or ALWAYS)


def _wrong(restriction: Restriction, other: str, key: str, *, refused: bool) -> Contradiction:
    return Contradiction(kind="restriction", id=restriction.id, other=other, key=key, refused=refused)
