"""What reaches the audio-visual unit's core besides what reaches every unit."""

from msgspec import Struct

from baqylau.devices.linux_unit.inputs import Input, UnitInput
from baqylau.domain.calls import CallEnding
from baqylau.domain.ids import CallId, CheckId


class Look(Struct, frozen=True, kw_only=True, gc=False):
    """What a picture lets one tell on the unit: enough to guide the person, never who it is."""

    brightness: float
    """Mean of the grey values, 0 to 255."""
    contrast: float
    """Their standard deviation."""
    sharpness: float
    """Mean square of their second differences."""
    faces: int | None = None
    """None where the unit cannot find faces."""
    face_share: float = 0.0
    """Height of the largest, of the picture's."""
    loudness: float | None = None
    """Of the last second, 0 to 1; None before there was sound."""


class Looked(UnitInput, frozen=True, kw_only=True):
    """The camera is open: what it sees, some five times in a second; None while it gives no picture."""

    check_id: CheckId
    look: Look | None


class CaptureFailed(UnitInput, frozen=True, kw_only=True):
    """Camera or microphone cannot be opened, broke off, or the disk takes no more."""

    check_id: CheckId
    part: str


class Signed(UnitInput, frozen=True, kw_only=True):
    """Recordings of a check are signed and on disk; no manifest where that could not be."""

    check_id: CheckId
    items: int = 0
    manifest: bytes = b""


class CallOpened(UnitInput, frozen=True, kw_only=True):
    """Camera and microphone are open for a call, and the unit can be reached as described."""

    call_id: CallId
    description: bytes


class CallGone(UnitInput, frozen=True, kw_only=True):
    """A call broke off by itself."""

    call_id: CallId
    how: CallEnding


class CallKept(UnitInput, frozen=True, kw_only=True):
    """What was recorded of a call is signed and on disk."""

    call_id: CallId
    items: int
    manifest: bytes


class RefusePressed(UnitInput, frozen=True, kw_only=True):
    """The person pressed the button that refuses a call, or ends it."""


AvInput = Input | Looked | CaptureFailed | Signed | CallOpened | CallGone | CallKept | RefusePressed
