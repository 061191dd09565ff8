"""Being where one has to be: what receivers and the carried unit say together with everything else."""

import pytest

from baqylau.domain.ids import DeviceId, RestrictionId
from baqylau.domain.observations import Fix, Grade, Interference, InterferenceKind
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.people import DeviceKind
from baqylau.rules.fold import fold
from tests.unit.rules.radio_stories import (
    BRACELET,
    MINUTE,
    MOBILE,
    SECOND_UNIT,
    UNIT,
    at_home,
    equipment,
    hears,
    listens,
    wearer,
)
from tests.unit.rules.stories import (
    HOME,
    TRACKER,
    at,
    circle,
    deaf,
    device,
    every,
    fitting,
    fix,
    heard,
    judged,
    north,
    noted,
    presence,
    supervision,
    told,
)

SPARE = DeviceId("mobile-2")
HERE = Fix(latitude_deg=HOME.latitude_deg, longitude_deg=HOME.longitude_deg, accuracy_m=8.0)


def test_a_gap_at_home_is_on_record_once_whatever_is_heard_next() -> None:
    who = wearer(equipment(BRACELET), equipment(UNIT), equipment(TRACKER))
    night = [*at_home(at("21:30"), at("23:00")), *listens(at("23:00"), at("23:04")), hears(at("23:04"))]
    found = judged(who, [*night, fix(at("23:04:10"))], at("23:05"))[1]
    assert noted(found) == ["P05", "P06"]


@pytest.mark.parametrize(("heard_until", "holds"), [("13:00", True), ("12:31", False)])
def test_the_place_of_carried_units_holds_while_one_of_them_is_with_the_bracelet(
    heard_until: str, *, holds: bool
) -> None:
    spare = device(SPARE, kind=DeviceKind.MOBILE_UNIT)
    who = wearer(equipment(BRACELET), equipment(MOBILE), spare)
    story = [
        *at_home(at("12:00"), at(heard_until), MOBILE),
        *listens(at(heard_until), at("13:00"), MOBILE),
        *at_home(at("12:00"), at("12:10"), SPARE),
        *listens(at("12:10"), at("13:00"), SPARE),
        heard(at("12:30"), HERE, device_id=MOBILE),
    ]
    state, _ = judged(who, story, at("12:59"))
    assert state.position is not None
    assert state.ticked_at is not None
    assert at("12:59") - state.ticked_at < 20 * MINUTE, "time has spoken since"
    assert state.holds is holds


def test_a_person_without_receivers_loses_no_place_to_them() -> None:
    jammed = Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.SUSPECTED)
    story = [heard(at("21:58"), jammed), fix(at("21:59:30"))]
    state, _ = judged(wearer(device(TRACKER)), story, at("22:01"))
    assert state.ticked_at is not None
    assert state.ticked_at > at("21:59:30"), "time has spoken since"
    assert state.holds


def test_an_absence_found_by_receivers_counts_until_the_bracelet_is_taken_off() -> None:
    fittings = (fitting(BRACELET, until_at=at("23:30")), fitting(UNIT))
    gone = [*at_home(at("21:30"), at("22:30")), *listens(at("22:30"), at("23:29"))]
    state, found = judged(wearer(fittings=fittings), gone, at("23:45"))
    assert told(found) == [("P05", "22:00"), ("P03", "22:35")]
    (curfew,), since = state.curfews.values(), found[-1].since
    assert since is not None
    assert sum(seconds for _, seconds in curfew.tally.days) == (at("23:30") - since).total_seconds()


FLAT, FARM = circle("Flat"), circle("Farm", north(9_000))


@pytest.mark.parametrize(
    ("regimes", "recorded"),
    [
        ((presence(places=(FLAT,)), presence(id=RestrictionId("presence-2"), places=(FARM,))), ["presence-1"]),
        ((presence(places=(FLAT, FARM)),), ["presence-1"]),
        ((presence(places=(FARM,)),), []),
    ],
)
def test_a_gap_belongs_to_the_home_whose_unit_ended_it(
    regimes: tuple[PresenceRegime, ...], recorded: list[str]
) -> None:
    units = (equipment(UNIT, FLAT), equipment(SECOND_UNIT, FARM))
    who = wearer(equipment(BRACELET), *units, restrictions=regimes)
    night = [*at_home(at("21:30"), at("23:00")), *listens(at("23:00"), at("23:04")), hears(at("23:04"))]
    found = judged(who, [*night, *listens(at("21:30"), at("23:04"), SECOND_UNIT)], at("23:05"))[1]
    assert [str(one.subject) for one in found if one.code == "P06"] == recorded


def test_a_separation_from_a_unit_that_left_the_register_is_forgotten() -> None:
    story = [*at_home(at("12:00"), at("13:00"), MOBILE), *listens(at("13:00"), at("13:30"), MOBILE)]
    state, _ = judged(wearer(equipment(BRACELET), equipment(MOBILE)), story, at("13:30"))
    assert list(state.apart) == [MOBILE]
    after, _ = fold(wearer(equipment(BRACELET)), state, (), at("13:30"))
    assert after.apart == {}


def test_a_limit_of_absence_that_passes_between_two_fixes_is_said_with_the_next() -> None:
    away = [*every(60, at("21:55"), at("22:10"), north(1500)), *every(600, at("22:15"), at("23:00"), north(1500))]
    _, found = judged(supervision(presence(absence_limit_s_per_day=1200)), away, at("23:00"))
    assert told(found) == [("P02", "22:05"), ("P08", "22:25")]


def test_who_is_at_home_when_the_hours_begin_is_on_record_with_the_next_word_of_the_receiver() -> None:
    half = MINUTE / 2
    home = at_home(at("21:30") + half, at("22:10") + half)
    assert told(judged(wearer(), home, at("22:11"))[1]) == [("P05", "22:00:30")]


def test_a_limit_of_absence_is_said_when_the_receiver_is_known_to_listen_again() -> None:
    regime = presence(absence_limit_s_per_day=1230)
    late = at("22:49") + 3 * MINUTE / 4
    gone = [*at_home(at("21:30"), at("22:30")), *listens(at("22:30"), at("22:48")), *listens(late, at("23:00"))]
    found = judged(wearer(restrictions=(regime,)), gone, at("23:00"))[1]
    assert told(found) == [("P05", "22:00"), ("P03", "22:35"), ("P08", "22:49:45")]


def test_a_gap_that_ends_at_another_home_is_none_of_the_one_left() -> None:
    units = (equipment(UNIT, FLAT), equipment(SECOND_UNIT, FARM))
    who = wearer(equipment(BRACELET), *units, restrictions=(presence(places=(FARM,)),))
    night = [*at_home(at("21:30"), at("23:00"), SECOND_UNIT), *listens(at("23:00"), at("23:04"), SECOND_UNIT)]
    found = judged(who, [*night, *listens(at("21:30"), at("23:04")), hears(at("23:04"))], at("23:04:30"))[1]
    assert noted(found) == ["P05"]


def test_a_separation_from_a_unit_that_is_not_carried_any_more_is_forgotten() -> None:
    story = [*at_home(at("12:00"), at("13:00"), MOBILE), *listens(at("13:00"), at("13:30"), MOBILE)]
    fittings = (fitting(BRACELET), fitting(MOBILE, until_at=at("13:20")))
    state, _ = judged(wearer(equipment(BRACELET), equipment(MOBILE), fittings=fittings), story, at("13:30"))
    assert state.apart == {}


def test_what_is_known_of_the_hours_is_carried_on_and_goes_with_the_regime() -> None:
    who = supervision(presence())
    state, _ = judged(who, every(60, at("21:55"), at("22:30"), north(1500)), at("22:30"))
    assert len(state.curfews) == 1
    assert fold(who, state, (), at("22:40"))[0].curfews.keys() == state.curfews.keys()
    assert fold(supervision(), state, (), at("22:40"))[0].curfews == {}


def test_being_deaf_before_anything_was_heard_is_no_matter_of_the_hours() -> None:
    deafness = deaf(at("12:00"), at("12:30"))
    assert told(judged(supervision(presence()), [deafness], at("12:40"))[1]) == []


def test_a_unit_that_listens_and_has_never_heard_the_bracelet_shortens_no_gap() -> None:
    who = wearer(equipment(BRACELET), equipment(UNIT), equipment(SECOND_UNIT))
    story = [*at_home(at("22:10"), at("22:30")), *listens(at("22:30"), at("22:40")), hears(at("22:33"))]
    story += listens(at("22:31"), at("22:40"), SECOND_UNIT)
    gaps = [one for one in judged(who, story, at("22:40"))[1] if one.code.value == "P06"]
    assert [(one.at, one.since) for one in gaps] == [(at("22:33"), at("22:29"))]
