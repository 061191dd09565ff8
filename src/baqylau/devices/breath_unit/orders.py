"""What the breath unit does by order of the server (`linux_unit.telling`), and the checks that it asks for."""

from datetime import datetime

from msgspec.structs import replace

from baqylau.devices.breath_unit import session
from baqylau.devices.breath_unit.state import BreathTurn, Waiting
from baqylau.devices.linux_unit import sources, telling
from baqylau.devices.linux_unit.outputs import Say
from baqylau.domain.checks import Begun, CheckKind, Ended, Ending
from baqylau.domain.commands import (
    BeginCheck,
    ClearLatches,
    Command,
    CommandState,
    LocateMode,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
    WalkNow,
    WithdrawCheck,
)
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Displaced

WAITING_MAX = 16
Usual = ReportNow | ClearLatches | Restart | WalkNow | SetRate | LocateMode


def carry_out(turn: BreathTurn, command: Command, locked: str) -> None:
    """Carry out a command. `locked`: why the unit cannot measure, where it cannot."""
    number = command.number
    if not telling.due(turn, command):
        return
    match command.order:
        case BeginCheck() as order:
            _asked(turn, number, order, locked)
        case WithdrawCheck(check_id=check_id):
            _withdrawn(turn, check_id)
            telling.result(turn, number, CommandState.DONE)
        case TellPerson() as message:
            telling.tell(turn, command, message)
        case other:
            _usual(turn, number, other)


def _usual(turn: BreathTurn, number: int, order: Usual) -> None:
    """Do what every unit does."""
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
            telling.result(turn, number, CommandState.FAILED, "no receiver")


def _asked(turn: BreathTurn, number: int, order: BeginCheck, locked: str) -> None:
    """Take a check to ask for; a unit that cannot measure says so at once, and nobody is kept waiting."""
    if order.kind is not CheckKind.BREATH:
        telling.result(turn, number, CommandState.FAILED, "no identity checks here")
    elif locked:
        sources.own(turn, Ended(check_id=order.check_id, how=Ending.UNIT_FAULT), urgent=True)
        telling.result(turn, number, CommandState.FAILED, locked)
    elif len(turn.state.waiting) >= WAITING_MAX:
        telling.result(turn, number, CommandState.FAILED, "too many")
    else:
        turn.change(waiting=(*turn.state.waiting, _waiting(turn, number, order)))
        telling.result(turn, number, CommandState.ACKNOWLEDGED)
        waited(turn)


def _waiting(turn: BreathTurn, number: int, order: BeginCheck) -> Waiting:
    return Waiting(
        number=number,
        order=order,
        due_ms=_ms_of(turn, order.due_at),
        remind_ms=_ms_of(turn, order.remind_at),
        expires_ms=_ms_of(turn, order.expires_at),
    )


def _ms_of(turn: BreathTurn, at: datetime) -> int:
    """Give an instant by the clock that never jumps: setting the other one lets nobody miss a check."""
    return turn.ms + round((at - turn.at).total_seconds() * 1000)


def started(turn: BreathTurn) -> None:
    """Begin to run: clocks count anew."""
    again = tuple(_waiting(turn, one.number, one.order) for one in turn.state.waiting)
    turn.change(waiting=again)


def waited(turn: BreathTurn) -> None:
    """Ask, remind, and give up what nobody began in time."""
    kept: list[Waiting] = []
    for one in turn.state.waiting:
        if turn.ms >= one.expires_ms:
            telling.result(turn, one.number, CommandState.EXPIRED, "not begun")
        else:
            kept.append(_prompted(turn, one))
    if tuple(kept) != turn.state.waiting:
        turn.change(waiting=tuple(kept))


def _prompted(turn: BreathTurn, one: Waiting) -> Waiting:
    if turn.ms >= one.due_ms and not one.prompted:
        _ask(turn, one, "due")
        return replace(one, prompted=True)
    if turn.ms >= one.remind_ms and one.prompted and not one.reminded:
        _ask(turn, one, "remind")
        return replace(one, reminded=True)
    return one


def _ask(turn: BreathTurn, one: Waiting, word: str) -> None:
    order = one.order
    turn.say(Say(language=order.language, aloud=order.aloud, key=f"breath.say.{word}"))


def button(turn: BreathTurn, locked: str) -> None:
    """Take it that the person pressed the button: they take note of what is shown, or begin what is due."""
    if turn.state.messages:
        telling.noted(turn)
        return
    due = [one for one in turn.state.waiting if turn.ms >= one.due_ms]
    if not due or turn.state.session is not None:
        return
    first = due[0]
    turn.change(waiting=tuple(one for one in turn.state.waiting if one is not first))
    if locked:
        sources.own(turn, Ended(check_id=first.order.check_id, how=Ending.UNIT_FAULT), urgent=True)
        telling.result(turn, first.number, CommandState.FAILED, locked)
        return
    sources.own(turn, Begun(check_id=first.order.check_id))
    session.began(turn, first.number, first.order)
    turn.upload()


def _withdrawn(turn: BreathTurn, check_id: CheckId) -> None:
    """Ask no more. What has begun goes on to its end: it belongs to whoever gives it."""
    for one in turn.state.waiting:
        if one.order.check_id == check_id:
            telling.result(turn, one.number, CommandState.FAILED, "withdrawn")
    turn.change(waiting=tuple(one for one in turn.state.waiting if one.order.check_id != check_id))
