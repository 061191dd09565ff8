"""A few lives of each family of the quality suite: what matters most is always found, and little else is."""

from random import Random

import pytest

from baqylau.domain.catalogue import EVENTS
from tests.quality.all_families import FAMILIES
from tests.quality.judging import score, wilson

VARIANTS = 3
PRECISION_FLOOR = 0.95
"""Recorded with the rules as they are: raise it with them."""


def test_nothing_of_first_priority_is_missed_and_little_is_false() -> None:
    total = score(FAMILIES, VARIANTS)
    missed = {code for code, tally in total.by_code.items() if tally.missed and EVENTS[code].priority == 1}
    assert missed == set(), sorted(total.wrong)
    found = sum(tally.found for tally in total.by_code.values())
    assert found / (found + total.false) >= PRECISION_FLOOR, sorted(total.wrong)


def test_the_families_speak_of_every_code_of_first_priority() -> None:
    cases = [make(Random("one")) for make in FAMILIES.values()]  # noqa: S311 - invented lives
    told = {true.code for case in cases for true in case.truths}
    assert {code for code, event in EVENTS.items() if event.priority == 1} - told == set()


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [(0, 0, 0.0, 1.0), (10, 10, 0.7225, 1.0), (1, 2, 0.0945, 0.9055), (0, 10, 0.0, 0.2775)],
)
def test_an_interval_is_wide_where_little_was_seen(good: int, of: int, low: float, high: float) -> None:
    assert wilson(good, of) == pytest.approx((low, high), abs=0.0001)
