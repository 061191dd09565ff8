"""A whole check: who it is, and whether they are there now, each answer with the places that decided."""

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace as changed

from baqylau.domain.challenge import SayDigit, Side, TurnHead
from baqylau.domain.checks import Likely, LikenessReason
from baqylau.domain.ids import CheckId
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.judging import judge_clip, judge_photos
from baqylau.monitoring.av_server.recording import Damage, Frame, Recording
from baqylau.monitoring.av_server.report import Fault, Judged, Measure
from baqylau.monitoring.av_server.templates import Templates
from tests.unit.av.stage import ENROLLED, HIGH_HZ, MODELS, OTHER, STEPS, Performance, shown

R = LikenessReason
OTHER_DIGITS = tuple(SayDigit(digit=(step.digit + 3) % 10) if isinstance(step, SayDigit) else step for step in STEPS)
OTHER_TURNS = tuple(
    TurnHead(to=Side.RIGHT if step.to is Side.LEFT else Side.LEFT) if isinstance(step, TurnHead) else step
    for step in STEPS
)


USUAL = Performance().judged()


def value(judged: Judged, measure: Measure) -> float:
    return next(score.value for score in judged.report.scores if score.measure is measure)


def test_the_person_who_does_as_asked_is_a_match_and_the_reasons_say_why() -> None:
    judged = USUAL
    found = judged.likeness
    assert found.outcome is Likely.MATCH
    assert set(found.reasons) == {R.FACE_AGREES, R.VOICE_AGREES, R.TURNS_RIGHT, R.DIGITS_RIGHT}
    assert (found.alive, found.faces) == (True, 1)
    assert found.fused_llr == pytest.approx((found.face_llr or 0) + (found.voice_llr or 0), abs=0.02)
    assert found.models == "stage@1/stage pitch@1/stage"
    assert (value(judged, Measure.DIGITS), value(judged, Measure.TURNS)) == (6, 3)


def test_another_face_and_voice_are_no_match() -> None:
    found = Performance(who=OTHER, pitch_hz=HIGH_HZ).judged().likeness
    assert found.outcome is Likely.NO_MATCH
    assert R.FACE_DIFFERS in found.reasons[:2]


ATTACKS = {
    "a photograph that is held up": (Performance(flat=True), R.TURNS_WRONG),
    "a recording of another check's turns": (Performance(answers=OTHER_TURNS), R.TURNS_WRONG),
    "a recording of another check's digits": (Performance(answers=OTHER_DIGITS), R.DIGITS_WRONG),
    "another one's voice": (Performance(pitch_hz=HIGH_HZ), R.VOICE_DIFFERS),
    "another face before the person's voice": (Performance(who=OTHER), R.FACE_DIFFERS),
    "somebody who hands over in the middle": (Performance(becomes=OTHER), R.FACE_CHANGED),
    "two who take turns, picture by picture": (Performance(between=OTHER), R.FACE_CHANGED),
    "another who speaks with the head held aside": (Performance(becomes=OTHER, aside=0.3), R.FACE_NOT_SEEN),
    "two people": (Performance(faces=2), R.SEVERAL_FACES),
    "nobody for a while": (Performance(gone=(8.4, 12.0)), R.FACE_NOT_SEEN),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_on_the_stage_is_a_match(name: str) -> None:
    performance, reason = ATTACKS[name]
    found = performance.judged().likeness
    assert found.outcome in {Likely.REVIEW, Likely.NO_MATCH}
    assert reason in found.reasons


def test_places_that_decided_are_named_with_their_times() -> None:
    marks = Performance(flat=True).judged().report.marks
    turns = [(mark.at_s, mark.until_s) for mark in marks if mark.reason is R.TURNS_WRONG]
    assert turns == [(2.0, 4.0), (4.0, 6.0), (6.0, 8.0)]
    faces = [mark for mark in marks if mark.reason is R.FACE_AGREES]
    assert faces
    assert all(mark.box is not None and max(mark.box) <= 1000 for mark in faces)


def test_a_recording_that_breaks_off_is_no_match() -> None:
    judged = Performance(until_s=9.0).judged()
    assert judged.likeness.outcome is Likely.REVIEW
    assert Fault.CUT_SHORT in judged.report.faults
    assert {R.DIGITS_WRONG, R.VOICE_NOT_HEARD} & set(judged.likeness.reasons)


def test_without_a_template_or_a_model_nothing_is_judged() -> None:
    assert Performance().judged(Templates()).likeness.reasons == (R.NO_TEMPLATE,)
    assert Performance().judged(models=Models()).likeness.reasons == (R.NO_MODEL,)
    assert Performance().judged(models=Models()).likeness.outcome is Likely.NOT_JUDGED


def test_templates_of_another_model_are_not_compared() -> None:
    assert ENROLLED.face is not None
    old = changed(ENROLLED, face=changed(ENROLLED.face, model="older@0"))
    assert Performance().judged(old).likeness.reasons == (R.NO_TEMPLATE,)


def test_a_voice_that_another_model_made_is_not_compared() -> None:
    assert ENROLLED.voice is not None
    old = changed(ENROLLED, voice=changed(ENROLLED.voice, model="older@0", vectors=(np.ones(7), np.ones(7))))
    found = Performance().judged(old).likeness
    assert (found.outcome, found.voice_llr) == (Likely.REVIEW, None)
    assert R.NO_TEMPLATE in found.reasons


def test_who_has_no_digits_enrolled_is_looked_at_by_a_person() -> None:
    found = Performance().judged(changed(ENROLLED, digits=None)).likeness
    assert found.outcome is Likely.REVIEW
    assert R.NO_TEMPLATE in found.reasons


def test_a_recording_with_nothing_in_it_is_said_to_be_damaged() -> None:
    nothing = Recording(sound=np.zeros(0, dtype=np.float32), damage=(Damage.UNREADABLE,))
    judged = judge_clip(CheckId("c-1"), nothing, (), ENROLLED, MODELS)
    assert judged.likeness.reasons == (R.RECORDING_DAMAGED,)
    assert judged.report.damage == ("unreadable",)


def test_photographs_say_who_and_nothing_about_being_live() -> None:
    def of(who: int) -> Likely:
        photos = [Frame(at_s, shown(who)) for at_s in (0.0, 1.5, 4.0)]
        judged = judge_photos(CheckId("c-2"), photos, ENROLLED, MODELS)
        assert judged.likeness.alive is None
        assert Fault.LITTLE_SPEECH not in judged.report.faults
        return judged.likeness.outcome

    assert (of(1), of(OTHER)) == (Likely.MATCH, Likely.NO_MATCH)


def test_no_photograph_shows_nobody() -> None:
    empty = judge_photos(CheckId("c-2"), [Frame(0.0, shown(1, faces=0))], ENROLLED, MODELS)
    assert empty.likeness.outcome is Likely.NOT_JUDGED
    assert empty.likeness.reasons == (R.FACE_NOT_SEEN,)


def test_a_report_can_be_kept_and_read_again() -> None:
    judged = USUAL
    assert msgspec.json.decode(msgspec.json.encode(judged), type=Judged) == judged
