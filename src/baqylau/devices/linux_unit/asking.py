"""Checks that a unit asks a person for: from the server's order until somebody begins, or until its time is over."""

from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from baqylau.devices.linux_unit import sources, telling
from baqylau.devices.linux_unit.outputs import Say
from baqylau.devices.linux_unit.state import UnitState
from baqylau.devices.linux_unit.turn import Turn
from baqylau.domain.commands import (
    BeginCheck,
    ClearLatches,
    CommandState,
    LocateMode,
    ReportNow,
    Restart,
    SetRate,
    WalkNow,
)
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Displaced

WAITING_MAX = 16
Usual = ReportNow | ClearLatches | Restart | WalkNow | SetRate | LocateMode
"""Orders that every unit of this kind does alike."""


class Waiting(Struct, frozen=True, kw_only=True):
    """A check that was asked for and has not begun; its times by the clock that never jumps."""

    number: int
    """Of the command."""
    order: BeginCheck
    due_ms: int
    remind_ms: int
    expires_ms: int
    prompted: bool = False
    reminded: bool = False


class AskingState(UnitState, frozen=True, kw_only=True):
    """What a unit that asks for checks remembers besides."""

    waiting: tuple[Waiting, ...] = ()


A = TypeVar("A", bound=AskingState)


def usual(turn: Turn[A], number: int, order: Usual) -> None:
    """Do what every such unit does."""
    match order:
        case ReportNow():
            sources.own(turn, *sources.sensed(turn.state))
            telling.result(turn, number, CommandState.DONE)
        case ClearLatches():
            turn.change(sensors=replace(turn.state.sensors, moved=False))
            sources.own(turn, Displaced(moved=False))
            telling.result(turn, number, CommandState.DONE)
        case Restart():
            telling.restart(turn, number)
        case WalkNow() | SetRate() | LocateMode():
            telling.cannot(turn, number, order)


def take(turn: Turn[A], number: int, order: BeginCheck, voice: str) -> None:
    """Take a check to ask for. `voice`: where the unit's words are in the catalogues, such as `av.say.`"""
    if len(turn.state.waiting) >= WAITING_MAX:
        telling.result(turn, number, CommandState.FAILED, "too many")
        return
    turn.change(waiting=(*turn.state.waiting, _waiting(turn, number, order)))
    telling.result(turn, number, CommandState.ACKNOWLEDGED)
    waited(turn, voice)


def started(turn: Turn[A]) -> None:
    """Begin to run: clocks count anew, and what waits is asked for again, since the screen is empty."""
    again = tuple(replace(_waiting(turn, one.number, one.order), reminded=one.reminded) for one in turn.state.waiting)
    turn.change(waiting=again)


def waited(turn: Turn[A], voice: str) -> None:
    """Ask, remind, and give up what nobody began in time."""
    kept: list[Waiting] = []
    for one in turn.state.waiting:
        if turn.ms >= one.expires_ms:
            telling.result(turn, one.number, CommandState.EXPIRED, "not begun")
            _over(turn, one, f"{voice}late")
        else:
            kept.append(_prompted(turn, one, voice))
    if tuple(kept) != turn.state.waiting:
        turn.change(waiting=tuple(kept))


def ask(turn: Turn[A], one: Waiting, key: str) -> None:
    """Say that a check is due."""
    turn.say(Say(language=one.order.language, aloud=one.order.aloud, key=key))


def due(turn: Turn[A]) -> Waiting | None:
    """Give what the person may begin now, the first that was asked for."""
    return next((one for one in turn.state.waiting if turn.ms >= one.due_ms), None)


def taken_up(turn: Turn[A], taken: Waiting) -> None:
    """Take it that the person begins; nobody is asked for it any more."""
    turn.change(waiting=tuple(one for one in turn.state.waiting if one is not taken))


def withdrawn(turn: Turn[A], check_id: CheckId, voice: str) -> None:
    """Ask no more."""
    for one in turn.state.waiting:
        if one.order.check_id == check_id:
            telling.result(turn, one.number, CommandState.FAILED, "withdrawn")
            _over(turn, one, f"{voice}withdrawn")
    turn.change(waiting=tuple(one for one in turn.state.waiting if one.order.check_id != check_id))


def _prompted(turn: Turn[A], one: Waiting, voice: str) -> Waiting:
    if turn.ms >= one.due_ms and not one.prompted:
        ask(turn, one, f"{voice}due")
        return replace(one, prompted=True)
    if turn.ms >= one.remind_ms and one.prompted and not one.reminded:
        ask(turn, one, f"{voice}remind")
        return replace(one, reminded=True)
    return one


def _over(turn: Turn[A], one: Waiting, key: str) -> None:
    """Say that nobody is asked any more: what stood on the screen is no longer true."""
    if one.prompted:
        turn.say(Say(language=one.order.language, aloud=False, key=key))


def _waiting(turn: Turn[A], number: int, order: BeginCheck) -> Waiting:
    return Waiting(
        number=number,
        order=order,
        due_ms=_ms_of(turn, order.due_at),
        remind_ms=_ms_of(turn, order.remind_at),
        expires_ms=_ms_of(turn, order.expires_at),
    )


def _ms_of(turn: Turn[A], at: datetime) -> int:
    """Give an instant by the clock that never jumps: setting the other one lets nobody miss a check."""
    return turn.ms + round((at - turn.at).total_seconds() * 1000)
