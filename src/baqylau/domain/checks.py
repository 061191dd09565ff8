"""A check: the person is asked to show who they are (1.6), or to breathe into the sensor (1.7).

Each step of its life is a fact of the journal, written by whoever knows it: we ask, the unit begins and ends, the
audio-visual server compares, the breath unit measures, a person decides. What became of a check follows from these
facts and from time alone, by the rules. What is to be done in it follows from the server's random number
(`domain.challenge`), so nobody can know it before.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.ids import CheckId

NONCE_BYTES = 16
NO_DIOXIDE = "no_dioxide"
"""Said of a valid breath by a unit that measures no carbon dioxide: pumped warm air looks the same to it."""


class CheckKind(StrEnum):
    """What is checked."""

    IDENTITY = "identity"
    BREATH = "breath"


class CheckWhy(StrEnum):
    """Why it was asked for."""

    SCHEDULED = "scheduled"
    RANDOM = "random"
    ORDERED = "ordered"
    """By a person on duty."""
    EVENT = "event"
    """After something that raises the question who wears the device."""
    REPEAT = "repeat"
    """Once again, because the one before could not be used."""
    CONFIRMATION = "confirmation"
    """The second test after a first one above the limit."""
    TO_ZERO = "to_zero"
    """Every so often after a test above the limit, until one is below."""


class CheckState(StrEnum):
    """Where a check stands."""

    PLANNED = "planned"
    PROMPTED = "prompted"
    STARTED = "started"
    SUBMITTED = "submitted"
    MATCH = "match"
    REVIEW = "review"
    NO_MATCH = "no_match"
    FAILED = "failed"
    """Done, and of no use: broken off, too dark, too little breath."""
    MISSED = "missed"
    EXPIRED = "expired"
    """Begun, and never ended."""
    VOID = "void"
    """Not counted, because of us."""


class Asked(Struct, frozen=True, tag="check_asked", kw_only=True, gc=False):
    """We asked for a check. The observation is ours, in the unit's name; its instant is when it was asked for."""

    check_id: CheckId
    kind: CheckKind
    why: CheckWhy
    expires_at: datetime
    """Whoever has not begun by then has missed it; the grace is within."""
    after: CheckId = CheckId("")
    """The check of which this is the repetition or the confirmation."""
    limit_mg_l: float | None = None
    """Of the order, where it is about alcohol. The software knows no limit of its own."""
    due_at: datetime | None = None
    """From when it may be begun; None: from when it was asked for. A second test is asked for long before."""


class Begun(Struct, frozen=True, tag="check_begun", kw_only=True, gc=False):
    """The person began; the unit says it."""

    check_id: CheckId


class Ending(StrEnum):
    """How a check ended at the unit."""

    DONE = "done"
    BROKEN_OFF = "broken_off"
    NOBODY = "nobody"
    """No face, no voice, no breath within the time."""
    POOR = "poor"
    """Too dark, too loud, too far away, also after guidance."""
    UNIT_FAULT = "unit_fault"
    """The unit's own: held against nobody."""
    POWER_LOST = "power_lost"
    """Cut off in the middle; found when the unit started again."""


class Ended(Struct, frozen=True, tag="check_ended", kw_only=True, gc=False):
    """The check is over at the unit, and its recordings are what the digest says."""

    check_id: CheckId
    how: Ending
    items: int = 0
    """Recordings that belong to it, its manifest not counted."""
    manifest: bytes = b""
    """SHA-256 of the signed manifest that names each recording by its digest."""


class Likely(StrEnum):
    """The three outcomes of a comparison, and that there was none."""

    MATCH = "match"
    REVIEW = "review"
    NO_MATCH = "no_match"
    NOT_JUDGED = "not_judged"
    """Nothing that could be compared: poor pictures, no template, a damaged recording."""


class LikenessReason(StrEnum):
    """What decided a comparison, in the catalogues' words (`likeness.<reason>`)."""

    FACE_AGREES = "face_agrees"
    FACE_DIFFERS = "face_differs"
    FACE_DOUBTED = "face_doubted"
    FACE_NOT_SEEN = "face_not_seen"
    FACE_CHANGED = "face_changed"
    """Not one and the same face from the beginning to the end."""
    SEVERAL_FACES = "several_faces"
    VOICE_AGREES = "voice_agrees"
    VOICE_DIFFERS = "voice_differs"
    VOICE_DOUBTED = "voice_doubted"
    VOICE_NOT_HEARD = "voice_not_heard"
    DIGITS_RIGHT = "digits_right"
    DIGITS_WRONG = "digits_wrong"
    TURNS_RIGHT = "turns_right"
    TURNS_WRONG = "turns_wrong"
    LIPS_DISAGREE = "lips_disagree"
    LIGHT_NOT_SEEN = "light_not_seen"
    NONCE_WRONG = "nonce_wrong"
    TIME_WRONG = "time_wrong"
    NO_TEMPLATE = "no_template"
    NO_MODEL = "no_model"
    RECORDING_DAMAGED = "recording_damaged"
    TOO_POOR = "too_poor"
    NOT_ENDED = "not_ended"
    """Broken off before all was asked: nothing in it shows that somebody was there."""


class Likeness(Struct, frozen=True, tag="likeness", kw_only=True, gc=False):
    """What the audio-visual server found: how likely these are the person's face and voice, and given now.

    The log-likelihood ratios are natural logarithms, calibrated; None where there was nothing to compare.
    """

    check_id: CheckId
    outcome: Likely
    reasons: tuple[LikenessReason, ...] = ()
    """The deciding ones first."""
    face_llr: float | None = None
    voice_llr: float | None = None
    fused_llr: float | None = None
    alive: bool | None = None
    """Whether the challenge was answered; None where it could not be told."""
    faces: int = 0
    """The most that were seen at once."""
    models: str = ""
    """Models and calibration, by name and version."""


class SampleState(StrEnum):
    """What a breath test is."""

    VALID = "valid"
    INSUFFICIENT = "insufficient"
    INTERRUPTED = "interrupted"
    MOUTH_ALCOHOL = "mouth_alcohol"
    AMBIENT = "ambient"
    INTERFERENT = "interferent"
    SENSOR_FAULT = "sensor_fault"
    NOT_IDENTIFIED = "not_identified"


class BreathSample(Struct, frozen=True, tag="breath_sample", kw_only=True, gc=False):
    """One breath test as the unit measured it. No limit of the law is in it."""

    check_id: CheckId
    state: SampleState
    alcohol_mg_l: float | None = None
    """Of breath at 34 °C; None unless valid."""
    uncertainty_mg_l: float | None = None
    """Expanded, k = 2."""
    volume_l: float | None = None
    flow_l_s: float | None = None
    """Mean over the blow."""
    duration_s: float | None = None
    why: tuple[str, ...] = ()
    """Each thing for which it was refused, by the unit's own words (`breath.<why>`); of a valid one: what is open."""
    calibration: str = ""
    """Which calibration was used: number and version of its file."""
    calibrated_until_at: datetime | None = None
    trace: bytes = b""
    """SHA-256 of the raw traces, which are among the recordings."""


class Calibrated(Struct, frozen=True, tag="calibrated", kw_only=True, gc=False):
    """How the sensor's calibration stands, said once a day and when it changes."""

    until_at: datetime
    locked: bool = False
    why: str = ""


class Lens(Struct, frozen=True, tag="lens", kw_only=True, gc=False):
    """Whether the camera is covered or turned away. Seen within checks and by the unit's own sensors only."""

    blocked: bool


class Bypass(Struct, frozen=True, tag="bypass", kw_only=True, gc=False):
    """Air that no person breathed out, or a way around the sensor."""

    kind: str
    """`filter`, `balloon`, `compressor`, `tube`, `suck_back`, ... as the unit names it (`bypass.<kind>`)."""


class VoidWhy(StrEnum):
    """What of ours kept a check from counting."""

    AV_SERVER_DOWN = "av_server_down"
    UNIT_NOT_REACHED = "unit_not_reached"
    UNIT_FAULT = "unit_fault"
    WITHDRAWN = "withdrawn"
    """By a person on duty, with the reason in the audit."""


class Voided(Struct, frozen=True, tag="check_voided", kw_only=True, gc=False):
    """The check does not count, and nothing is held against the person."""

    check_id: CheckId
    why: VoidWhy


class Decided(Struct, frozen=True, tag="check_decided", kw_only=True, gc=False):
    """A person looked at the recordings and decided what they show."""

    check_id: CheckId
    outcome: Likely
    by: str
    grounds: str = ""
    """In the person's own words: what in the recordings decided it."""


CheckBody = Asked | Begun | Ended | Likeness | BreathSample | Calibrated | Lens | Bypass | Voided | Decided
