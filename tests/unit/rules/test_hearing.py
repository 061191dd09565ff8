"""What one observation does to all that is known of its device, whatever else it tells."""

from datetime import timedelta

import pytest

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import (
    Battery,
    Body,
    Cell,
    Distrust,
    DistrustReason,
    Enclosure,
    Fix,
    LinkEvent,
    LinkHealth,
    NoFix,
    Observation,
    Sky,
    Strap,
)
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions import low_accuracy
from baqylau.rules.equipment.hearing import believed
from baqylau.rules.settings import DEAD_SPOT_TIMES, LOW_ACCURACY_R95_M
from tests.unit.rules.radio_stories import BRACELET, wearer
from tests.unit.rules.stories import (
    TRACKER,
    at,
    codes,
    device,
    every,
    fix,
    heard,
    judged,
    north,
    noted,
    supervision,
    told,
)

LINK = LinkHealth(event=LinkEvent.PING)
WHO = supervision()
NETWORK, NONE = Cell(registered=True, id="401-01-7-1", signal_dbm=-70.0), Cell(registered=False)
OPEN, COVERED = Sky(satellites=11, mean_cn0_dbhz=42.0), Sky(satellites=0)
FULL = Battery(level_percent=80)


def here(accuracy_m: float | None = 8.0, metres: float = 0.0) -> Fix:
    place = north(metres)
    return Fix(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg, accuracy_m=accuracy_m)


def wrong(minute: int, *bodies: Body) -> Observation:
    """Give a word with the time of another year, received at some minute after noon."""
    received_at = at("12:00") + timedelta(minutes=minute)
    return heard(received_at - timedelta(days=400 + minute), *bodies, received_at=received_at)


def test_a_sign_of_life_carries_our_time_and_does_not_set_the_clock_of_the_device_right() -> None:
    story = [wrong(0, FULL), heard(at("12:01"), LINK), wrong(2, FULL)]
    assert codes(judged(WHO, story)[1]) == ["C05"]


@pytest.mark.parametrize("bodies", [(), (LINK, FULL)])
def test_whatever_is_more_than_a_sign_of_life_does(bodies: tuple[Body, ...]) -> None:
    story = [wrong(0, FULL), heard(at("12:01"), *bodies), wrong(2, FULL)]
    assert codes(judged(WHO, story)[1]) == ["C05", "C05"]


def test_a_place_that_nobody_can_travel_to_does_not_hold() -> None:
    near = every(60, at("12:00"), at("12:03"))
    state, _ = judged(WHO, near)
    assert state.holds
    state, findings = judged(WHO, [*near, fix(at("12:03"), north(90_000))])
    assert codes(findings) == ["L04"]
    assert not state.holds


def test_a_place_too_rough_to_decide_is_still_the_last_one_known() -> None:
    state, _ = judged(WHO, [fix(at("12:00")), fix(at("12:01"), north(500), satellites=3)])
    assert state.position is not None
    assert state.position.at == at("12:01")
    assert not state.holds


def test_a_place_outside_the_world_is_none() -> None:
    nowhere = heard(at("12:01"), Fix(latitude_deg=91.0, longitude_deg=0.0, accuracy_m=5.0))
    state, _ = judged(WHO, [fix(at("12:00")), nowhere])
    assert state.position is not None
    assert state.position.at == at("12:00")


def test_places_outside_the_world_are_no_places_however_many() -> None:
    nowhere = Fix(latitude_deg=91.0, longitude_deg=0.0, accuracy_m=5.0)
    story = [fix(at("12:00")), *(heard(at("12:00") + timedelta(minutes=n), nowhere) for n in range(1, 15))]
    assert told(judged(WHO, story)[1]) == [("L01", "12:10")]


def test_an_ordinary_place_ends_what_a_remarkable_one_began() -> None:
    rough = fix(at("12:00"), accuracy_m=LOW_ACCURACY_R95_M + 1)
    begun, _ = judged(WHO, [rough])
    assert set(begun.devices[TRACKER].rare.conditions) == {low_accuracy.KIND.name}
    over, _ = judged(WHO, [rough, fix(at("12:01"))])
    assert over.devices[TRACKER].rare.conditions == {}


def test_where_a_tracker_falls_silent_again_and_again_becomes_a_dead_spot_from_the_first_time_on() -> None:
    who = supervision(devices=(device(silence_limit_s=600),))
    story = [fix(at("12:00") + timedelta(minutes=20 * number)) for number in range(DEAD_SPOT_TIMES + 1)]
    state, _ = judged(who, story)
    signals = state.devices[TRACKER].rare.signals
    assert signals is not None
    assert [one.times for one in signals.spots] == [DEAD_SPOT_TIMES]


def test_who_speaks_in_time_makes_no_dead_spot() -> None:
    who = supervision(devices=(device(silence_limit_s=600),))
    state, _ = judged(who, [heard(at("11:59"), NETWORK, OPEN), *every(60, at("12:00"), at("12:10"))])
    signals = state.devices[TRACKER].rare.signals
    assert signals is not None
    assert signals.spots == ()


def test_a_place_alone_ends_shielding_and_the_end_is_told() -> None:
    start = at("12:00")
    strong = heard(start, here(), OPEN, NETWORK)
    closed = heard(start + timedelta(seconds=30), NoFix(), COVERED, NONE)
    _, findings = judged(WHO, [strong, closed, heard(start + timedelta(minutes=5), here())])
    assert told(findings) == [("L06", "12:02:30"), ("L02", "12:05")]


def test_what_else_is_said_with_it_does_not_hide_that_signals_are_gone() -> None:
    start = at("12:00")
    story = [
        heard(start, here(), OPEN, NETWORK),
        heard(start + timedelta(seconds=30), NoFix(), COVERED, NONE),
        heard(start + timedelta(seconds=120), NoFix(), COVERED, NONE, FULL),
    ]
    assert told(judged(WHO, story)[1]) == [("L06", "12:02")]


@pytest.mark.parametrize(("opened", "learned"), [((), 1), ((Enclosure(open=True),), 0)])
def test_a_loss_with_an_open_case_teaches_no_dead_spot(opened: tuple[Body, ...], learned: int) -> None:
    start = at("12:00")
    story = [
        heard(start, here(), OPEN, NETWORK),
        heard(start + timedelta(seconds=20), Sky(satellites=5, mean_cn0_dbhz=24.0), Cell(registered=True)),
        heard(start + timedelta(seconds=30), NoFix(), COVERED, NONE),
        heard(start + timedelta(seconds=60), *opened, FULL),
        heard(start + timedelta(minutes=5), here(), OPEN, NETWORK),
    ]
    signals = judged(WHO, story)[0].devices[TRACKER].rare.signals
    assert signals is not None
    assert len(signals.spots) == learned


def test_a_strap_that_opens_in_the_very_word_that_ends_a_loss_lets_it_teach_nothing() -> None:
    start = at("12:00")
    story = [
        heard(start, here(), OPEN, NETWORK),
        heard(start + timedelta(seconds=20), Sky(satellites=5, mean_cn0_dbhz=24.0), Cell(registered=True)),
        heard(start + timedelta(seconds=30), NoFix(), COVERED, NONE),
        heard(start + timedelta(minutes=5), Strap(open=True), here(), OPEN, NETWORK),
    ]
    signals = judged(WHO, story)[0].devices[TRACKER].rare.signals
    assert signals is not None
    assert signals.spots == ()


def test_a_word_that_says_nothing_of_signals_makes_shielding_no_surer() -> None:
    start = at("12:00")
    story = [
        heard(start, here(), OPEN, NETWORK),
        heard(start + timedelta(seconds=30), NoFix(), COVERED, NONE),
        heard(start + timedelta(seconds=125), FULL),
    ]
    assert told(judged(WHO, story, at("12:04"))[1]) == [("L06", "12:02:30")]


@pytest.mark.parametrize("gone", [NoFix(), COVERED], ids=["no place", "no satellites"])
def test_that_there_is_no_place_or_no_satellite_tells_of_the_sky_by_itself(gone: Body) -> None:
    start = at("12:00")
    state, _ = judged(WHO, [heard(start, here(), OPEN, NETWORK), heard(start + timedelta(seconds=30), gone)])
    signals = state.devices[TRACKER].rare.signals
    assert signals is not None
    assert signals.sky.lost_at == start + timedelta(seconds=30)


def test_a_word_that_tells_too_little_does_not_make_the_day_new() -> None:
    story = [
        heard(at("12:00"), FULL, device_id=BRACELET),
        heard(at("12:10"), Enclosure(open=False), device_id=BRACELET),
        heard(at("12:20"), FULL, device_id=BRACELET),
    ]
    assert noted(judged(wearer(), story)[1]).count("B10") == 1


def test_one_word_of_the_device_among_words_of_others_is_believed() -> None:
    distrust = Distrust(reason=DistrustReason.SEQUENCE_CONFLICT)
    name = DeviceId(DeviceKind.TRACKER.value)
    assert [
        believed(heard(at("12:00"), *bodies, device_id=name))
        for bodies in ((), (distrust,), (distrust, distrust), (distrust, FULL, distrust), (FULL, distrust))
    ] == [True, False, False, True, True]
