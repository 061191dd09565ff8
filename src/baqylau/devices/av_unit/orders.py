"""What the audio-visual unit does by order of the server (`linux_unit.telling`), and the checks that it asks for."""

from datetime import datetime

from msgspec.structs import replace

from baqylau.devices.av_unit import session
from baqylau.devices.av_unit.acts import DropCapture
from baqylau.devices.av_unit.state import AvTurn, Waiting
from baqylau.devices.linux_unit import sources, telling
from baqylau.devices.linux_unit.outputs import Do, Say
from baqylau.domain.checks import CheckKind, Ended, Ending
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


def carry_out(turn: AvTurn, command: Command) -> None:
    """Carry out a command."""
    number = command.number
    if not telling.due(turn, command):
        return
    match command.order:
        case BeginCheck() as order:
            _asked(turn, number, order)
        case WithdrawCheck(check_id=check_id):
            _withdrawn(turn, check_id)
            telling.result(turn, number, CommandState.DONE)
        case TellPerson() as message:
            telling.tell(turn, command, message)
        case other:
            _usual(turn, number, other)


def _usual(turn: AvTurn, number: int, order: Usual) -> None:
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
            telling.cannot(turn, number, order)


def _asked(turn: AvTurn, number: int, order: BeginCheck) -> None:
    if order.kind is not CheckKind.IDENTITY:
        telling.result(turn, number, CommandState.FAILED, "no breath tests here")
    elif len(turn.state.waiting) >= WAITING_MAX:
        telling.result(turn, number, CommandState.FAILED, "too many")
    else:
        turn.change(waiting=(*turn.state.waiting, _waiting(turn, number, order)))
        telling.result(turn, number, CommandState.ACKNOWLEDGED)
        waited(turn)


def _waiting(turn: AvTurn, number: int, order: BeginCheck) -> Waiting:
    return Waiting(
        number=number,
        order=order,
        due_ms=_ms_of(turn, order.due_at),
        remind_ms=_ms_of(turn, order.remind_at),
        expires_ms=_ms_of(turn, order.expires_at),
    )


def _ms_of(turn: AvTurn, at: datetime) -> int:
    """Give an instant by the clock that never jumps: setting the other one lets nobody miss a check."""
    return turn.ms + round((at - turn.at).total_seconds() * 1000)


def started(turn: AvTurn) -> None:
    """Begin to run: clocks count anew."""
    again = tuple(
        replace(_waiting(turn, one.number, one.order), prompted=one.prompted, reminded=one.reminded)
        for one in turn.state.waiting
    )
    turn.change(waiting=again)


def waited(turn: AvTurn) -> None:
    """Ask, remind, and give up what nobody began in time."""
    kept: list[Waiting] = []
    for one in turn.state.waiting:
        if turn.ms >= one.expires_ms:
            telling.result(turn, one.number, CommandState.EXPIRED, "not begun")
        else:
            kept.append(_prompted(turn, one))
    if tuple(kept) != turn.state.waiting:
        turn.change(waiting=tuple(kept))


def _prompted(turn: AvTurn, one: Waiting) -> Waiting:
    if turn.ms >= one.due_ms and not one.prompted:
        _ask(turn, one, "due")
        return replace(one, prompted=True)
    if turn.ms >= one.remind_ms and one.prompted and not one.reminded:
        _ask(turn, one, "remind")
        return replace(one, reminded=True)
    return one


def somebody_near(turn: AvTurn) -> None:
    """Take it that somebody moves before the unit: what is due is asked for, if it only stood on the screen so far."""
    for one in turn.state.waiting:
        if turn.ms >= one.due_ms and not one.reminded and turn.state.session is None:
            _ask(turn, one, "due")
            return


def _ask(turn: AvTurn, one: Waiting, word: str) -> None:
    order = one.order
    turn.say(Say(language=order.language, aloud=order.aloud, key=f"av.say.{word}"))


def button(turn: AvTurn, *, lamp: bool) -> None:
    """Take it that the person pressed the button: they take note of what is shown, or begin what is due."""
    if turn.state.messages:
        telling.noted(turn)
        return
    due = [one for one in turn.state.waiting if turn.ms >= one.due_ms]
    if not due or turn.state.session is not None:
        return
    first = due[0]
    turn.change(waiting=tuple(one for one in turn.state.waiting if one is not first))
    session.began(turn, first.number, first.order, lamp=lamp)


def _withdrawn(turn: AvTurn, check_id: CheckId) -> None:
    """Ask no more. A check that goes on is broken off, and nothing of it is kept."""
    for one in turn.state.waiting:
        if one.order.check_id == check_id:
            telling.result(turn, one.number, CommandState.FAILED, "withdrawn")
    turn.change(waiting=tuple(one for one in turn.state.waiting if one.order.check_id != check_id))
    going = turn.state.session
    if going is not None and going.order.check_id == check_id:
        turn.outputs.append(Do(DropCapture(check_id)))
        sources.own(turn, Ended(check_id=check_id, how=Ending.BROKEN_OFF))
        telling.result(turn, going.number, CommandState.FAILED, "withdrawn")
        turn.change(session=None)
