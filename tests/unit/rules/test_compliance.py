"""What the screen shows of a person, of everything that is known."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId, FindingId, ObservationId
from baqylau.domain.observations import Fix
from baqylau.domain.orders import Restriction
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules import compliance
from baqylau.rules.equipment.silence import Silence
from baqylau.rules.places.keeping import BEGUN, Keeping
from baqylau.rules.places.position import position
from baqylau.rules.plan import RestrictionPlan, plan_of
from baqylau.rules.spans import ALWAYS
from baqylau.rules.state import DeviceState
from tests.unit.rules.stories import (
    HOME,
    ORDER_FROM,
    ORDER_UNTIL,
    at,
    exclusion,
    nightly,
    order,
    permission,
    presence,
    required_place,
    supervision,
    territory,
)

SECOND = timedelta(seconds=1)
NIGHT = at("23:00")
OPEN = FindingId("open")
KEPT, AGAINST = Keeping(against=False), Keeping(against=True)
FOUND = replace(AGAINST, finding=OPEN)


def planned(restriction: Restriction, **more: object) -> RestrictionPlan:
    return plan_of(supervision(restriction, **more)).restrictions[0]


PRESENCE, ZONE, TOWN, WORK = (planned(one) for one in (presence(), exclusion(), territory(), required_place()))


def of(
    plan: RestrictionPlan, state: Keeping, why: Blindness | None = None, *, at_home: bool = False, after_s: int = 0
) -> Compliance:
    return compliance.of_restriction(plan, state, NIGHT + after_s * SECOND, why, at_home=at_home)


def test_what_is_known_is_shown() -> None:
    assert of(PRESENCE, KEPT) is Compliance.AS_PRESCRIBED
    assert of(PRESENCE, FOUND) is Compliance.NOT_AS_PRESCRIBED
    assert of(PRESENCE, AGAINST) is Compliance.UNKNOWN
    assert of(PRESENCE, BEGUN) is Compliance.UNKNOWN
    assert of(PRESENCE, replace(FOUND, against=False)) is Compliance.NOT_AS_PRESCRIBED


def test_until_the_grace_is_over_being_away_is_free() -> None:
    seconds = {-3600 + 299: Compliance.FREE, -3600 + 300: Compliance.UNKNOWN}
    assert {after_s: of(PRESENCE, AGAINST, after_s=after_s) for after_s in seconds} == seconds


def test_who_still_has_time_for_a_stay_is_free_to_be_elsewhere() -> None:
    stay = planned(required_place(schedule=nightly(), stay_s=3600))
    assert of(stay, AGAINST) is Compliance.FREE


def test_outside_of_the_hours_and_with_a_permission_nothing_is_asked() -> None:
    excused = planned(presence(), permissions=(permission(NIGHT, NIGHT + SECOND),))
    assert of(excused, FOUND) is Compliance.EXCUSED
    assert of(WORK, FOUND) is Compliance.FREE


def test_not_knowing_the_place_leaves_what_receivers_know() -> None:
    assert of(PRESENCE, KEPT, Blindness.NO_FIX) is Compliance.UNKNOWN
    assert of(PRESENCE, replace(KEPT, by_radio=True), Blindness.NO_FIX) is Compliance.AS_PRESCRIBED
    assert of(PRESENCE, replace(KEPT, by_radio=True), Blindness.OURSELVES) is Compliance.UNKNOWN
    assert of(PRESENCE, replace(BEGUN, by_radio=True), Blindness.NO_FIX) is Compliance.UNKNOWN


@pytest.mark.parametrize("plan", [ZONE, TOWN])
def test_who_is_heard_at_home_keeps_out_of_zones_and_within_the_town(plan: RestrictionPlan) -> None:
    assert of(plan, BEGUN, Blindness.NO_FIX, at_home=True) is Compliance.AS_PRESCRIBED
    assert of(plan, BEGUN, Blindness.NO_FIX) is Compliance.UNKNOWN
    assert of(plan, BEGUN, Blindness.OURSELVES, at_home=True) is Compliance.UNKNOWN
    assert of(plan, BEGUN, at_home=True) is Compliance.UNKNOWN
    assert of(plan, FOUND, Blindness.NO_FIX, at_home=True) is Compliance.UNKNOWN
    assert of(PRESENCE, BEGUN, Blindness.NO_FIX, at_home=True) is Compliance.UNKNOWN


def person(states: list[tuple[RestrictionPlan, Keeping]], why: Blindness | None = None) -> object:
    return of_all([plan for plan, _ in states], {plan.key: state for plan, state in states}, NIGHT, why)


def of_all(
    plans: list[RestrictionPlan], keepings: dict[str, Keeping], at: datetime, why: Blindness | None = None
) -> object:
    return compliance.of_person(compliance.of_each(plans, keepings, at, why), why)


def test_the_gravest_is_shown_of_a_person() -> None:
    assert person([(PRESENCE, KEPT), (ZONE, FOUND), (TOWN, BEGUN)]) == (Compliance.NOT_AS_PRESCRIBED, None)
    assert person([(PRESENCE, KEPT), (WORK, KEPT)]) == (Compliance.AS_PRESCRIBED, None)
    assert person([(WORK, KEPT)]) == person([]) == (Compliance.FREE, None)
    assert of_all([PRESENCE], {}, NIGHT) == (Compliance.UNKNOWN, Blindness.POOR_FIX)


def test_a_warning_only_warns_and_is_shown_as_nothing() -> None:
    zone, ring = plan_of(supervision(exclusion(warning_m=300.0))).restrictions
    assert (zone.kind.breach, ring.kind.breach) == (True, False)
    assert person([(zone, KEPT), (ring, FOUND)]) == (Compliance.AS_PRESCRIBED, None)
    assert compliance.of_each([zone, ring], {ring.key: FOUND}, NIGHT, None).keys() == {zone.key}


def test_why_it_is_unknown_is_said_by_what_knows_most_of_it() -> None:
    doubted = replace(BEGUN, why=Blindness.SOURCES_DISAGREE)
    unknown = Compliance.UNKNOWN
    assert person([(PRESENCE, doubted)]) == (unknown, Blindness.SOURCES_DISAGREE)
    assert person([(PRESENCE, doubted)], Blindness.NO_FIX) == (unknown, Blindness.SOURCES_DISAGREE)
    assert person([(PRESENCE, doubted)], Blindness.OURSELVES) == (unknown, Blindness.OURSELVES)
    assert person([(PRESENCE, BEGUN)], Blindness.NO_FIX) == (unknown, Blindness.NO_FIX)
    kept = replace(KEPT, why=Blindness.SOURCES_DISAGREE)
    assert person([(PRESENCE, kept), (ZONE, BEGUN)]) == (unknown, Blindness.POOR_FIX)


def test_being_heard_at_home_counts_for_other_restrictions_by_radio_alone() -> None:
    """The hours at work ask for nothing at night; what is known of them tells where the person is."""
    for state, shown in (
        (replace(KEPT, by_radio=True), (Compliance.AS_PRESCRIBED, None)),
        (KEPT, (Compliance.UNKNOWN, Blindness.NO_FIX)),
        (replace(BEGUN, by_radio=True), (Compliance.UNKNOWN, Blindness.NO_FIX)),
    ):
        assert person([(WORK, state), (ZONE, BEGUN)], Blindness.NO_FIX) == shown


def test_what_is_not_in_force_is_not_shown() -> None:
    for instant, shown in ((ORDER_UNTIL - SECOND, Compliance.NOT_AS_PRESCRIBED), (ORDER_UNTIL, Compliance.FREE)):
        assert of_all([ZONE], {ZONE.key: FOUND}, instant) == (shown, None)
    later = planned(exclusion(), orders=(order(ORDER_FROM + SECOND),))
    assert of_all([later], {later.key: FOUND}, ORDER_FROM) == (Compliance.FREE, None)


def device(*, silent: bool, speaks: bool = True) -> DeviceState:
    deadline = NIGHT if speaks else ALWAYS
    return DeviceState(ORDER_FROM, Silence(deadline, NIGHT, finding=OPEN if silent else None))


def why(
    *devices: DeviceState, heard_s: float | None = 1, unheard: bool = False, stale: bool = True
) -> Blindness | None:
    place = position(ObservationId("one"), NIGHT, Fix(latitude_deg=HOME.latitude_deg, longitude_deg=HOME.longitude_deg))
    named = {DeviceId(str(number)): one for number, one in enumerate(devices)}
    heard_at = None if heard_s is None else NIGHT + heard_s * SECOND
    return compliance.why_unknown(named, heard_at, place, unheard=unheard, stale=stale)


def test_a_place_is_unknown_for_a_reason() -> None:
    speaking, silent = device(silent=False), device(silent=True)
    assert why(speaking, heard_s=None, unheard=True) is Blindness.NO_OBSERVATION_YET
    assert why(speaking, unheard=True, stale=False) is Blindness.OURSELVES
    assert why(silent, stale=False) is None
    assert why(speaking) is Blindness.NO_FIX
    assert why(speaking, heard_s=0) is Blindness.DEVICE_SILENT
    assert why(silent) is Blindness.DEVICE_SILENT
    assert why(silent, speaking) is Blindness.NO_FIX
    assert why(silent, device(silent=False, speaks=False)) is Blindness.DEVICE_SILENT
    assert compliance.why_unknown({DeviceId("1"): speaking}, NIGHT, None, unheard=False, stale=True) is Blindness.NO_FIX
