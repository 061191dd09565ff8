"""What the audio-visual unit's core wants done by its own hands (`hands`)."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.checks import CheckKind, Ending
from baqylau.domain.commands import RingCall
from baqylau.domain.ids import CallId, CheckId, PersonId
from baqylau.domain.people import Language
from baqylau.protocols.media.manifest import Mark


class OpenCapture(Struct, frozen=True, kw_only=True, gc=False):
    """Open camera and microphone for a check, and record from now on: for a check the only way."""

    check_id: CheckId
    kind: CheckKind
    person_id: PersonId
    nonce: bytes
    began_at: datetime
    lamp: bool


class Show(Struct, frozen=True, kw_only=True, gc=False):
    """Show the person what to do now, and say it where `aloud`; the capture goes on meanwhile."""

    language: Language
    key: str
    digit: str = ""
    """Shown large, never said: the recording shall hold the person's voice alone."""
    light: str = ""
    """The colour of the whole screen."""
    aloud: bool = True
    left_ms: int = 0
    """So long the person has for it; 0 where nothing counts down."""
    call: str = ""
    """How far a live call is; empty where none goes on."""


class CloseCapture(Struct, frozen=True, kw_only=True):
    """Close camera and microphone, sign what was recorded, and keep it until the server has it."""

    check_id: CheckId
    ended_at: datetime
    how: Ending
    marks: tuple[Mark, ...]


class DropCapture(Struct, frozen=True, gc=False):
    """Close camera and microphone, and forget what was recorded: the check is not asked for any more."""

    check_id: CheckId


class OpenCall(Struct, frozen=True, kw_only=True):
    """The person answered: open camera, microphone and loudspeaker, and put the duty room through."""

    order: RingCall
    began_at: datetime


class CloseCall(Struct, frozen=True, kw_only=True, gc=False):
    """Close camera, microphone and loudspeaker; sign what was recorded where the order has calls recorded."""

    call_id: CallId
    ended_at: datetime
    how: Ending


Act = OpenCapture | Show | CloseCapture | DropCapture | OpenCall | CloseCall
