"""Whether the unit is carried, as far as it feels it itself: the bracelet tells of its own motion (catalogue M03)."""

from msgspec.structs import replace

from baqylau.devices.linux_unit import sources
from baqylau.devices.mobile_unit.state import MobileTurn, State
from baqylau.domain import observations

STILL_AFTER_MS = 60_000
"""Without motion for so long it lies still: a step is not missed between two [K]."""
AT_REST_AFTER_MS = 600_000
"""At rest its place needs no telling by the minute. Notes on radio and GNSS, 1.1 (practice of others)."""


def felt(turn: MobileTurn, *, moving: bool) -> None:
    """Take what the sensor says."""
    known = turn.state.motion
    still_ms = turn.ms if moving or known.moving is not False else known.still_ms
    turn.change(motion=replace(known, moving=moving, still_ms=still_ms))
    passed(turn)


def passed(turn: MobileTurn) -> None:
    """Write down a change once it is one."""
    known = turn.state.motion
    if known.moving is None or known.moving == known.told:
        return
    if known.moving or known.told is None or turn.ms - known.still_ms >= STILL_AFTER_MS:
        turn.change(motion=replace(known, told=known.moving))
        sources.own(turn, *said(turn.state))


def said(state: State) -> tuple[observations.Motion, ...]:
    """Give what is to be said of it with each report."""
    told = state.motion.told
    return () if told is None else (observations.Motion(moving=told),)


def at_rest(turn: MobileTurn) -> bool:
    """Whether nobody has carried it for long."""
    known = turn.state.motion
    return known.told is False and turn.ms - known.still_ms >= AT_REST_AFTER_MS


def begun(turn: MobileTurn) -> None:
    """Begin anew: time before the start means nothing."""
    turn.change(motion=replace(turn.state.motion, still_ms=turn.ms))
