"""What people do to a radio link, told whole: bracelet, air, home unit, server's reading, rules; and what is found."""

import pytest

from baqylau.domain.findings import Code
from baqylau.domain.observations import DistrustReason
from baqylau.sim.air.attacks import carried_on, clone, jammer, jammer_with_replay, recorder
from baqylau.sim.air.board import Cut
from baqylau.sim.air.hearing import Covered
from baqylau.sim.air.household import Happens, told
from baqylau.sim.air.life import Leave
from baqylau.sim.air.worn import CLOSED, CUT, ROOT, Crystal
from tests.sim.air_at_home import LEAVES, STORY_S, doubts, home, when

OUT_S = LEAVES[0].out_s
ABSENT = {Code.LEFT_EARLY, Code.LATE_RETURN, Code.NOT_AT_HOME}
LOUD = ((0.0, -104.0), (1800.0, -60.0), (4000.0, -104.0))


def test_an_hour_at_home_is_found_as_presence_and_nothing_else() -> None:
    outcome = told(home(), 1)
    assert outcome.codes == (Code.STATUS_GOOD, Code.PRESENT)
    assert outcome.faults == ()


def test_who_leaves_is_missed_within_the_time_out_and_a_minute_and_found_again() -> None:
    outcome = told(home(*LEAVES), 1)
    assert outcome.codes == (Code.STATUS_GOOD, Code.PRESENT, Code.LEFT_EARLY, Code.RETURNED)
    assert OUT_S + 300 < when(outcome, Code.LEFT_EARLY)[0] <= OUT_S + 360
    assert when(outcome, Code.RETURNED)[0] == pytest.approx(LEAVES[0].back_s, abs=60)


@pytest.mark.parametrize(("recorded", "played_s"), [((600.0, 1500.0), 2400.0), ((1500.0, 1790.0), 1795.0)])
def test_a_recording_stops_no_absence_and_is_found(recorded: tuple[float, float], played_s: float) -> None:
    outcome = told(home(*LEAVES), 1, Happens(attacks=(recorder(*recorded, played_s, "hall"),)))
    assert OUT_S + 300 < when(outcome, Code.LEFT_EARLY)[0] <= OUT_S + 360
    assert Code.BEACON_CLONE in outcome.codes
    assert doubts(outcome) == {DistrustReason.REPLAY}
    assert set(outcome.faults) == {"stale"}


def test_a_jammed_band_is_found_as_such_and_accuses_nobody() -> None:
    outcome = told(home(), 1, Happens(attacks=(jammer(1800, 4000),), noise=LOUD))
    assert {Code.RADIO_JAM, Code.RECEIVER_FAULT} <= set(outcome.codes)
    assert not ABSENT & set(outcome.codes)


def test_jamming_and_replaying_what_was_never_heard_brings_nothing() -> None:
    attack = jammer_with_replay(1700, 4000, 10.0, "hall")
    outcome = told(home(*LEAVES), 1, Happens(attacks=(attack,)))
    assert 1700 + 290 < when(outcome, Code.LEFT_EARLY)[0] <= OUT_S + 360
    assert doubts(outcome) == {DistrustReason.REPLAY}
    assert Code.BEACON_CLONE in outcome.codes


def test_frames_held_back_within_the_window_are_found_by_the_step_in_their_arrival() -> None:
    attack = jammer_with_replay(1700, 4000, 2.0, "hall")
    outcome = told(home(*LEAVES), 1, Happens(attacks=(attack,)))
    assert DistrustReason.RELAYED in doubts(outcome)
    assert 1700 < when(outcome, Code.BEACON_CLONE)[0] <= 1800


@pytest.mark.parametrize("delay_s", [0.02, 0.08, 0.2])
def test_a_signal_that_is_carried_on_over_the_internet_is_found_within_five_minutes(delay_s: float) -> None:
    attack = carried_on(OUT_S - 100, STORY_S, delay_s, "hall")
    outcome = told(home(*LEAVES), 1, Happens(attacks=(attack,)))
    assert doubts(outcome) == {DistrustReason.RELAYED}
    assert OUT_S < when(outcome, Code.BEACON_CLONE)[0] <= OUT_S + 300


@pytest.mark.parametrize("leaves", [(), LEAVES])
def test_a_clone_with_the_stolen_key_is_found_while_both_are_heard(leaves: tuple[Leave, ...]) -> None:
    attack = clone(1700, STORY_S, ROOT, "hall", Crystal(ppm=-5.0), temperature_c=20.0)
    outcome = told(home(*leaves), 1, Happens(attacks=(attack,)))
    assert DistrustReason.CLONE in doubts(outcome)
    assert 1700 < when(outcome, Code.BEACON_CLONE)[0] <= 1800


def test_a_bracelet_in_foil_is_not_heard_and_so_somebody_has_to_look() -> None:
    outcome = told(home(covered=(Covered(1800, 4000, 50.0),)), 1)
    assert outcome.codes == (Code.STATUS_GOOD, Code.PRESENT, Code.LEFT_EARLY, Code.RETURNED)


def test_a_strap_cut_and_closed_within_four_seconds_is_found_all_the_same() -> None:
    outcome = told(home(), 1, Happens(shown=((1800.0, CUT), (1804.0, CLOSED))))
    assert outcome.codes == (Code.STATUS_GOOD, Code.PRESENT, Code.STRAP_OPEN, Code.STRAP_RESTORED)
    assert 1800 <= when(outcome, Code.STRAP_OPEN)[0] <= 1805


def test_a_strap_cut_in_foil_is_told_by_the_latch_when_the_foil_is_off() -> None:
    shown = ((1800.0, CUT), (1804.0, CLOSED))
    outcome = told(home(covered=(Covered(1700, 1900, 50.0),)), 1, Happens(shown=shown))
    assert 1900 <= when(outcome, Code.STRAP_OPEN)[0] <= 1910


def test_what_happens_while_the_line_is_cut_comes_afterwards_with_the_unit_s_own_time() -> None:
    happens = Happens(cuts=(Cut(1700, 3700),), shown=((1800.0, CUT),))
    outcome = told(home(), 1, happens)
    assert 1800 <= when(outcome, Code.STRAP_OPEN)[0] <= 1805
    cut = next(one for one in outcome.findings if one.code is Code.STRAP_OPEN)
    told_of = next(one for one in outcome.observations if one.id in cut.because)
    assert (told_of.received_at - told_of.observed_at).total_seconds() > 1800


def test_a_receiver_that_hears_nobody_at_all_has_a_fault_and_nobody_is_absent_for_it() -> None:
    outcome = told(home(*LEAVES), 1, Happens(quiet_house=True))
    assert Code.RECEIVER_FAULT in outcome.codes
    assert not ABSENT & set(outcome.codes)


def test_a_unit_that_is_opened_or_moved_says_so() -> None:
    outcome = told(home(), 1, Happens(box=((1800.0, {"opened": True}), (2400.0, {"moved": True}))))
    assert {Code.UNIT_OPENED, Code.UNIT_MOVED} <= set(outcome.codes)
