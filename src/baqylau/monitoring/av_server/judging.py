"""The one way into a comparison: recordings, what was asked for, and the person's templates in; an outcome out."""

from collections.abc import Sequence
from time import thread_time

import numpy as np
from msgspec.structs import replace

from baqylau.domain.challenge import LookAhead
from baqylau.domain.checks import Likely, Likeness, LikenessReason
from baqylau.domain.ids import CheckId
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.fusion import Findings, Outcome, fused
from baqylau.monitoring.av_server.hearing import listened
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Frame, Prompted, Recording
from baqylau.monitoring.av_server.report import Fault, Judged, Mark, Report
from baqylau.monitoring.av_server.scoring import scores
from baqylau.monitoring.av_server.standing import findings
from baqylau.monitoring.av_server.templates import Templates
from baqylau.monitoring.av_server.viewing import View, lips_agree, viewed

Reason = LikenessReason

_SHORT_S = 1.0
"""A recording may end so much earlier than the last step."""
_NOTHING = np.zeros(0, dtype=np.float32)


def judge_clip(
    check_id: CheckId, recording: Recording, prompted: Sequence[Prompted], templates: Templates, models: Models
) -> Judged:
    """Judge a clip of an identity check: who it is, and whether what was asked for was done then.

    Never raises for what is in a recording. Takes about 15 s of one core for a minute of recording.
    """
    began_s = thread_time()
    refused = _refused(recording, templates, models)
    if refused is not None or templates.face is None:
        return _unjudged(check_id, refused or Reason.NO_TEMPLATE, recording, models)
    face, templates = templates.face, _of_these(templates, models)
    until_s = max((step.until_s for step in prompted), default=0.0)
    view = viewed(recording, prompted, face, models, until_s)
    if view is None:
        return _unjudged(check_id, Reason.NO_MODEL, recording, models)
    sounds = listened(recording, prompted, templates, models)
    lips = lips_agree(recording, prompted, view)
    found = findings(view, sounds, lips, prompted, templates)
    outcome = fused(found)
    short = (Fault.CUT_SHORT,) if until_s - _end(recording) > _SHORT_S else ()
    report = Report(
        scores=scores(view, sounds, lips, outcome, models),
        marks=tuple(sorted((*view.marks, *sounds.marks, *_marks(view)), key=lambda mark: mark.at_s)),
        faults=(*view.faults, *sounds.faults, *short),
        damage=tuple(recording.damage),
        faces_compared=view.compared,
        speech_s=sounds.speech_s,
        cpu_s=round(thread_time() - began_s, 1),
    )
    return Judged(likeness=_likeness(check_id, outcome, found, view, models), report=report)


def judge_photos(check_id: CheckId, photos: Sequence[Frame], templates: Templates, models: Models) -> Judged:
    """Judge the photos of a breath test: who it is. Whether somebody was there then is for the breath unit to say.

    With the mouthpiece before the mouth faces lie farther from the template; such photos belong to the enrolment.
    """
    ahead = [Prompted(LookAhead(), photo.at_s, photo.at_s + 1) for photo in photos]
    soundless = Recording(frames=tuple(photos), sound=_NOTHING, moving=False)
    judged = judge_clip(check_id, soundless, ahead, Templates(face=templates.face), models)
    faults = tuple(one for one in judged.report.faults if one is not Fault.LITTLE_SPEECH)
    return replace(judged, report=replace(judged.report, faults=faults))


def _refused(recording: Recording, templates: Templates, models: Models) -> LikenessReason | None:
    """Give why nothing can be compared, if so."""
    if models.finder is None or models.embedder is None or models.face_calibration is None:
        return Reason.NO_MODEL
    if templates.face is None or templates.face.model != models.embedder.mark:
        return Reason.NO_TEMPLATE
    return None if recording.frames or len(recording.sound) else Reason.RECORDING_DAMAGED


def _of_these(templates: Templates, models: Models) -> Templates:
    """Leave out a voice that another model made; what it said would be no word about the person."""
    own = templates.voice is None or models.voice is None or templates.voice.model == models.voice.mark
    return templates if own else replace(templates, voice=None)


def _unjudged(check_id: CheckId, why: LikenessReason, recording: Recording, models: Models) -> Judged:
    likeness = Likeness(check_id=check_id, outcome=Likely.NOT_JUDGED, reasons=(why,), models=models.names)
    return Judged(likeness=likeness, report=Report(damage=tuple(recording.damage)))


def _likeness(check_id: CheckId, outcome: Outcome, found: Findings, view: View, models: Models) -> Likeness:
    return Likeness(
        check_id=check_id,
        outcome=outcome.likely,
        reasons=outcome.reasons,
        face_llr=_rounded(outcome.face_llr),
        voice_llr=_rounded(outcome.voice_llr),
        fused_llr=_rounded(outcome.fused_llr),
        alive=found.alive,
        faces=view.faces,
        models=models.names,
    )


def _rounded(llr: float | None) -> float | None:
    return None if llr is None else round(llr, 2)


def _end(recording: Recording) -> float:
    seen = recording.frames[-1].at_s if recording.frames else 0.0
    return max(seen, recording.sound_from_s + len(recording.sound) / SAMPLE_HZ if len(recording.sound) else 0.0)


def _marks(view: View) -> list[Mark]:
    """Give the places that speak against a match, besides the faces themselves."""
    wrong = [
        Mark(at_s=turn.from_s, until_s=turn.until_s, reason=Reason.TURNS_WRONG, value=round(turn.reached, 3))
        for turn in view.turns
        if turn.right is not True
    ]
    several = [Mark(at_s=at_s, until_s=at_s, reason=Reason.SEVERAL_FACES) for at_s in view.several]
    steady = view.steady
    changed = [Mark(at_s=at_s, until_s=at_s, reason=Reason.FACE_CHANGED) for at_s in (steady.changed if steady else ())]
    gaps = steady.gaps if steady else ()
    lost = [Mark(at_s=begin, until_s=end, reason=Reason.FACE_NOT_SEEN) for begin, end in gaps]
    return [*wrong, *several, *changed, *lost]
