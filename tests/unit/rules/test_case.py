"""Where one check stands, read off what was said of it: what the page says and what the rules find cannot differ."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.checks import (
    NO_DIOXIDE,
    Asked,
    CheckState,
    Ending,
    Likely,
    SampleState,
    VoidWhy,
)
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.rules.checks.case import Case, gathered, missed_at, of_case, over, state_of, unended_at
from baqylau.rules.settings import CHECK_LASTS_S, VOID_WITHIN_S
from tests.unit.rules.checked import (
    AV,
    BREATH,
    FIRST,
    asked,
    asked_breath,
    begun,
    decided,
    ended,
    likeness,
    sample,
    voided,
)
from tests.unit.rules.stories import at

SECOND = timedelta(seconds=1)
MISSED = at("10:15") + timedelta(seconds=VOID_WITHIN_S)
UNENDED = at("10:02") + timedelta(seconds=CHECK_LASTS_S)
FAINT = sample("10:02", None, state=SampleState.INSUFFICIENT)
CLEAN, PUMPED = sample("10:03", 0.0), sample("10:03", 0.0, why=(NO_DIOXIDE,))


def of(*story: Observation) -> Case:
    facts = [(one.device_id, one.observed_at, one.id, body) for one in story if (body := of_case(one.bodies[0]))]
    return gathered(facts)[FIRST]


def shown(unit: DeviceId, outcome: Likely) -> Observation:
    return likeness("10:05", outcome, unit=unit)


@pytest.mark.parametrize(
    ("story", "state"),
    [
        ([], CheckState.PROMPTED),
        ([begun("10:02")], CheckState.STARTED),
        ([ended("10:03")], CheckState.SUBMITTED),
        ([begun("10:02"), ended("10:03")], CheckState.SUBMITTED),
        ([ended("10:03", Ending.POOR)], CheckState.FAILED),
        ([shown(AV, Likely.MATCH)], CheckState.MATCH),
        ([shown(AV, Likely.REVIEW)], CheckState.REVIEW),
        ([shown(AV, Likely.NO_MATCH)], CheckState.NO_MATCH),
        ([shown(AV, Likely.NOT_JUDGED)], CheckState.FAILED),
        ([ended("10:03"), shown(AV, Likely.MATCH)], CheckState.MATCH),
        ([shown(AV, Likely.NO_MATCH), decided("11:00", Likely.MATCH)], CheckState.MATCH),
        ([shown(AV, Likely.MATCH), decided("11:00", Likely.NO_MATCH)], CheckState.NO_MATCH),
        ([shown(AV, Likely.MATCH), decided("11:00", Likely.NOT_JUDGED)], CheckState.MATCH),
        ([shown(AV, Likely.NO_MATCH), voided("11:00", VoidWhy.UNIT_FAULT)], CheckState.VOID),
    ],
)
def test_an_identity_check_stands_where_the_last_word_of_weight_put_it(
    story: list[Observation], state: CheckState
) -> None:
    assert state_of(of(asked("10:00"), *story), at("10:10")) is state


@pytest.mark.parametrize(
    ("story", "state"),
    [
        ([CLEAN], CheckState.SUBMITTED),
        ([FAINT], CheckState.FAILED),
        ([FAINT, CLEAN], CheckState.SUBMITTED),
        ([CLEAN, sample("10:04", None, state=SampleState.AMBIENT)], CheckState.SUBMITTED),
        ([FAINT, shown(BREATH, Likely.MATCH)], CheckState.FAILED),
        ([CLEAN, shown(BREATH, Likely.MATCH)], CheckState.MATCH),
        ([CLEAN, shown(BREATH, Likely.NO_MATCH)], CheckState.NO_MATCH),
        ([CLEAN, shown(BREATH, Likely.NOT_JUDGED)], CheckState.REVIEW),
        ([PUMPED, shown(BREATH, Likely.MATCH)], CheckState.REVIEW),
        ([PUMPED, shown(BREATH, Likely.NO_MATCH)], CheckState.NO_MATCH),
        ([PUMPED, shown(BREATH, Likely.MATCH), decided("11:00", Likely.MATCH, unit=BREATH)], CheckState.MATCH),
        (
            [PUMPED, shown(BREATH, Likely.MATCH), decided("11:00", Likely.NOT_JUDGED, unit=BREATH)],
            CheckState.REVIEW,
        ),
    ],
)
def test_a_breath_that_was_measured_is_of_use_and_air_that_may_be_pumped_waits_for_a_look(
    story: list[Observation], state: CheckState
) -> None:
    assert state_of(of(asked_breath("10:00"), *story), at("10:10")) is state


def test_nobody_is_late_before_the_last_second_and_deafness_of_ours_moves_it() -> None:
    waiting, begun_only = of(asked("10:00")), of(asked("10:00"), begun("10:02"))
    for case, due, before, after in (
        (waiting, MISSED, CheckState.PROMPTED, CheckState.MISSED),
        (begun_only, UNENDED, CheckState.STARTED, CheckState.EXPIRED),
    ):
        deaf = replace(case, unheard=10 * SECOND)
        assert (state_of(case, due - SECOND), state_of(case, due)) == (before, after)
        assert (state_of(deaf, due + 9 * SECOND), state_of(deaf, due + 10 * SECOND)) == (before, after)


def test_what_was_not_asked_does_not_count_or_is_settled_has_no_last_second() -> None:
    void = voided("10:05", VoidWhy.WITHDRAWN)
    assert (missed_at(of(asked("10:00"))), unended_at(of(asked("10:00")))) == (MISSED, None)
    assert (missed_at(of(asked("10:00"), begun("10:02"))), unended_at(of(asked("10:00"), begun("10:02")))) == (
        None,
        UNENDED,
    )
    for settled in (
        Case(),
        of(begun("10:02")),
        of(asked("10:00"), void),
        of(asked("10:00"), begun("10:02"), void),
        *(of(asked("10:00"), begun("10:02"), word) for word in (ended("10:03"), shown(AV, Likely.MATCH))),
        of(asked_breath("10:00"), begun("10:02", unit=BREATH), CLEAN),
    ):
        assert (missed_at(settled), unended_at(settled)) == (None, None)
        assert state_of(settled, at("23:00")) not in {CheckState.MISSED, CheckState.EXPIRED}


def test_an_end_a_sample_or_a_comparison_is_the_last_that_a_unit_says() -> None:
    assert [over(of(one)) for one in (ended("10:03"), CLEAN, shown(AV, Likely.MATCH))] == [True, True, True]
    assert [over(of(one)) for one in (asked("10:00"), begun("10:02"))] == [False, False]


def test_the_first_word_that_it_began_counts_and_the_last_of_how_it_ended() -> None:
    case = of(asked("10:00"), begun("10:02"), begun("10:04"), ended("10:05", Ending.POOR), ended("10:06"))
    assert case.begun_at == at("10:02")
    assert case.ended is not None
    assert case.ended.how is Ending.DONE


def test_a_check_is_due_when_it_was_asked_or_later_where_that_was_said() -> None:
    body = asked("10:00").bodies[0]
    assert isinstance(body, Asked)
    case = of(asked("10:00"))
    assert (case.due_at, Case().due_at) == (at("10:00"), None)
    assert replace(case, asked=replace(body, due_at=at("10:07"))).due_at == at("10:07")
