"""What follows from a check: nothing, another one, or that it does not count."""

from datetime import timedelta

from baqylau.domain.checks import CheckKind, CheckWhy, Ending, Likely, LikenessReason, SampleState, VoidWhy
from baqylau.domain.observations import Observation
from baqylau.rules.checks.case import Case, gathered, of_case
from baqylau.rules.checks.following import AskAgain, MakeVoid, Next, Nothing, Standing, following
from tests.unit.rules.checked import BREATH, FIRST, asked, asked_breath, begun, ended, likeness, sample, voided
from tests.unit.rules.stories import at

WELL = Standing(reached=True, av_alive=True)


def case_of(*story: Observation) -> Case:
    facts = [(one.device_id, one.observed_at, one.id, said) for one in story if (said := of_case(one.bodies[0]))]
    return gathered(facts)[FIRST]


def identity(
    clock: str, *story: Observation, why: CheckWhy = CheckWhy.RANDOM, standing: Standing = WELL
) -> Next | None:
    return following(CheckKind.IDENTITY, why, case_of(asked("10:00"), *story), standing, at("10:00"), at(clock))


def breath(
    clock: str,
    *story: Observation,
    why: CheckWhy = CheckWhy.RANDOM,
    since: str = "10:00",
    standing: Standing = WELL,
) -> Next | None:
    return following(CheckKind.BREATH, why, case_of(asked_breath("10:00"), *story), standing, at(since), at(clock))


def test_a_unit_that_never_got_the_command_makes_a_check_void() -> None:
    lost = Standing(reached=False, av_alive=True)
    assert identity("10:14", standing=lost) is None
    assert identity("10:15", standing=lost) == MakeVoid(VoidWhy.UNIT_NOT_REACHED)


def test_a_server_that_is_down_makes_a_check_void_that_nobody_began() -> None:
    down = Standing(reached=True, av_alive=False)
    assert identity("10:15", standing=down) == MakeVoid(VoidWhy.AV_SERVER_DOWN)
    assert identity("10:15", begun("10:02"), standing=down) is None
    assert identity("10:15") is None
    assert breath("10:15", standing=down) is None, "a breath needs no face to be measured"


def test_nothing_follows_from_what_nobody_asked_for_or_what_does_not_count() -> None:
    assert following(CheckKind.BREATH, CheckWhy.RANDOM, Case(), WELL, at("10:00"), at("10:05")) == Nothing()
    assert breath("10:05", voided("10:04", VoidWhy.UNIT_FAULT, unit=BREATH)) == Nothing()


def test_what_nobody_answered_is_not_waited_for_for_ever() -> None:
    assert breath("12:15:59") is None
    assert breath("12:16") == Nothing()


def test_a_fault_of_the_unit_makes_a_check_void() -> None:
    assert identity("10:03", begun("10:02"), ended("10:03", Ending.UNIT_FAULT)) == MakeVoid(VoidWhy.UNIT_FAULT)


def test_what_was_of_no_use_is_repeated_once() -> None:
    poor = (begun("10:02"), ended("10:03", Ending.POOR))
    assert identity("10:04", *poor) == AskAgain(why=CheckWhy.REPEAT, due_at=at("10:04"))
    assert identity("10:04", *poor, why=CheckWhy.REPEAT) == Nothing()
    unclear = likeness("10:04", Likely.NOT_JUDGED, LikenessReason.TOO_POOR)
    assert identity("10:05", begun("10:02"), ended("10:03"), unclear) == AskAgain(
        why=CheckWhy.REPEAT, due_at=at("10:05")
    )
    short = sample("10:02", None, state=SampleState.INSUFFICIENT)
    for how in (Ending.POOR, Ending.BROKEN_OFF, Ending.POWER_LOST):
        again = breath("10:04", begun("10:02", unit=BREATH), ended("10:03", how, unit=BREATH))
        assert again == AskAgain(why=CheckWhy.REPEAT, due_at=at("10:04"))
    assert breath("10:04", begun("10:02", unit=BREATH), ended("10:03", unit=BREATH)) is None
    assert breath("10:03", short) == AskAgain(why=CheckWhy.REPEAT, due_at=at("10:03"))


def test_nothing_follows_from_what_was_compared() -> None:
    assert identity("10:05", begun("10:02"), ended("10:03"), likeness("10:04", Likely.MATCH)) == Nothing()
    assert breath("10:05", sample("10:02", 0.0)) == Nothing()


def test_alcohol_of_the_mouth_is_waited_for() -> None:
    told = breath("10:05", sample("10:02", None, state=SampleState.MOUTH_ALCOHOL))
    assert told == AskAgain(why=CheckWhy.REPEAT, due_at=at("10:17"))


def test_a_test_above_the_limit_is_confirmed_in_15_to_20_minutes() -> None:
    told = breath("10:03", sample("10:02", 0.5))
    assert told == AskAgain(why=CheckWhy.CONFIRMATION, due_at=at("10:17"), lasts=timedelta(minutes=5))
    assert breath("12:00", sample("10:02", 0.5)) == AskAgain(
        why=CheckWhy.CONFIRMATION, due_at=at("12:00"), lasts=timedelta(minutes=5)
    )


def test_tests_go_on_until_one_is_below_or_two_hours_are_over() -> None:
    above = sample("10:02", 0.5)
    assert breath("10:03", above, why=CheckWhy.CONFIRMATION) == AskAgain(why=CheckWhy.TO_ZERO, due_at=at("10:22"))
    assert breath("10:03", above, why=CheckWhy.TO_ZERO) == AskAgain(why=CheckWhy.TO_ZERO, due_at=at("10:22"))
    assert breath("10:03", above, why=CheckWhy.TO_ZERO, since="08:22") == AskAgain(
        why=CheckWhy.TO_ZERO, due_at=at("10:22")
    )
    assert breath("10:03", above, why=CheckWhy.TO_ZERO, since="08:21") == Nothing()
    assert breath("10:03", sample("10:02", 0.1), why=CheckWhy.TO_ZERO) == Nothing()


def test_whoever_leaves_out_a_test_to_zero_is_asked_again_until_two_hours_are_over() -> None:
    assert breath("10:15", why=CheckWhy.TO_ZERO) is None
    assert breath("10:16", why=CheckWhy.TO_ZERO) == AskAgain(why=CheckWhy.TO_ZERO, due_at=at("10:16"))
    assert breath("10:16", why=CheckWhy.TO_ZERO, since="08:00") == Nothing()
    assert breath("10:16") is None
    lost = Standing(reached=False, av_alive=True)
    case = case_of(asked_breath("10:00"))
    told = following(CheckKind.BREATH, CheckWhy.TO_ZERO, case, lost, at("10:00"), at("10:16"))
    assert told == MakeVoid(VoidWhy.UNIT_NOT_REACHED)


def test_a_repetition_stands_for_what_it_repeats() -> None:
    def after(stands_for: CheckWhy) -> Next | None:
        case = case_of(asked_breath("10:00"), sample("10:02", 0.5))
        return following(CheckKind.BREATH, CheckWhy.REPEAT, case, WELL, at("10:00"), at("10:03"), stands_for=stands_for)

    zero = AskAgain(why=CheckWhy.TO_ZERO, due_at=at("10:22"))
    assert after(CheckWhy.CONFIRMATION) == after(CheckWhy.TO_ZERO) == zero
    assert after(CheckWhy.RANDOM) == AskAgain(why=CheckWhy.CONFIRMATION, due_at=at("10:17"), lasts=timedelta(minutes=5))


def test_a_test_of_which_nothing_comes_is_not_waited_for_for_ever() -> None:
    waiting = begun("10:02", unit=BREATH)
    assert breath("11:59", waiting) is None
    assert breath("12:00", waiting) == Nothing()
