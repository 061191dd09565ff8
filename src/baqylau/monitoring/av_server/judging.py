"""The one way into a comparison: recordings, what was asked for, and the person's templates in; an outcome out."""

from collections.abc import Sequence

from baqylau.domain.checks import Likely, Likeness, LikenessReason
from baqylau.domain.ids import CheckId
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.recording import Frame, Prompted, Recording
from baqylau.monitoring.av_server.report import Judged, Report
from baqylau.monitoring.av_server.templates import Templates


def judge_clip(
    check_id: CheckId, recording: Recording, prompted: Sequence[Prompted], templates: Templates, models: Models
) -> Judged:
    """Judge a clip of an identity check: who it is, and whether what was asked for was done then."""
    del recording, prompted, templates, models
    return _unjudged(check_id)


def judge_photos(check_id: CheckId, photos: Sequence[Frame], templates: Templates, models: Models) -> Judged:
    """Judge the photos of a breath test: who it is. Whether somebody was there then is for the breath unit to say."""
    del photos, templates, models
    return _unjudged(check_id)


def _unjudged(check_id: CheckId) -> Judged:
    likeness = Likeness(check_id=check_id, outcome=Likely.NOT_JUDGED, reasons=(LikenessReason.NO_MODEL,))
    return Judged(likeness=likeness, report=Report())
