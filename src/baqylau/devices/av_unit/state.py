"""What the audio-visual unit remembers besides what every unit does."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.devices.linux_unit.asking import AskingState
from baqylau.devices.linux_unit.turn import Turn
from baqylau.domain.checks import Ending
from baqylau.domain.commands import BeginCheck, RingCall
from baqylau.domain.ids import DeviceId
from baqylau.protocols.media.manifest import Mark


class Phase(StrEnum):
    """Where a check stands."""

    GUIDE = "guide"
    """Until the person can be seen well."""
    STEPS = "steps"
    SIGN = "sign"


class Session(Struct, frozen=True, kw_only=True):
    """A check that goes on."""

    number: int
    order: BeginCheck
    began_at: datetime
    began_ms: int
    phase: Phase
    phase_ms: int
    good: int = 0
    """Good looks in a row."""
    pictured: bool = False
    """The camera gave a picture."""
    faces_seen: bool = False
    hint: str = ""
    """What the person was last asked to change."""
    hint_ms: int = 0
    step: int = 0
    until_ms: int = 0
    """When the step ends."""
    hidden: bool = False
    """The digit waits until the words before it are over."""
    covered_ms: int | None = None
    """Since when nothing is to be seen."""
    marks: tuple[Mark, ...] = ()
    how: Ending = Ending.DONE


class CallPhase(StrEnum):
    """Where a call stands."""

    RING = "ring"
    ANSWERED = "answered"


class Call(Struct, frozen=True, kw_only=True):
    """A call that rings or goes on."""

    number: int
    order: RingCall
    phase: CallPhase
    since_ms: int
    """Since when it rings, or is answered."""
    rung_ms: int
    """When the person was last told that it rings."""


class State(AskingState, frozen=True, kw_only=True):
    """One audio-visual unit."""

    session: Session | None = None
    call: Call | None = None
    blocked: bool = False
    """The camera was covered when it was last open."""
    broken: str = ""
    """Part that failed at the last check."""


AvTurn = Turn[State]


def begin(device_id: DeviceId) -> State:
    """Give the state of a unit that never ran."""
    return State(device_id=device_id)
