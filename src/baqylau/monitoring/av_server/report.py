"""What a comparison tells a person who looks at it: each score with its meaning and its error rate, never alone."""

from enum import StrEnum

from msgspec import Struct

from baqylau.domain.checks import Likeness, LikenessReason


class Measure(StrEnum):
    """What was measured, in the catalogues' words (`measure.<name>`)."""

    FACE = "face"
    """Distance of the faces to the person's template; less is more alike."""
    VOICE = "voice"
    """Cosine of the voice with the person's template; more is more alike."""
    DIGITS = "digits"
    """Digits that were said as asked."""
    TURNS = "turns"
    """Turns of the head that were made as asked."""
    CONTINUITY = "continuity"
    """The greatest distance of a face to the others of the same recording."""
    LIPS = "lips"
    """How far lips and voice go together, in deviations from chance."""
    LIGHT = "light"
    """Lights that were seen on the face."""
    TEXTURE = "texture"
    """Traces of a screen or of paper. Kept, and never decided on."""


class Rates(Struct, frozen=True, kw_only=True):
    """How often a score at its threshold is wrong, and on what that was measured."""

    threshold: float
    false_match: float
    """Share of other people that would pass."""
    false_match_up_to: float
    """Upper end of its 95 % interval."""
    false_non_match: float
    false_non_match_up_to: float
    people: int
    measured_on: str
    """A word of the catalogues (`measured.<word>`), or the name of the site's own calibration."""


class Score(Struct, frozen=True, kw_only=True):
    """One figure and how to read it."""

    measure: Measure
    value: float
    of: float | None = None
    """The most it could be, where it is a count."""
    llr: float | None = None
    """Natural logarithm of how much likelier it is from the person than from another."""
    quality: float | None = None
    """From 0 to 1: how much the recording lets it weigh."""
    rates: Rates | None = None
    model: str = ""


class Mark(Struct, frozen=True, kw_only=True):
    """A place of the recording that decided something: what a reviewer looks at first."""

    at_s: float
    until_s: float
    reason: LikenessReason
    box: tuple[int, int, int, int] | None = None
    """Left, top, width and height in thousandths of the picture."""
    value: float | None = None
    """The score there, as its measure says."""


class Fault(StrEnum):
    """What of the recording was poor, in the catalogues' words (`quality.<fault>`)."""

    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    DARK = "dark"
    GLARING = "glaring"
    FACE_LOST = "face_lost"
    NOISY = "noisy"
    QUIET = "quiet"
    LITTLE_SPEECH = "little_speech"
    CUT_SHORT = "cut_short"


class Report(Struct, frozen=True, kw_only=True):
    """Why the outcome is what it is."""

    scores: tuple[Score, ...] = ()
    marks: tuple[Mark, ...] = ()
    faults: tuple[Fault, ...] = ()
    damage: tuple[str, ...] = ()
    """What is wrong with the recording (`recording.<word>`)."""
    faces_compared: int = 0
    speech_s: float = 0.0
    cpu_s: float = 0.0


class Judged(Struct, frozen=True, kw_only=True):
    """A comparison: the fact for the journal, and what stands behind it."""

    likeness: Likeness
    report: Report
