"""Each indicator by itself: from which figure on it says something, how much, and when it is silent."""

from typing import Any

import pytest

from baqylau.rules.gnss import evidence
from baqylau.rules.gnss.evidence import Memory
from baqylau.rules.gnss.surroundings import Surroundings
from tests.unit.rules.gnss.receiver import BEGIN_S, OPEN, Told, around, epoch, judged, lost, place

EVEN = (42.0, 42.0, 42.0, 44.0, 44.0, 44.0)
"""As unlike as 1 dB."""


def said(told: list[Told], name: str) -> list[tuple[int, float]]:
    """Give grade and figure of an indicator at the last epoch of a story."""
    *_, last = judged(told)
    return [(sign.grade, round(sign.figure, 2)) for sign in last.signs if sign.name == name]


def gains(*told: tuple[int, int]) -> list[tuple[int, float]]:
    """Give what the input's gain says after it was told at some seconds."""
    return said([(epoch(s, agc=gain), around(s)) for s, gain in told], "gain_fell")


@pytest.mark.parametrize(
    ("gain", "grades"),
    [(3001, []), (3000, [(1, 0.75)]), (2401, [(1, 0.6)]), (2400, [(2, 0.6)]), (1601, [(2, 0.4)]), (1600, [(3, 0.4)])],
)
def test_the_gain_says_how_far_it_fell_below_the_usual_one(gain: int, grades: list[tuple[int, float]]) -> None:
    assert gains((0, 4000), (1, gain)) == grades


def test_the_usual_gain_follows_slowly_while_it_has_not_fallen() -> None:
    assert gains((0, 4000), (1, 3400), (2, 2993)) == []
    assert gains((0, 4000), (1, 3400), (2, 2992)) == [(1, 0.75)]


def test_a_gain_that_stays_low_is_the_usual_one_after_half_an_hour() -> None:
    fallen = [(s, 1000) for s in range(1, 1801, 300)]
    assert gains((0, 4000), *fallen, (1801, 1000)) == [(3, 0.25)]
    assert gains((0, 4000), *fallen, (1802, 1000)) == []
    assert gains((0, 4000), *fallen, (1802, 1000), (1803, 500)) == [(2, 0.5)]


def test_a_gain_that_comes_back_within_its_limit_is_followed_again() -> None:
    assert gains((0, 4000), (1, 1000), (2, 3400), (3, 2993)) == []
    assert gains((0, 4000), (1, 1000), (2, 3400), (3, 2992)) == [(1, 0.75)]


def test_a_gain_that_fell_twice_is_low_since_the_second_time() -> None:
    assert gains((0, 4000), (1, 1000), (2, 4000), (1000, 1000), (1700, 1000), (1900, 1000)) == [(3, 0.25)]


def test_a_receiver_without_gain_has_none_to_lose() -> None:
    assert gains((0, 0), (1, 0)) == []
    assert gains((0, 0), (1, 4000), (2, 4000)) == []


@pytest.mark.parametrize(("figure", "grades"), [(59, []), (60, [1]), (119, [1]), (120, [2]), (200, [3]), (255, [3])])
def test_a_narrow_disturbance_counts_by_its_figure(figure: int, grades: list[int]) -> None:
    assert said([(epoch(0, jam_figure=figure), around(0))], "narrow") == [(grade, figure) for grade in grades]


@pytest.mark.parametrize(("verdict", "grades"), [(None, []), (0, []), (1, []), (2, [(2, 2)]), (3, [(3, 3)])])
def test_the_receivers_own_verdicts_count_from_a_warning_on(
    verdict: int | None, grades: list[tuple[int, float]]
) -> None:
    assert said([(epoch(0, receiver_jam=verdict), around(0))], "receiver_jam") == grades
    assert said([(epoch(0, receiver_spoof=verdict), around(0))], "receiver_spoof") == grades


@pytest.mark.parametrize(
    ("strength", "found"), [(32.1, []), (32.0, [(2, 8.0)]), (25.1, [(2, 14.9)]), (25.0, [(3, 15.0)])]
)
def test_a_sky_that_falls_within_a_second_speaks_by_how_far(strength: float, found: list[tuple[int, float]]) -> None:
    story = [(epoch(0, cn0_dbhz=(40.0,) * 6), around(0)), (epoch(1, cn0_dbhz=(strength,) * 6), around(1))]
    assert said(story, "sky_fell") == found


def test_a_sky_that_falls_slowly_says_little_however_far_it_falls() -> None:
    story = [(epoch(s, cn0_dbhz=(45.0 - s,) * 6), around(s)) for s in range(30)]
    assert [grade for grade, _ in said(story, "sky_fell_slowly")] == [1]
    assert said(story, "sky_fell") == []


def falling(still_s: int, **known: object) -> list[Told]:
    """Give somebody who is still for a while before the sky is lost at once."""
    before = [(epoch(s), around(s, moving=True)) for s in (0, 1)]
    resting = [(epoch(2 + s), around(2 + s)) for s in range(still_s)]
    return [*before, *resting, (lost(2 + still_s), around(2 + still_s, **known))]


def test_a_sky_that_goes_over_somebody_who_lay_still_for_a_minute_speaks() -> None:
    assert said(falling(60), "still") == [(1, 60.0)]
    assert said(falling(59), "still") == []


@pytest.mark.parametrize("known", [{"moving": True}, {"moving": None}, {"network": False}, {"network": None}])
def test_it_is_silent_when_somebody_moves_or_the_network_goes_or_nobody_knows(known: dict[str, object]) -> None:
    assert said(falling(90, **known), "still") == []


def test_it_is_silent_of_a_sky_that_goes_slowly_over_somebody_who_lies_still() -> None:
    open_sky = [(epoch(s, cn0_dbhz=(45.0,) * 6), around(s)) for s in range(90)]
    slowly = [(epoch(90 + s, cn0_dbhz=(45.0 - s,) * 6), around(90 + s)) for s in range(30)]
    assert [grade for grade, _ in said([*open_sky, *slowly], "sky_fell_slowly")] == [1]
    assert said([*open_sky, *slowly], "still") == []


def test_it_goes_on_speaking_of_the_instant_in_which_the_sky_fell() -> None:
    story = [*falling(60), *((lost(62 + s), around(62 + s)) for s in range(1, 100))]
    assert said(story, "still") == [(1, 60.0)]


def bagged(sky_s: int, network_s: int, speed_m_s: float | None = 0.0, cn0_dbhz: tuple[float, ...] = ()) -> list[Told]:
    """Give a sky and a network that are lost at two seconds, by somebody of this speed."""
    return [
        (
            lost(s, cn0_dbhz=cn0_dbhz) if s >= sky_s else epoch(s, (speed_m_s or 0.0) * s, speed_m_s=speed_m_s),
            around(s, moving=True, network=s < network_s),
        )
        for s in range(max(sky_s, network_s) + 1)
    ]


@pytest.mark.parametrize(
    ("sky_s", "network_s", "apart_s"), [(40, 40, 0), (40, 70, 30), (40, 71, None), (70, 40, 30), (71, 40, None)]
)
def test_sky_and_network_that_go_within_half_a_minute_go_at_once(
    sky_s: int, network_s: int, apart_s: int | None
) -> None:
    found = [] if apart_s is None else [(2, apart_s)]
    assert said(bagged(sky_s, network_s), "network_gone") == found
    assert len(said(bagged(sky_s, network_s), "sky_gone")) == len(found)


def test_it_says_how_far_the_sky_fell() -> None:
    assert said(bagged(40, 40), "sky_gone") == [(2, 29.67)]


def test_it_is_silent_for_who_drives_and_for_a_sky_that_only_fell_by_half() -> None:
    assert said(bagged(40, 40, 4.9), "network_gone") == [(2, 0)]
    assert said(bagged(40, 40, 5.0), "network_gone") == []
    assert said(bagged(40, 40, None), "network_gone") == [(2, 0)], "a receiver that tells no speed drives nobody"
    assert said(bagged(40, 40, 0.0, tuple(one - 14.9 for one in OPEN)), "network_gone") == []
    assert said(bagged(40, 40, 0.0, tuple(one - 15.1 for one in OPEN)), "network_gone") == [(2, 0)]


def test_a_network_that_is_back_was_not_taken_and_one_that_is_not_told_of_stays_lost() -> None:
    for network, found in ((True, []), (None, [(2, 0.0)]), (False, [(2, 0.0)])):
        assert said([*bagged(40, 40), (lost(41, cn0_dbhz=()), around(41, network=network))], "network_gone") == found
    never = [(lost(s) if s > 40 else epoch(s), around(s, network=None if s < 40 else False)) for s in range(45)]
    assert said(never, "network_gone") == [], "nobody knows that it was there before"


@pytest.mark.parametrize(
    ("unlike", "found"), [(1.6, []), (1.5, []), (1.49, [(2, 1.49)]), (0.7, [(2, 0.7)]), (0.69, [(3, 0.69)])]
)
def test_satellites_too_equal_speak_as_they_come_from_one_place(unlike: float, found: list[tuple[int, float]]) -> None:
    heard = tuple(40.0 + (unlike if number % 2 else -unlike) for number in range(6))
    assert said([(epoch(0, cn0_dbhz=heard), around(0))], "equal") == found


def test_a_weak_sky_is_equal_for_other_reasons() -> None:
    assert said([(epoch(0, cn0_dbhz=(30.0,) * 6), around(0))], "equal") == [(3, 0.0)]
    assert said([(epoch(0, cn0_dbhz=(29.9,) * 6), around(0))], "equal") == []
    assert said([(epoch(0), around(0)), (epoch(1, cn0_dbhz=None), around(1))], "equal") == []
    assert said([(epoch(0, cn0_dbhz=None), around(0))], "equal") == [], "of a receiver that tells no strengths"


def left(*used: dict[str, int], cn0_dbhz: tuple[float, ...] = OPEN) -> list[tuple[int, float]]:
    """Give what is said of systems that are used one second after another."""
    return said([(epoch(s, systems=one, cn0_dbhz=cn0_dbhz), around(s)) for s, one in enumerate(used)], "one_system")


def test_one_system_that_is_left_of_several_speaks_after_ten_seconds() -> None:
    two, one = {"G": 5, "R": 4}, {"G": 9, "R": 1}
    assert left(two, *[one] * 10) == []
    assert left(two, *[one] * 11) == [(1, 10.0)]
    assert left(two, *[one] * 5, {}, *[one] * 6) == [(1, 11.0)], "an epoch that uses none says nothing of it"
    assert left(two, *[one] * 5, two, *[one] * 6) == []
    assert left({"G": 5, "R": 4, "E": 3}, *[two] * 20) == []
    assert left({"G": 5, "R": 2}, *[one] * 11) == [(1, 10.0)], "two satellites of a system are a system"
    assert left(*[{"G": 9}] * 20) == [], "of a receiver that knows no other"
    assert left(two, *[one] * 11, cn0_dbhz=(29.0,) * 5) == [], "under a weak sky"


def stepped(*ahead_s: float) -> list[tuple[int, float]]:
    """Give what is said of satellites whose time is so much ahead of our clock, second by second."""
    return said([(epoch(s, at_s=BEGIN_S + s + ahead), around(s)) for s, ahead in enumerate(ahead_s)], "time_stepped")


@pytest.mark.parametrize(
    ("ahead_s", "found"),
    [(0.5, []), (1.0, [(1, 1.0)]), (9.5, [(1, 9.5)]), (10.0, [(2, 10.0)]), (59.5, [(2, 59.5)]), (60.0, [(3, 60.0)])],
)
def test_a_step_of_the_satellites_time_speaks_by_how_far_it_went(
    ahead_s: float, found: list[tuple[int, float]]
) -> None:
    assert stepped(0, ahead_s) == found
    assert stepped(0, ahead_s, ahead_s) == (found or []), "and for as long as it stays"
    assert stepped(5.0, 5.0 - ahead_s) == found, "back as well as ahead"


def test_a_clock_of_ours_that_runs_off_slowly_is_no_step() -> None:
    assert stepped(0, *[0.75] * 40, 1.25) == []
    assert stepped(0, 0.75, 1.25) == [(1, 1.24)]


def test_a_clock_of_ours_that_is_wrong_by_ever_the_same_is_no_step() -> None:
    assert stepped(*[30.0] * 20) == []


def test_only_a_fix_with_a_clock_beside_it_can_tell_a_step() -> None:
    good = [(epoch(0), around(0))]
    assert said([*good, (lost(1, at_s=BEGIN_S + 100), around(1))], "time_stepped") == []
    assert said([*good, (epoch(1, at_s=BEGIN_S + 100), Surroundings())], "time_stepped") == []
    assert said([*good, (epoch(1, at_s=None), around(1))], "time_stepped") == []


def wandering(north_m: float, at_s: int = 60, moved_s: int = -1) -> list[Told]:
    """Give a sensor that is still, but at one second, and a track that goes north at the last."""
    resting = [(epoch(s), around(s, moving=s == moved_s)) for s in range(0, at_s, 15)]
    return [*resting, (epoch(at_s, north_m), around(at_s))]


@pytest.mark.parametrize(("north_m", "grades"), [(65.0, []), (66.0, [1]), (115.0, [1]), (116.0, [2]), (316.0, [3])])
def test_a_track_that_leaves_while_the_sensor_is_still_speaks_by_how_far(north_m: float, grades: list[int]) -> None:
    found = said(wandering(north_m), "still_track")
    assert found == [(grade, round(north_m - 15.57, 2)) for grade in grades]


def test_the_sensor_has_to_be_still_for_a_minute_at_one_stretch() -> None:
    assert said(wandering(400.0, 59), "still_track") == []
    assert said(wandering(400.0, 90, moved_s=15), "still_track") != []
    assert said(wandering(400.0, 90, moved_s=45), "still_track") == []


def test_a_place_known_otherwise_speaks_when_the_track_is_out_of_its_reach() -> None:
    beacon = place(0, r95_m=150.0)
    for north_m, found in ((157.7, []), (157.9, [(2, 0.11)])):
        assert said([(epoch(0, north_m), around(0, places=(beacon,)))], "elsewhere") == found
    assert said([(lost(0), around(0, places=(beacon,)))], "elsewhere") == []
    both = (place(0, 5000.0, r95_m=150.0), beacon)
    assert len(said([(epoch(0), around(0, places=both))], "elsewhere")) == 1


@pytest.mark.parametrize(
    ("way_m", "later_s", "found"),
    [
        (199.0, 0, []),
        (200.0, 0, [1]),
        (1000.0, 0, [2]),
        (10_000.0, 0, [3]),
        (200.0, 120, [1]),
        (200.0, 121, []),
        (200.0, -1, []),
    ],
)
def test_a_jump_speaks_by_its_way_for_two_minutes(way_m: float, later_s: int, found: list[int]) -> None:
    memory = evidence.jumped(Memory(), BEGIN_S, way_m)
    _, signs = evidence.step(memory, epoch(0), BEGIN_S + later_s, None, around(0))
    assert [(sign.grade, sign.figure) for sign in signs] == [(grade, way_m) for grade in found]


def test_a_claim_that_holds_again_holds_from_then_and_none_survives_a_clock_that_goes_back() -> None:
    jammed: dict[str, Any] = {"receiver_jam": 2, "receiver_spoof": 2, "cn0_dbhz": EVEN}
    memory, claimed = Memory(), []
    none: dict[str, Any] = {}
    for later_s, more in ((0, jammed), (20, jammed), (50, none), (49, none), (51, none)):
        memory, _ = evidence.step(memory, epoch(0, **more), BEGIN_S + later_s, None, around(0))
        claimed.append(evidence.claims(memory))
    assert claimed == [{"spoof": 3}, {"spoof": 3}, {"spoof": 3}, {"spoof": 3}, {}]
    for soon_s in (0.0, 0.5):
        memory, _ = evidence.step(Memory(), epoch(0, **jammed), BEGIN_S, None, around(0))
        memory, _ = evidence.step(memory, epoch(0), BEGIN_S + soon_s, None, around(0))
        assert evidence.claims(memory) == {"spoof": 3}, "another word of the same instant ends no claim"
    memory, _ = evidence.step(Memory(), epoch(0, **jammed), BEGIN_S, None, around(0))
    memory, _ = evidence.step(memory, epoch(0), BEGIN_S - 1, None, around(0))
    assert evidence.claims(memory) == {}


def test_a_step_changes_nothing_that_was_remembered_before() -> None:
    before = Memory()
    after, _ = evidence.step(before, epoch(0, agc=4000), BEGIN_S, place(0), around(0))
    assert (before.sky, before.gain, before.claims, before.systems) == (None, None, {}, 0)
    assert (after.gain, after.systems, after.network) == (4000.0, 2, True)
