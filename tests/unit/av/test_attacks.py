"""What was measured of comparisons keeps what is asked, and the reference says it."""

from baqylau.sim.sitting.bench import GENUINE, REFUSED, tallied
from tests.quality.identity_page import PAGE, accepted, by_chance, page, read


def test_no_attack_of_the_bench_was_a_match() -> None:
    _, attacked = read()
    assert accepted(attacked) == ()
    assert {one.species for one in tallied(attacked.tried)} == {GENUINE, *TRIED}


TRIED = (
    "printed photo",
    "screen replay",
    "recorded voice",
    "spliced digits",
    "wrong person",
    "another voice",
    "two faces",
    "injected stream",
    "photo, then a cut of power",
    "injected, old number",
    "shifted clock",
)


def test_recordings_for_another_number_or_by_a_wrong_clock_were_refused() -> None:
    _, attacked = read()
    outcomes = {one.outcome for one in attacked.tried if one.species in TRIED[-2:]}
    assert outcomes == {REFUSED}


def test_voices_and_digits_keep_what_is_asked() -> None:
    figures, _ = read()
    assert all(one.equal_error <= 0.01 for one in figures.voices)
    assert figures.digits.passed >= 0.9
    assert by_chance() <= 1e-4
    assert all(one.passed == 0 for one in figures.heard)


def test_a_comparison_takes_no_longer_than_is_asked() -> None:
    figures, attacked = read()
    assert figures.minute_cpu_s <= 20
    cpu = sorted(one.cpu_s for one in attacked.tried if one.cpu_s)
    assert 2 * 86_400 / cpu[len(cpu) // 2] >= 5_000


def test_the_page_says_what_was_recorded() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(*read()), "the page is stale: run `make docs`"
