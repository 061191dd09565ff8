"""What the pages and their API say to each other of checks: who was asked what, what came of it, what decided it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from baqylau.domain.alarms import AlarmState
from baqylau.domain.challenge import Step
from baqylau.domain.checks import (
    BreathSample,
    CheckKind,
    CheckState,
    CheckWhy,
    Ending,
    Likely,
    Likeness,
    LikenessReason,
    SampleState,
    VoidWhy,
)
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, CheckId, DeviceId, PersonId
from baqylau.monitoring.av_server.report import Report
from baqylau.protocols.media.manifest import MediaKind

Reason = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]
"""Some words; blanks alone are none."""


class CheckDecision(Struct, frozen=True, kw_only=True):
    """Somebody looked at the recordings and said what they show."""

    at: datetime
    by: str
    by_name: str
    outcome: Likely
    grounds: str


class CheckRow(Struct, frozen=True, kw_only=True):
    """A check in a list: what was asked, how far it has come, what came of it."""

    id: CheckId
    person_id: PersonId
    device_id: DeviceId
    kind: CheckKind
    why: CheckWhy
    state: CheckState
    due_at: datetime
    expires_at: datetime
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    how: Ending | None = None
    likely: Likely | None = None
    """What the comparison says; a person's decision stands beside it and does not change it."""
    reasons: tuple[LikenessReason, ...] = ()
    sample: SampleState | None = None
    alcohol_mg_l: float | None = None
    uncertainty_mg_l: float | None = None
    limit_mg_l: float | None = None
    """Of the order. None: the order sets none."""
    void: VoidWhy | None = None
    decision: CheckDecision | None = None
    """The last one."""


class CheckList(Struct, frozen=True, kw_only=True):
    """Checks of one person, the newest first. The next page is asked for `before` the last one's `due_at`."""

    at: datetime
    rows: tuple[CheckRow, ...]
    more: bool
    kinds: tuple[CheckKind, ...]
    """What may be asked of the person now, by the equipment that they have."""
    may_order: bool


class Prompted(Struct, frozen=True, kw_only=True):
    """One step of the challenge, and when the unit asked for it, from the beginning of the recording."""

    step: Step
    from_ms: int | None = None
    """None: the unit did not say, or was not asked to yet."""
    until_ms: int | None = None


class MediaGone(StrEnum):
    """Why recordings cannot be read."""

    DESTROYED = "destroyed"
    """At the end of their term."""
    DAMAGED = "damaged"


class MediaItem(Struct, frozen=True, kw_only=True):
    """One recording of a check. Its content is at `/api/checks/{id}/media/{index}`."""

    index: int
    kind: MediaKind
    content_type: str
    from_ms: int
    """From the beginning of the check."""
    duration_ms: int
    bytes: int
    sha256: str
    """Hexadecimal, of the content as the unit signed it."""


class HeldBack(Struct, frozen=True, kw_only=True):
    """Somebody forbade the destruction of recordings."""

    why: str
    at: datetime
    by_name: str


class Keeping(Struct, frozen=True, kw_only=True):
    """How long recordings stay."""

    until_at: datetime | None
    """None: until the person's file is closed."""
    held: HeldBack | None
    """None: nothing forbids their destruction at the end of their time."""
    may_hold: bool
    """Hold and release."""


class Enrolled(Struct, frozen=True, kw_only=True):
    """A photo of the person taken at enrolment. Its content is at `/api/people/{id}/enrolment/{number}`."""

    number: int
    taken_at: datetime


class LinkedAlarm(Struct, frozen=True, kw_only=True):
    """An alarm that rests on the check."""

    number: AlarmId
    code: Code
    priority: int
    state: AlarmState
    raised_at: datetime


class CheckFact(Struct, frozen=True, kw_only=True):
    """One step of a check's life. `what` is the tag of the fact: `check_asked`, `check_begun`, ..."""

    at: datetime
    received_at: datetime
    what: str


class StretchKind(StrEnum):
    """What a stretch of a breath is."""

    BASELINE = "baseline"
    WINDOW = "window"
    """The charge is measured here."""
    TAIL = "tail"
    """Fitted, not measured."""
    BLOW = "blow"
    HUM = "hum"


class Stretch(Struct, frozen=True, kw_only=True):
    """A stretch of a breath."""

    kind: StretchKind
    from_ms: float
    until_ms: float


Readings = tuple[float | None, ...]
"""Evenly spaced; None where the sensor gave none."""


class Breath(Struct, frozen=True, kw_only=True):
    """One breath of a test as the sensor saw it."""

    current_ua: Readings = ()
    pressure_pa: Readings = ()
    flow_ml_s: Readings = ()
    photos_ms: tuple[float, ...] = ()
    baseline_ua: float | None = None
    charge_uc: float | None = None
    decay_s: float | None = None
    cell_c: float | None = None
    room_c: float | None = None
    ambient_hpa: float | None = None
    co2_percent: float | None = None
    state: SampleState | None = None
    why: tuple[str, ...] = ()
    alcohol_mg_l: float | None = None
    uncertainty_mg_l: float | None = None
    room_mg_l: float | None = None
    """What the air of the room before it seemed to hold."""


class Instrument(Struct, frozen=True, kw_only=True):
    """What measured, as the unit signed it together with the traces."""

    program: str
    """Version of the unit's program."""
    board: str
    cell: str
    adjusted_at: datetime
    adjusted_by: str
    gas: str
    """Certificate of the reference gas."""
    verified_at: datetime | None = None
    verified_by: str | None = None


class Pair(Struct, frozen=True, kw_only=True):
    """How the two breaths of a test agree."""

    differ_mg_l: float
    allowed_mg_l: float


class BlowTrace(Breath, frozen=True, kw_only=True):
    """The same for drawing; the signed recording itself is among the media."""

    step_ms: float
    stretches: tuple[Stretch, ...] = ()
    sample_ms: float | None = None
    """When air was taken into the cell."""


class CheckPage(Struct, frozen=True, kw_only=True):
    """One check: everything that decided it, and everything that is kept of it."""

    at: datetime
    row: CheckRow
    person_name: str
    clause: str
    """Words of the order that ask for it; empty where none is in force."""
    after: CheckRow | None
    """The check of which this is the repetition or the confirmation."""
    challenge: tuple[Prompted, ...]
    likeness: Likeness | None
    report: Report | None
    """What stands behind the comparison: each score with what it means and how often it errs."""
    sample: BreathSample | None
    blows: tuple[BlowTrace, ...]
    """Each breath of the test, earlier tries too."""
    instrument: Instrument | None
    """None: the unit did not say."""
    pair: Pair | None
    """None: there were not two figures."""
    signed: str
    """SHA-256 of the list of all recordings that the unit signed, hexadecimal; empty where there is none."""
    blood_factor: int
    """By which a blood value is estimated from breath, in mg of blood to mg of breath; people differ."""
    media: tuple[MediaItem, ...]
    media_gone: MediaGone | None
    """Why the recordings cannot be read; None where they can."""
    keeping: Keeping | None
    """None where there are none, or none any more."""
    enrolled: tuple[Enrolled, ...]
    alarms: tuple[LinkedAlarm, ...]
    facts: tuple[CheckFact, ...]
    decisions: tuple[CheckDecision, ...]
    """Oldest first."""
    may_decide: bool
    may_withdraw: bool


class AskCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask a person for a check now."""

    kind: CheckKind
    reason: Reason


class HoldAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Forbid the destruction of recordings, or allow it again."""

    reason: Reason


class WithdrawAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take back what was asked."""

    reason: Reason


class DecideCheck(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Say what the recordings show."""

    outcome: Literal["match", "no_match", "not_judged"]
    grounds: Reason
