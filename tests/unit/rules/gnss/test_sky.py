"""How strong the sky is, what it usually is, and how it fell."""

import pytest

from baqylau.rules.gnss.sky import Sky, mean_dbhz, seen, spread_db, strength_dbhz

OPEN = (44.0,) * 6
WEAKER = (36.0,) * 6
LOST = (20.0,) * 6


def watched(*told: tuple[float, tuple[float, ...]]) -> Sky:
    """Give the sky after satellites were heard at some seconds."""
    sky = None
    for at_s, cn0_dbhz in told:
        sky = seen(sky, at_s, cn0_dbhz)
    assert sky is not None
    return sky


def test_the_six_strongest_make_the_strength_and_those_that_are_missing_count_as_silent() -> None:
    assert strength_dbhz((40.0, 46.0, 10.0, 44.0, 42.0, 48.0, 50.0, 5.0)) == 45.0
    assert strength_dbhz((40.0, 46.0)) == pytest.approx((40 + 46 + 4 * 10) / 6)
    assert strength_dbhz(()) == 10.0


def test_the_mean_is_of_those_that_are_heard_and_nothing_heard_has_none() -> None:
    assert mean_dbhz((40.0, 46.0, 10.0, 44.0, 42.0, 48.0, 50.0, 5.0)) == 45.0
    assert mean_dbhz((40.0, 46.0)) == 43.0
    assert mean_dbhz(()) is None


def test_how_unlike_satellites_are_is_told_from_six_on() -> None:
    assert spread_db((40.0, 46.0, 40.0, 46.0, 40.0, 46.0)) == 3.0
    assert spread_db((40.0, 46.0, 40.0, 46.0, 40.0)) is None


def test_a_sky_of_which_half_is_gone_has_fallen_and_suddenly() -> None:
    sky = watched((0, OPEN), (1, WEAKER))
    assert (sky.fell_s, sky.fall_db(), sky.sudden()) == (1, 8.0, True)
    assert watched((0, OPEN), (1, (36.1,) * 6)).fell_s is None


def test_within_seconds_are_five() -> None:
    assert watched((0, OPEN), (5, WEAKER)).sudden()
    slowly = watched((0, OPEN), (5.1, WEAKER))
    assert (slowly.fell_s, slowly.sudden()) == (5.1, False)


def test_a_fall_in_two_strides_within_five_seconds_is_one() -> None:
    assert watched((0, OPEN), (3, (39.5,) * 6), (5, (35.5,) * 6)).sudden()
    assert watched((0, OPEN), (3, (38.0,) * 6), (6, (35.0,) * 6), (9, (32.0,) * 6)).sudden() is False


def test_what_fell_suddenly_stays_so_however_it_goes_on() -> None:
    sky = watched((0, OPEN), (1, LOST), (20, LOST), (40, (22.0,) * 6))
    assert (sky.fell_s, sky.fall_db(), sky.sharpest_db, sky.sudden(24.0)) == (1, 22.0, 24.0, True)
    assert not sky.sudden(24.1)


def test_a_sky_that_never_was_open_does_not_fall() -> None:
    assert watched((0, (30.0,) * 6), (1, LOST)).fall_db() == 10.0
    assert watched((0, (29.9,) * 6), (1, LOST)).fall_db() == 0.0


def test_the_sky_is_back_within_five_decibels_of_what_it_was() -> None:
    assert watched((0, OPEN), (1, LOST), (2, (39.0,) * 6)).fell_s == 1
    back = watched((0, OPEN), (1, LOST), (2, (39.1,) * 6))
    assert (back.fell_s, back.usual_dbhz, back.sharpest_db) == (None, 39.1, 0.0)


def test_a_weak_sky_is_the_usual_one_after_half_an_hour() -> None:
    assert watched((0, OPEN), (1, LOST), (1801, LOST)).fell_s == 1
    usual = watched((0, OPEN), (1, LOST), (1000, LOST), (1802, LOST))
    assert (usual.fell_s, usual.usual_dbhz) == (None, 20.0)


def test_after_half_an_hour_without_word_and_when_time_goes_back_the_sky_is_begun_anew() -> None:
    assert watched((0, OPEN), (1800, WEAKER)).fell_s == 1800
    assert watched((0, OPEN), (1800.5, WEAKER)).usual_dbhz == 36.0
    assert watched((10, OPEN), (10, WEAKER)).fell_s == 10
    assert watched((10, OPEN), (9, WEAKER)).usual_dbhz == 36.0


def test_the_usual_strength_follows_the_present_one_within_a_minute() -> None:
    assert watched((0, OPEN), (15, (40.0,) * 6)).usual_dbhz == 43.0
    assert watched((100, OPEN), (115, (40.0,) * 6)).usual_dbhz == 43.0
    assert watched((0, OPEN), (60, (40.0,) * 6)).usual_dbhz == 40.0
    assert watched((0, OPEN), (600, (48.0,) * 6)).usual_dbhz == 48.0


def test_while_the_sky_has_fallen_the_usual_one_is_kept() -> None:
    assert watched((0, OPEN), (1, LOST), (61, LOST), (121, LOST)).usual_dbhz == 44.0


def test_the_way_down_of_a_little_is_no_way_down() -> None:
    """From 44 to 40 and within a moment to 39.1: no fall, and nothing sharp is remembered of it."""
    assert watched((0, OPEN), (1, (40.0,) * 6)).sharpest_db == 0.0
    assert watched((0, OPEN), (1, (39.0,) * 6)).sharpest_db == 5.0


def test_a_flash_and_the_dip_after_it_are_no_fall() -> None:
    sky = watched((0, OPEN), (1, (47.0,) * 6), (2, (38.9,) * 6))
    assert (sky.fell_s, sky.fall_db(), sky.sudden()) == (None, 0.0, False)
    assert sky.sharpest_db == pytest.approx(8.1)
