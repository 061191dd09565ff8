"""A run of each disturbance, of each clean way and a few receivers of each setting; `make quality` does hundreds."""

from datetime import date

import pytest

from tests.quality.accuracy import FIRST_FIX_S, SETTINGS, Setting, measured
from tests.quality.handover import Handovers
from tests.quality.positions import accuracy_figures, run_figures
from tests.quality.positions_page import PAGE, Targets, page, read, recorded
from tests.quality.sky import CLEAN, PROFILES
from tests.quality.sky_runs import runs

NOBODY = Handovers(times=0, absences=0, besides=0, wrong=())
ELSEWHERE = {"jammer in a pocket", "foil bag", "canyon", "car park"}
"""Lived as families of the quality suite."""
LIVED = sorted((set(PROFILES) | set(CLEAN)) - ELSEWHERE)


@pytest.mark.parametrize("name", LIVED)
def test_what_is_done_to_a_receiver_is_found_within_two_minutes_and_nothing_else_is(name: str) -> None:
    lived = runs(name, (PROFILES | CLEAN)[name], 1)
    assert all(one.ok for one in run_figures([lived], Targets())), lived


@pytest.mark.parametrize("setting", [one for one in SETTINGS if one.held_to], ids=lambda one: one.name)
def test_positions_are_near_enough_where_that_is_asked_for(setting: Setting) -> None:
    # Few receivers: a tenth more may be far than in the hours of `make quality`.
    some = measured(setting, 4, 16)
    assert some.share >= 0.8
    assert setting.held_to != "outdoors" or max(some.first_fixes_s) <= FIRST_FIX_S
    assert any(one.name.startswith(setting.name) for one in accuracy_figures([some], Targets()))


def test_what_was_recorded_keeps_what_is_asked_and_is_what_the_page_says() -> None:
    kept = read()
    assert all(one.held_to is None or one.share >= one.held_to for one in kept.places)
    assert all(one.found >= kept.targets.disturbed * one.runs for one in kept.runs if one.code is not None)
    assert not any(one.alarms for one in kept.runs if one.code is None)
    assert (kept.handovers, kept.absences) == (1000, 0)
    assert PAGE.read_text(encoding="utf-8") == page(kept), "the page is stale: run `make docs`"


def test_a_result_is_kept_as_it_was() -> None:
    lived = runs("walk", CLEAN["walk"], 1)
    assert b'"walk"' in recorded([], [lived], NOBODY, Targets(), date(2026, 1, 1))
