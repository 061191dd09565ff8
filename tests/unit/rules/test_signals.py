"""Signals that vanish: shielding, garages, dead spots, and a place that stays unknown."""

from datetime import datetime, timedelta

import msgspec
import pytest

from baqylau.domain.findings import Check, Finding
from baqylau.domain.observations import (
    Battery,
    Body,
    Cell,
    Fix,
    Grade,
    Interference,
    InterferenceKind,
    LinkEvent,
    LinkHealth,
    NoFix,
    Observation,
    Sky,
    Strap,
)
from baqylau.domain.zones import Point
from baqylau.rules.fold import PersonState, begin, fold
from tests.unit.rules.stories import HOME, at, codes, device, heard, judged, north, supervision, told

WHO = supervision()
OPEN, COVERED = Sky(satellites=11, mean_cn0_dbhz=42.0), Sky(satellites=0)
NETWORK, NONE = Cell(registered=True, id="401-01-7-1", signal_dbm=-70.0), Cell(registered=False)


def here(place: Point = HOME, accuracy_m: float = 8.0) -> Fix:
    return Fix(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg, accuracy_m=accuracy_m)


def after(start: datetime, seconds: float, *bodies: Body) -> Observation:
    return heard(start + timedelta(seconds=seconds), *bodies)


def foil(start: datetime, minutes: float = 5, place: Point = HOME) -> list[Observation]:
    """Give a bag that closes 30 s after the start and is opened later."""
    return [
        after(start, 0, here(place), OPEN, NETWORK),
        after(start, 30, NoFix(), COVERED, NONE),
        after(start, 30 + minutes * 60, here(place), OPEN, NETWORK),
    ]


def garage(start: datetime, place: Point = HOME, accuracy_m: float = 60.0) -> list[Observation]:
    """Give a ramp on which both signals weaken before they go."""
    return [
        after(start, 0, here(place), OPEN, NETWORK),
        after(start, 20, here(place, accuracy_m), Sky(satellites=5, mean_cn0_dbhz=24.0), Cell(registered=True)),
        after(start, 30, NoFix(), COVERED, NONE),
        after(start, 330, here(place), OPEN, NETWORK),
    ]


def of(findings: tuple[Finding, ...], *wanted: str) -> list[tuple[str, str]]:
    return told(finding for finding in findings if finding.code.value in wanted)


def test_signals_that_vanish_at_once_from_the_open_are_shielding_after_two_minutes() -> None:
    story = foil(at("12:00"))
    _, (found, back) = judged(WHO, story)
    assert told([found, back]) == [("L06", "12:02:30"), ("L02", "12:05:30")]
    assert (found.because, found.area, back.ends) == ((story[1].id,), "401-01-7-1", found.id)
    assert Check.NO_DEAD_SPOT in found.checks


def test_a_device_that_says_again_that_both_are_gone_is_believed_sooner() -> None:
    start = at("12:00")
    closed, *rest = foil(start)[1:]
    again = [after(start, 30 + seconds, NoFix(), COVERED, NONE) for seconds in (15, 89, 90)]
    _, (found, *_) = judged(WHO, [foil(start)[0], closed, *again, *rest])
    assert told([found]) == [("L06", "12:02")]
    assert [(one.name, one.value) for one in found.thresholds] == [("shielding_after_s", 90)]
    assert found.because == (closed.id, again[-1].id)


def test_the_sky_that_is_back_in_the_same_record_as_a_network_that_is_not_ends_it() -> None:
    start = at("12:00")
    strong, closed, *_ = foil(start)
    for bodies in ((NONE, OPEN, here()), (here(), OPEN, NONE)):
        assert codes(judged(WHO, [strong, closed, after(start, 125, *bodies)], at("12:04"))[1]) == []


@pytest.mark.parametrize("back", [(NETWORK,), (OPEN,)])
def test_either_signal_that_is_back_ends_it(back: tuple[Body, ...]) -> None:
    start = at("12:00")
    story = [*foil(start)[:2], after(start, 240, *back)]
    assert of(judged(WHO, story, at("12:09"))[1], "L06", "L02") == [("L06", "12:02:30"), ("L02", "12:04")]


def test_a_lift_is_over_before_it_is_shielding() -> None:
    assert codes(judged(WHO, foil(at("12:00"), minutes=1.5))[1]) == []


def test_a_garage_weakens_signals_first_and_accuses_nobody() -> None:
    assert codes(judged(WHO, garage(at("12:00")))[1]) == []


def network(level_dbm: float) -> Cell:
    return Cell(registered=True, id="401-01-7-1", signal_dbm=level_dbm)


def then_hidden(*way: tuple[Body, ...]) -> list[str]:
    """Give what is found when both signals vanish at the end of a way, told every 30 s from an open place on."""
    words = [(here(), OPEN, NETWORK), *way, (NoFix(), COVERED, NONE)]
    story = [after(at("12:00"), 30 * number, *bodies) for number, bodies in enumerate(words)]
    story.append(after(at("12:00"), 30 * len(words) + 300, here(), OPEN, NETWORK))
    return [code for code, _ in of(judged(WHO, story)[1], "L06")]


@pytest.mark.parametrize(("level_dbm", "found"), [(-95.0, ["L06"]), (-95.1, ["L06"]), (-103.0, ["L06"]), (-103.1, [])])
def test_a_network_that_fades_under_an_open_sky_is_not_weakened_and_one_that_goes_is(
    level_dbm: float, found: list[str]
) -> None:
    assert then_hidden((here(), OPEN, network(level_dbm))) == found
    assert then_hidden((network(level_dbm), OPEN)) == found
    assert then_hidden((network(level_dbm),), (OPEN,)) == found


def test_a_network_that_fades_before_the_sky_is_gone_too_tells_of_a_ramp() -> None:
    assert then_hidden((network(-97),)) == []
    assert then_hidden((OPEN, network(-97)), (network(-97),)) == []
    assert then_hidden((network(-97),), (network(-90),)) == ["L06"]


def test_a_network_that_was_strong_three_minutes_before_is_not_lost_from_there() -> None:
    faint = (OPEN, network(-100))
    assert then_hidden(*[faint] * 5) == ["L06"]
    assert then_hidden(*[faint] * 6) == []


def test_a_network_that_is_back_but_faint_is_not_strong_when_it_goes_again() -> None:
    assert then_hidden((OPEN, NONE), (OPEN, network(-100))) == []


def test_a_fix_that_blurs_tells_of_a_garage_too() -> None:
    start = at("12:00")
    story = [
        after(start, 0, here(), OPEN, NETWORK),
        after(start, 20, here(accuracy_m=60.0)),
        after(start, 30, NoFix(), NONE),
    ]
    assert codes(judged(WHO, story, at("12:09"))[1]) == []


def test_satellites_alone_or_network_alone_are_no_shielding() -> None:
    start = at("12:00")
    strong = after(start, 0, here(), OPEN, NETWORK)
    for lost in ((NoFix(), COVERED, NETWORK), (here(), OPEN, NONE)):
        assert codes(judged(WHO, [strong, after(start, 30, *lost)], at("12:09"))[1]) == []


@pytest.mark.parametrize(("apart_s", "found"), [(30, ["L06"]), (31, [])])
def test_what_is_lost_one_after_the_other_is_not_lost_at_once(apart_s: float, found: list[str]) -> None:
    start = at("12:00")
    strong, sky = after(start, 0, here(), OPEN, NETWORK), after(start, 30, NoFix(), COVERED)
    assert codes(judged(WHO, [strong, sky, after(start, 30 + apart_s, NONE)], at("12:09"))[1]) == found


def test_a_place_of_losses_without_anything_else_becomes_a_dead_spot_that_accuses_nobody() -> None:
    story = [*garage(at("12:00")), *garage(at("13:00")), *foil(at("14:00"))]
    assert of(judged(WHO, story)[1], "L06") == []
    elsewhere = [*garage(at("12:00")), *garage(at("13:00")), *foil(at("14:00"), place=north(400))]
    assert of(judged(WHO, elsewhere)[1], "L06") == [("L06", "14:02:30")]


def test_a_foil_bag_does_not_make_its_own_excuse() -> None:
    story = [one for hour in (12, 13, 14, 15) for one in foil(at(f"{hour}:00"))]
    assert len(of(judged(WHO, story)[1], "L06")) == 4


def test_losses_with_an_open_strap_teach_no_dead_spot() -> None:
    opened = [at("12:01"), at("13:01")]
    story = [*garage(at("12:00")), *garage(at("13:00")), *foil(at("14:00"))]
    story += [heard(when, Strap(open=is_open)) for when in opened for is_open in (True,)]
    story += [heard(when + timedelta(seconds=4), Strap(open=False)) for when in opened]
    assert of(judged(WHO, story)[1], "L06") == [("L06", "14:02:30")]


def test_losses_in_which_something_jams_teach_no_dead_spot_either() -> None:
    jammed, over = (Interference(kind=InterferenceKind.CELL_JAM, grade=one) for one in (Grade.CERTAIN, Grade.NONE))
    story = [*garage(at("12:00")), *garage(at("13:00")), *foil(at("14:00"))]
    story += [after(at(hour), seconds, one) for hour in ("12:01", "13:01") for seconds, one in ((0, jammed), (9, over))]
    assert of(judged(WHO, story)[1], "L06") == [("L06", "14:02:30")]


def test_a_silence_of_a_device_whose_strap_is_open_teaches_no_dead_spot() -> None:
    found = [one for one in silences(Strap(open=True)) if one.code.value == "C01"]
    assert [Check.NO_DEAD_SPOT in one.checks for one in found] == [True, True, True]


def test_a_jam_is_found_in_a_known_dead_spot_too() -> None:
    jammed = Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.CERTAIN)
    story = [*garage(at("12:00")), *garage(at("13:00")), after(at("14:00"), 0, here(), jammed)]
    assert of(judged(WHO, story)[1], "L05") == [("L05", "14:00")]


def test_dead_spots_survive_being_kept() -> None:
    state, _ = fold(WHO, begin(), [*garage(at("12:00")), *garage(at("13:00"))], at("13:30"))
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=PersonState)
    assert kept == state
    assert of(fold(WHO, kept, foil(at("14:00")), None)[1], "L06") == []


def lost_for(minutes: int) -> list[Observation]:
    return [after(at("12:00"), 0, here()), *(after(at("12:00"), 60 * n, NoFix()) for n in range(1, minutes))]


def test_a_place_unknown_for_twenty_minutes_is_found_twice_and_ends_twice() -> None:
    _, findings = judged(WHO, [*lost_for(25), after(at("12:25"), 0, here())])
    assert told(findings) == [("L01", "12:10"), ("L09", "12:20"), ("L02", "12:25"), ("L02", "12:25")]
    assert [one.ends for one in findings[2:]] == [one.id for one in findings[:2]]
    assert all(Check.NO_DEAD_SPOT in one.checks for one in findings[:2])


def test_in_a_known_dead_spot_the_same_is_found_with_less_said() -> None:
    story = [*garage(at("10:00")), *garage(at("11:00")), *lost_for(25)]
    found = [one for one in judged(WHO, story)[1] if one.code.value in {"L01", "L09"}]
    assert codes(found) == ["L01", "L09"]
    assert not any(Check.NO_DEAD_SPOT in one.checks for one in found)


def silences(*more: Body) -> tuple[Finding, ...]:
    who = supervision(devices=(device(silence_limit_s=600),))
    words = [at("12:00"), at("12:20"), at("12:40")]
    story = [heard(when, here(), Cell(registered=True, id="401-01-7-1"), *more) for when in words]
    return tuple(one for one in judged(who, story, at("13:00"))[1] if one.at > at("12:00") and not one.ends)


def test_a_silence_says_where_its_signals_came_from_and_learns_its_dead_spot() -> None:
    findings = silences()
    assert told(findings) == [("C01", "12:10"), ("C01", "12:30"), ("C01", "12:50")]
    assert {one.area for one in findings} == {"401-01-7-1"}
    assert [Check.NO_DEAD_SPOT in one.checks for one in findings] == [True, True, False]


def test_a_device_silent_with_its_battery_about_to_be_empty_is_dead_except_in_a_dead_spot() -> None:
    assert told(silences(Battery(level_percent=5))) == [("T03", "12:10"), ("T03", "12:30"), ("C01", "12:50")]


def test_a_sign_of_life_ends_a_silence_without_a_place_and_teaches_nothing() -> None:
    who = supervision(devices=(device(silence_limit_s=600),))
    ping = LinkHealth(event=LinkEvent.PING)
    state, _ = judged(who, [heard(at(clock), ping) for clock in ("12:00", "12:20", "12:40")], at("12:45"))
    assert [one.rare.signals for one in state.devices.values()] == [None]
