"""What was measured of whole breath tests keeps what is asked, and the reference says it."""

from baqylau.sim.breath.air import Trick
from tests.quality.breath_page import PAGE, page, read


def test_results_are_near_enough_and_repeat() -> None:
    kept = read()
    valid = sum(one.valid for one in kept.levels)
    assert valid >= 9_000
    assert sum(one.beyond for one in kept.levels) <= 0.001 * valid
    assert kept.whole.beyond == 0
    assert kept.others.beyond <= 0.001 * kept.others.valid
    assert kept.others.valid > 5_000
    assert all(one.worst_sd_mg_l <= one.allowed_sd_mg_l for one in kept.repeated)


def test_small_lungs_succeed_and_a_rinsed_mouth_accuses_nobody() -> None:
    kept = read()
    succeeded, times = kept.small_lungs
    assert succeeded >= 0.95 * times
    assert kept.rinsed[1] == 0


def test_no_trick_passes_without_somebody_being_asked_to_look() -> None:
    kept = read()
    assert {one.trick for one in kept.tricks} == set(Trick)
    assert not any(one.passed for one in kept.tricks)
    assert not any(one.flagged for one in kept.tricks if one.dioxide)


def test_the_page_says_what_was_recorded() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read()), "the page is stale: run `make docs`"
