"""Jamming, deception and shielding: two independent signs make a claim, and one never does."""

import pytest

from baqylau.rules.gnss.signs import INPUT, JAM, PLACE, SHIELD, SIGNAL, SPOOF, TIME, WAY, Sign, grade_of, steps
from baqylau.rules.gnss.surroundings import Surroundings
from tests.unit.rules.gnss.receiver import BEGIN_S, FAINT, OPEN, Told, around, epoch, judged, lost, place, standing

MINUTES = 300


def claims(told: list[Told]) -> dict[str, int]:
    """Give the highest grade of everything that is claimed in a story."""
    found: dict[str, int] = {}
    for judgement in judged(told):
        for kind, grade in judgement.claims.items():
            found[kind] = max(found.get(kind, 0), grade)
    return found


def signs(told: list[Told]) -> set[str]:
    return {sign.name for judgement in judged(told) for sign in judgement.signs}


@pytest.mark.parametrize(
    ("said", "grade"),
    [
        ([], 0),
        ([(SIGNAL, 3)], 1),
        ([(SIGNAL, 3), (SIGNAL, 3)], 1),
        ([(SIGNAL, 1), (TIME, 1)], 2),
        ([(SIGNAL, 3), (TIME, 1)], 2),
        ([(SIGNAL, 2), (TIME, 2)], 3),
        ([(SIGNAL, 1), (TIME, 1), (WAY, 1)], 2),
        ([(SIGNAL, 2), (TIME, 1), (PLACE, 1)], 3),
    ],
)
def test_one_source_is_never_a_claim_and_two_are(said: list[tuple[str, int]], grade: int) -> None:
    assert grade_of(SPOOF, tuple(Sign(SPOOF, "sign", source, one, 0.0) for source, one in said)) == grade
    assert grade_of(JAM, tuple(Sign(SPOOF, "sign", source, one, 0.0) for source, one in said)) == 0


def test_a_limit_counts_from_where_it_is_reached() -> None:
    assert [steps(figure, (50.0, 100.0, 300.0)) for figure in (49.9, 50.0, 99.9, 100.0, 300.0)] == [0, 1, 1, 2, 3]


def test_an_hour_in_the_open_has_no_sign_at_all() -> None:
    assert signs([(epoch(s, 5.0 * (s % 3)), around(s)) for s in range(0, 3600, 15)]) == set()


def test_a_jammer_is_claimed_in_the_second_in_which_it_begins_by_sky_and_gain() -> None:
    story = [(epoch(s, agc=5000), around(s, moving=True)) for s in range(MINUTES)]
    story += [(lost(MINUTES + s, agc=1400), around(MINUTES + s, moving=True)) for s in range(60)]
    claimed = [judgement.claims for judgement in judged(story)]
    assert claimed[: MINUTES + 1] == [{}] * MINUTES + [{JAM: 3}]
    assert claimed[-1] == {JAM: 3}


def test_a_jammer_is_found_by_either_clock_alone() -> None:
    ours = [(epoch(s, agc=5000), around(s, moving=True)) for s in range(MINUTES)]
    ours += [(lost(MINUTES + s, agc=1400, at_s=None), around(MINUTES + s, moving=True)) for s in range(60)]
    theirs = [(epoch(s, agc=5000), Surroundings()) for s in range(MINUTES)]
    theirs += [(lost(MINUTES + s, agc=1400), Surroundings()) for s in range(60)]
    assert claims(ours) == claims(theirs) == {JAM: 3}


def test_a_jump_that_stays_is_a_sign_for_two_minutes_also_when_the_sky_is_lost_meanwhile() -> None:
    moving = {"moving": True}
    story = [(epoch(s), around(s, **moving)) for s in range(60)]
    story += [(epoch(60 + s, 50_000.0), around(60 + s, **moving)) for s in range(5)]
    story += [(lost(65 + s, cn0_dbhz=OPEN), around(65 + s, **moving)) for s in range(138)]
    jumps = [[(round(one.figure, -1), one.grade) for one in judgement.signs] for judgement in judged(story)]
    assert jumps[:62] == [[]] * 62
    assert jumps[62:183] == [[(50_000.0, 3)]] * 121
    assert jumps[183:] == [[]] * 20


def test_a_jammer_beside_somebody_still_is_suspected_by_the_sky_alone_while_the_network_stays() -> None:
    story = standing(MINUTES) + [(lost(MINUTES + s), around(MINUTES + s)) for s in range(60)]
    assert claims(story) == {JAM: 2}


def test_a_claim_ends_half_a_minute_after_its_signs() -> None:
    story = standing(MINUTES) + [(lost(MINUTES + s), around(MINUTES + s)) for s in range(20)]
    story += [(epoch(MINUTES + s), around(MINUTES + s)) for s in range(20, 80)]
    claimed = [bool(judgement.claims) for judgement in judged(story)]
    assert sum(claimed) == 20 + 30


def test_walking_into_a_house_is_one_sign_and_no_claim() -> None:
    story = [(epoch(s), around(s, moving=True)) for s in range(MINUTES)]
    story += [(lost(MINUTES + s), around(MINUTES + s, moving=True)) for s in range(120)]
    assert signs(story) == {"sky_fell"}
    assert claims(story) == {}


def test_a_car_park_takes_the_sky_slowly_and_the_network_with_it() -> None:
    story = [(epoch(s, 3.0 * s, speed_m_s=3.0), around(s, moving=True)) for s in range(MINUTES)]
    for s in range(40):
        heard = tuple(max(one - s, 12.0) for one in OPEN)
        story.append((epoch(MINUTES + s, cn0_dbhz=heard), around(MINUTES + s, moving=True, network=s < 35)))
    assert claims(story) == {}


def test_a_tunnel_takes_both_at_once_and_is_not_shielding() -> None:
    story = [(epoch(s, 20.0 * s, speed_m_s=20.0), around(s, moving=True)) for s in range(MINUTES)]
    story += [(lost(MINUTES + s), around(MINUTES + s, moving=True, network=False)) for s in range(120)]
    assert claims(story) == {}


def test_a_foil_bag_takes_both_at_once_from_somebody_who_does_not_drive() -> None:
    story = standing(MINUTES)
    story += [(lost(MINUTES + s, cn0_dbhz=()), around(MINUTES + s, moving=True, network=s < 8)) for s in range(60)]
    assert claims(story) == {SHIELD: 3}


def test_a_deceiver_is_claimed_by_time_and_equal_strengths() -> None:
    said = {"cn0_dbhz": (47.0, 47.2, 46.8, 47.1, 46.9, 47.0, 47.3)}
    story = standing(MINUTES)
    story += [
        (epoch(MINUTES + s, 2.0 * s, **(said | {"at_s": BEGIN_S + MINUTES + s + 15})), around(MINUTES + s))
        for s in range(5)
    ]
    assert claims(story) == {SPOOF: 3}


def test_a_deceiver_that_only_walks_off_is_claimed_by_the_still_sensor_and_the_beacon_at_home() -> None:
    home = place(0, r95_m=150.0)
    story = standing(MINUTES)
    story += [(epoch(MINUTES + s, 1.5 * s, speed_m_s=1.5), around(MINUTES + s, places=(home,))) for s in range(240)]
    assert claims(story) == {SPOOF: 3}


def test_the_receivers_own_verdict_is_one_sign() -> None:
    assert claims([(epoch(s, receiver_spoof=3), around(s)) for s in range(60)]) == {}
    assert claims([(epoch(s, receiver_jam=3, agc=100, jam_figure=255), around(s)) for s in range(60)]) == {}
    assert signs([(epoch(s, receiver_jam=3, jam_figure=255), around(s)) for s in range(9)]) == {
        "receiver_jam",
        "narrow",
    }
    assert grade_of(JAM, (Sign(JAM, "narrow", INPUT, 3, 255), Sign(JAM, "receiver_jam", INPUT, 3, 3))) == 1


def test_systems_that_fall_silent_beside_one_are_a_sign() -> None:
    story = standing(60) + [(epoch(60 + s, systems={"G": 9}), around(60 + s)) for s in range(20)]
    assert signs(story) == {"one_system"}


def test_a_sky_that_stays_weak_becomes_the_usual_one() -> None:
    story = standing(MINUTES) + [(lost(MINUTES + s), around(MINUTES + s)) for s in range(0, 2000, 20)]
    assert list(judged(story))[-1].signs == ()


def test_a_weak_sky_that_falls_says_nothing() -> None:
    indoors = tuple(one - 17.0 for one in OPEN)
    story = [(epoch(s, cn0_dbhz=indoors), around(s)) for s in range(MINUTES)]
    story += [(lost(MINUTES + s, cn0_dbhz=FAINT[:1]), around(MINUTES + s)) for s in range(60)]
    assert signs(story) == set()
