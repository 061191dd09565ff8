"""What the audio-visual unit does by order of the server, and the checks that it asks for (`linux_unit.asking`)."""

from baqylau.devices.av_unit import calling, session
from baqylau.devices.av_unit.acts import DropCapture
from baqylau.devices.av_unit.state import AvTurn
from baqylau.devices.linux_unit import asking, sources, telling
from baqylau.devices.linux_unit.outputs import Do
from baqylau.domain.calls import CallEnding
from baqylau.domain.checks import CheckKind, Ended, Ending
from baqylau.domain.commands import BeginCheck, Command, CommandState, EndCall, RingCall, TellPerson, WithdrawCheck
from baqylau.domain.ids import CheckId

VOICE = "av.say."


def carry_out(turn: AvTurn, command: Command, *, calls: bool) -> None:
    """Carry out a command."""
    number = command.number
    if not telling.due(turn, command):
        return
    match command.order:
        case BeginCheck(kind=CheckKind.IDENTITY) as order:
            asking.take(turn, number, order, VOICE)
        case BeginCheck():
            telling.result(turn, number, CommandState.FAILED, "no breath tests here")
        case WithdrawCheck(check_id=check_id):
            _withdrawn(turn, check_id)
            telling.result(turn, number, CommandState.DONE)
        case TellPerson() as message:
            telling.tell(turn, command, message)
        case RingCall() as order:
            calling.rang(turn, number, order, installed=calls)
        case EndCall(call_id=call_id):
            calling.over(turn, call_id, CallEnding.OVER)
            telling.result(turn, number, CommandState.DONE)
        case other:
            asking.usual(turn, number, other)


def somebody_near(turn: AvTurn) -> None:
    """Take it that somebody moves before the unit: what is due is asked for, if it only stood on the screen so far."""
    for one in turn.state.waiting:
        if turn.ms >= one.due_ms and not one.reminded and turn.state.session is None:
            asking.ask(turn, one, f"{VOICE}due")
            return


def button(turn: AvTurn, *, lamp: bool) -> None:
    """Take it that the person pressed the button: they take note of what is shown, or begin what is due."""
    if turn.state.messages:
        telling.noted(turn)
        return
    first = asking.due(turn)
    if first is not None and turn.state.session is None:
        asking.taken_up(turn, first)
        session.began(turn, first.number, first.order, lamp=lamp)


def _withdrawn(turn: AvTurn, check_id: CheckId) -> None:
    """Ask no more. A check that goes on is broken off, and nothing of it is kept."""
    asking.withdrawn(turn, check_id, VOICE)
    going = turn.state.session
    if going is not None and going.order.check_id == check_id:
        turn.outputs.append(Do(DropCapture(check_id)))
        sources.own(turn, Ended(check_id=check_id, how=Ending.BROKEN_OFF))
        telling.result(turn, going.number, CommandState.FAILED, "withdrawn")
        turn.change(session=None)
