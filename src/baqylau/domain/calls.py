"""A live call from the duty room to the unit in a person's home: it rings, and the person answers or does not.

Nobody is seen or heard before they answered: the unit opens camera and microphone by their press of the button alone.
An unanswered call is a fact of its own and opens nothing.
"""

from enum import StrEnum

from msgspec import Struct

from baqylau.domain.ids import CallId

RING_S = 45
"""So long the unit rings. [D]"""
LASTS_S = 600
"""No call lasts longer. [D]"""
LEAST_RUNG_MS = 1_500
"""A press that comes sooner was meant for something else: who answers has seen that it rings. [D]"""


class CallEnding(StrEnum):
    """How a call ended, as the unit saw it; in the catalogues' words (`call.ended.<how>`)."""

    HUNG_UP = "hung_up"
    """By the person."""
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    OVER = "over"
    """By the duty room, before or after it was answered."""
    TOO_LONG = "too_long"
    LOST = "lost"
    """No way from one side to the other, or it broke."""
    BUSY = "busy"
    """A check or another call went on."""
    NOT_INSTALLED = "not_installed"
    UNIT_FAULT = "unit_fault"
    """Camera or microphone could not be opened, or broke off."""
    POWER_LOST = "power_lost"


class CallRang(Struct, frozen=True, tag="call_rang", kw_only=True, gc=False):
    """The unit rings, and says who calls."""

    call_id: CallId


class CallAnswered(Struct, frozen=True, tag="call_answered", kw_only=True, gc=False):
    """The person took the call: from now on they are seen and heard."""

    call_id: CallId
    description: bytes
    """The unit's session description (SDP, UTF-8): where it is reached, and by which certificate."""


class CallEnded(Struct, frozen=True, tag="call_ended", kw_only=True, gc=False):
    """Camera and microphone are closed."""

    call_id: CallId
    how: CallEnding


class CallRecorded(Struct, frozen=True, tag="call_recorded", kw_only=True, gc=False):
    """What was recorded of a call is signed, and on its way; said of no other call."""

    call_id: CallId
    items: int
    """Recordings that the manifest names."""
    manifest: bytes
    """SHA-256 of the signed manifest."""


CallBody = CallRang | CallAnswered | CallEnded | CallRecorded


class IceServer(Struct, frozen=True, kw_only=True, gc=False):
    """A STUN or TURN server by which both sides find each other; an installation without one uses none."""

    url: str
    username: str = ""
    credential: str = ""
