"""Error rates and likelihood ratios: known answers, and how sure they are."""

from itertools import pairwise
from math import inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.checks import Likely, LikenessReason
from baqylau.monitoring.av_server.calibration import (
    Pair,
    cllr,
    det,
    equal_error,
    fitted,
    interval,
    least_cllr,
    missed_at,
    rate_up_to,
    trials_needed,
)
from baqylau.monitoring.av_server.fusion import MATCH_LLR, Compared, Findings, fused
from baqylau.monitoring.av_server.models import Calibration
from baqylau.monitoring.av_server.study import TooFewError, drawn_curve, studied
from tests.unit.av.vectors import drawn

R = LikenessReason
GENUINE, IMPOSTOR = drawn(1, 4000) + 1.5, drawn(2, 4000) - 1.5


def test_the_line_of_two_normal_kinds_is_what_theory_says() -> None:
    line = fitted(GENUINE, IMPOSTOR)
    assert line.a == pytest.approx(3.0, rel=0.1)
    assert line.b == pytest.approx(0.0, abs=0.15)


def test_more_impostors_than_genuine_do_not_move_the_line() -> None:
    line = fitted(GENUINE[:400], IMPOSTOR)
    assert line.b == pytest.approx(0.0, abs=0.5)


def test_kinds_that_do_not_overlap_give_a_finite_line() -> None:
    line = fitted(np.array([0.9, 0.95]), np.array([0.1, 0.2]), ridge=1e-3)
    assert 0 < line.a < 100
    assert line(np.array([0.9]))[0] > 0 > line(np.array([0.2]))[0]


def test_ratios_that_say_nothing_cost_one_bit_and_wrong_ones_more() -> None:
    assert cllr(np.zeros(5), np.zeros(5)) == pytest.approx(1.0)
    assert cllr(np.full(5, 20.0), np.full(5, -20.0)) == pytest.approx(0.0, abs=1e-6)
    assert cllr(np.full(5, -5.0), np.full(5, 5.0)) > 5


def test_the_best_calibration_costs_least() -> None:
    line = fitted(GENUINE, IMPOSTOR)
    least = least_cllr(GENUINE, IMPOSTOR)
    assert least <= cllr(line(GENUINE), line(IMPOSTOR)) <= least + 0.02
    assert least_cllr(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == pytest.approx(0.0, abs=1e-9)
    assert least_cllr(np.array([1.0, 1.0]), np.array([1.0, 1.0])) == pytest.approx(1.0)


def test_both_errors_are_equal_where_normal_kinds_cross() -> None:
    rate, threshold = equal_error(GENUINE, IMPOSTOR)
    assert rate == pytest.approx(0.0668, abs=0.01)
    assert threshold == pytest.approx(0.0, abs=0.1)


@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=30).map(np.array),
    st.lists(st.floats(-5, 5), min_size=1, max_size=30).map(np.array),
)
def test_the_curve_falls_from_end_to_end(genuine: np.ndarray, impostor: np.ndarray) -> None:
    points = det(genuine, impostor)
    assert (points[0].false_match, points[0].false_non_match) == (1.0, 0.0)
    assert (points[-1].false_match, points[-1].false_non_match) == (0.0, 1.0)
    assert all(a.false_match >= b.false_match for a, b in pairwise(points))
    assert all(a.false_non_match <= b.false_non_match for a, b in pairwise(points))


def test_a_rate_is_not_said_where_there_are_too_few_comparisons() -> None:
    point = missed_at(GENUINE, IMPOSTOR, 1e-3)
    assert point is not None
    assert point.false_match <= 1e-3
    assert missed_at(GENUINE, IMPOSTOR, 1e-4) is None


def test_no_error_is_not_no_error_rate() -> None:
    assert rate_up_to(0, 300) == pytest.approx(0.01)
    assert rate_up_to(0, 1) == 1.0
    assert rate_up_to(0, 0) == 1.0
    assert 0.05 < rate_up_to(5, 100) < 0.12
    assert trials_needed(1e-4) == 30_000


def people(count: int, apart: float, each: int = 4) -> list[Pair]:
    """Invented people: each has a score of its own for being hard."""
    hard = drawn(3, count)
    rng = np.random.default_rng(4)
    return [
        Pair(f"p{one}", f"p{other}", float((apart if one == other else 0) + hard[other] + rng.normal()))
        for one in range(count)
        for other in range(count)
        for _ in range(each)
    ]


def test_people_drawn_anew_give_a_wider_interval_than_pairs_would() -> None:
    pairs = people(12, 4.0)
    low, high = interval(pairs, lambda one, other: equal_error(one, other)[0], np.random.default_rng(1), rounds=60)
    middle = equal_error(*(np.array([p.score for p in pairs if p.same is same]) for same in (True, False)))[0]
    assert low <= middle <= high
    assert high - low > 0.005


def test_a_study_says_how_sure_it_is_and_which_calibration_follows() -> None:
    pairs = [Pair(pair.enrolled, pair.probe, pair.score - 3) for pair in people(12, 8.0)]
    study = studied(
        pairs,
        name="hall",
        draw=np.random.default_rng(1),
        distances=True,
        groups={f"p{index}": "a" if index < 6 else "b" for index in range(12)},
        rounds=30,
    )
    found = study.calibration
    assert (study.people, study.genuine, study.impostor) == (12, 48, 528)
    assert study.cllr >= study.least_cllr
    assert found.a < 0
    assert found.llr(found.match_at) == pytest.approx(MATCH_LLR)
    assert found.matches(found.match_at - 1)
    assert found.differs(found.differs_at + 1)
    assert found.rates is not None
    assert found.rates.false_match_up_to >= 3 / 528
    assert [group for group, _, _ in study.groups] == ["a", "b"]
    assert study.points[2][1] is None


def test_too_few_people_are_no_study() -> None:
    with pytest.raises(TooFewError):
        studied(people(4, 5.0), name="few", draw=np.random.default_rng(1), distances=False)


def test_the_curve_can_be_drawn_in_a_terminal() -> None:
    lines = drawn_curve(GENUINE, IMPOSTOR)
    assert len(lines) == 16
    assert max(map(len, lines)) <= 48
    assert "*" in lines[0]
    assert "*" in lines[-1]


FACE = Calibration(name="f", a=-100.0, b=54.6, match_at=0.5, differs_at=0.6)
VOICE = Calibration(name="v", a=40.0, b=-31.6, match_at=0.82, differs_at=0.72)


def found(face: float, voice: float | None = None, quality: float = 1.0, **more: object) -> Likely:
    given_voice = None if voice is None else Compared(score=voice, quality=1.0, calibration=VOICE)
    compared = Compared(score=face, quality=quality, calibration=FACE)
    return fused(Findings(face=compared, voice=given_voice, **more)).likely  # type: ignore[arg-type]


def test_three_outcomes_follow_from_face_and_voice() -> None:
    assert found(0.4) is Likely.MATCH
    assert found(0.5) is Likely.MATCH
    assert found(0.55) is Likely.REVIEW
    assert found(0.8) is Likely.NO_MATCH
    assert found(0.4, 0.9) is Likely.MATCH
    assert found(0.4, 0.6, voice_wanted=True) is Likely.REVIEW
    assert found(0.8, 0.9) is Likely.REVIEW


def test_a_poor_picture_decides_less() -> None:
    assert found(0.48, quality=0.6) is Likely.REVIEW
    assert found(0.61, quality=0.6) is Likely.REVIEW


def test_a_challenge_that_is_not_answered_is_never_a_match() -> None:
    for alive in (None, False):
        assert found(0.3, 0.95, voice_wanted=True, challenged=True, alive=alive) is Likely.REVIEW
    assert found(0.3, 0.95, voice_wanted=True, challenged=True, alive=True) is Likely.MATCH
    assert found(0.3, None, voice_wanted=True, challenged=True, alive=True) is Likely.REVIEW


@given(st.floats(0, 2), st.floats(-1, 1), st.floats(0, 1), st.sampled_from([None, True, False]))
def test_nothing_that_is_doubted_is_a_match_and_no_ratio_is_endless(
    face: float,
    voice: float,
    quality: float,
    alive: bool | None,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    given_voice = Compared(score=voice, quality=quality, calibration=VOICE)
    given_face = Compared(score=face, quality=quality, calibration=FACE)
    outcome = fused(Findings(face=given_face, voice=given_voice, alive=alive, doubts=(R.SEVERAL_FACES,)))
    assert outcome.likely is Likely.REVIEW
    assert -inf < (outcome.fused_llr or 0) < 20
    assert log(100) == pytest.approx(MATCH_LLR, abs=0.01)


def test_a_voice_alone_is_looked_at_by_a_person() -> None:
    alone = fused(Findings(voice=Compared(score=0.95, quality=1.0, calibration=VOICE), voice_wanted=True))
    assert alone.likely is Likely.REVIEW
    assert alone.reasons == (R.FACE_NOT_SEEN, R.VOICE_AGREES)
    assert fused(Findings()).likely is Likely.NOT_JUDGED
