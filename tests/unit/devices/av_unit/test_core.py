"""Checks at the audio-visual unit: asked for, begun by the person, guided, recorded; no look outside one."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.devices.av_unit.acts import CloseCapture, DropCapture, OpenCapture
from baqylau.devices.av_unit.session import GUIDE_MS, SIGNED_WITHIN_MS
from baqylau.domain.challenge import SayDigit, TurnHead, challenge
from baqylau.domain.checks import Begun, CheckKind, Ended, Ending, Lens
from baqylau.domain.observations import SelfTest
from tests.unit.devices.av_unit.sitting import CHECK, DIGEST, NOON, WELL, Sitting, check

COVER = replace(WELL, brightness=3, contrast=1, faces=0)
DARK = replace(WELL, brightness=20)
TWO = replace(WELL, faces=2)


def closed(sitting: Sitting) -> CloseCapture:
    """Give the only close of the capture."""
    (one,) = [act for act in sitting.acts if isinstance(act, CloseCapture)]
    return one


def test_a_check_is_asked_for_reminded_of_and_given_up_at_its_end() -> None:
    sitting = Sitting()
    sitting.order(check())
    assert sitting.said == ["av.say.due"]
    sitting.wait(301)
    assert sitting.said == ["av.say.due", "av.say.remind"]
    sitting.wait(600)
    sitting.button()
    assert sitting.results() == ["acknowledged", "expired not begun"]
    assert sitting.acts == []


def test_a_check_that_is_not_due_waits_and_is_asked_for_in_its_time() -> None:
    sitting = Sitting()
    sitting.order(check(due_at=NOON + timedelta(seconds=30)))
    sitting.button()
    assert sitting.said == []
    sitting.wait(30)
    assert sitting.said == ["av.say.due"]


def test_a_check_runs_through_the_steps_of_its_number_with_the_time_of_each() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    sitting.look(seconds=45)
    sitting.sign()
    steps = challenge(CheckKind.IDENTITY, bytes(16))
    marks = closed(sitting).marks
    assert tuple(one.step for one in marks) == steps
    assert all(one.until_ms <= after.from_ms for one, after in pairwise(marks))
    digits = [one for one in marks if isinstance(one.step, SayDigit)]
    assert [f"av.say.digit {one.step.digit}" for one in digits if isinstance(one.step, SayDigit)] == [
        one for one in sitting.said if one.startswith("av.say.digit ")
    ]
    assert min(one.until_ms - one.from_ms for one in digits) >= 1500
    assert Begun(check_id=CHECK) in sitting.bodies()
    assert sitting.ended() == [Ended(check_id=CHECK, how=Ending.DONE, items=9, manifest=DIGEST)]
    assert list(sitting.results())[-1] == "done done"
    assert not sitting.open


def test_the_first_digit_is_shown_when_its_time_begins_and_not_while_the_words_before_it_are_said() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    shown_ms: dict[str, int] = {}
    for _ in range(5 * 45):
        sitting.look(seconds=0.2)
        for word in sitting.said:
            shown_ms.setdefault(word, sitting.ms)
    first = next(one for one in closed(sitting).marks if isinstance(one.step, SayDigit))
    assert isinstance(first.step, SayDigit)
    assert shown_ms["av.say.digit"] < first.from_ms
    assert first.from_ms <= shown_ms[f"av.say.digit {first.step.digit}"] <= first.from_ms + 400


def test_who_sits_badly_is_told_what_to_change_and_the_steps_wait() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    for look, word in ((DARK, "dark"), (TWO, "several"), (replace(WELL, face_share=0.1), "closer")):
        sitting.look(look, seconds=2)
        assert sitting.said[-1] == f"av.say.{word}"
    assert "av.say.ahead" not in sitting.said
    sitting.look(seconds=2)
    assert sitting.said[-1] == "av.say.ahead"


def test_poor_light_to_the_end_is_poor_and_an_empty_chair_is_nobody() -> None:
    for look, how in ((DARK, Ending.POOR), (replace(WELL, faces=0), Ending.NOBODY)):
        sitting = Sitting()
        sitting.order(check())
        sitting.button()
        sitting.look(look, seconds=GUIDE_MS / 1000 + 1)
        sitting.sign()
        assert [one.how for one in sitting.ended()] == [how]
        assert not sitting.open


def test_a_turn_to_the_same_side_again_is_asked_for_in_other_words() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    sitting.look(seconds=45)
    turns = [one.step.to for one in closed(sitting).marks if isinstance(one.step, TurnHead)]
    wanted = [turns[0], *(f"{now}_again" if now is before else now for before, now in pairwise(turns))]
    asked = [one.removeprefix("av.say.") for one in sitting.said if "left" in one or "right" in one]
    assert asked == wanted


def test_after_a_cut_of_power_the_screen_asks_again_for_what_waits() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.wait(10)
    sitting.said.clear()
    sitting.started()
    sitting.wait(2)
    assert sitting.said == ["av.say.due"]


def test_a_camera_that_gives_no_picture_is_the_units_fault_and_not_an_empty_chair() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    sitting.look(None, seconds=GUIDE_MS / 1000 + 1)
    sitting.sign()
    assert [one.how for one in sitting.ended()] == [Ending.UNIT_FAULT]
    assert SelfTest(passed=False, part="camera") in sitting.bodies()


def test_a_covered_camera_is_told_once_and_so_is_its_end() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    sitting.look(COVER, seconds=2)
    assert Lens(blocked=True) not in sitting.bodies()
    sitting.look(COVER, seconds=10)
    sitting.look(seconds=3)
    assert [one for one in sitting.bodies() if isinstance(one, Lens)] == [Lens(blocked=True), Lens(blocked=False)]


def test_a_camera_that_breaks_off_is_the_unit_s_fault() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    sitting.look(seconds=5)
    sitting.fail("camera")
    sitting.sign()
    assert [one.how for one in sitting.ended()] == [Ending.UNIT_FAULT]


def test_a_cut_of_power_in_the_middle_ends_the_check_as_such_and_keeps_what_was_recorded() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    sitting.look(seconds=10)
    sitting.started()
    assert closed(sitting).how is Ending.POWER_LOST
    sitting.sign()
    assert sitting.ended() == [Ended(check_id=CHECK, how=Ending.POWER_LOST, items=9, manifest=DIGEST)]
    sitting.button()
    assert not sitting.open


def test_a_disk_that_never_signs_is_the_unit_s_fault() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    sitting.look(seconds=45)
    sitting.wait(SIGNED_WITHIN_MS / 1000 + 2)
    assert [one.how for one in sitting.ended()] == [Ending.UNIT_FAULT]


def test_what_is_withdrawn_is_asked_for_no_more_and_nothing_of_it_is_kept() -> None:
    sitting = Sitting()
    sitting.order(check())
    sitting.button()
    sitting.look(seconds=5)
    sitting.withdraw()
    assert DropCapture(CHECK) in sitting.acts
    assert not sitting.open
    assert sitting.state.session is None


MOMENTS: dict[str, Callable[[Sitting], None]] = {
    "order": lambda sitting: sitting.order(check(expires_at=NOON + timedelta(hours=5))),
    "button": Sitting.button,
    "look": lambda sitting: sitting.look(seconds=3),
    "dark": lambda sitting: sitting.look(DARK, seconds=12),
    "wait": lambda sitting: sitting.wait(20),
    "withdraw": Sitting.withdraw,
    "power": Sitting.started,
    "fail": lambda sitting: sitting.fail("camera"),
    "sign": Sitting.sign,
}


@given(st.lists(st.sampled_from(sorted(MOMENTS)), max_size=25))
def test_the_camera_is_open_within_a_check_and_never_otherwise(moments: list[str]) -> None:
    sitting = Sitting()
    for moment in moments:
        MOMENTS[moment](sitting)
        going = sitting.state.session
        assert sitting.open is (going is not None and going.phase != "sign")
    opened = [one for one in sitting.acts if isinstance(one, OpenCapture)]
    assert len(opened) == sum(1 for one in sitting.bodies() if isinstance(one, Begun))
