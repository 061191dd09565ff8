"""What the breath unit does by order of the server, and the checks that it asks for (`linux_unit.asking`)."""

from baqylau.devices.breath_unit import session
from baqylau.devices.breath_unit.state import BreathTurn
from baqylau.devices.linux_unit import asking, sources, telling
from baqylau.domain.checks import Begun, CheckKind, Ended, Ending
from baqylau.domain.commands import BeginCheck, Command, CommandState, EndCall, RingCall, TellPerson, WithdrawCheck
from baqylau.domain.ids import CheckId

VOICE = "breath.say."


def carry_out(turn: BreathTurn, command: Command, locked: str) -> None:
    """Carry out a command. `locked`: why the unit cannot measure, where it cannot."""
    number = command.number
    if not telling.due(turn, command):
        return
    match command.order:
        case BeginCheck() as order:
            _asked(turn, number, order, locked)
        case WithdrawCheck(check_id=check_id):
            # What has begun goes on to its end: it belongs to whoever gives it.
            asking.withdrawn(turn, check_id, VOICE)
            telling.result(turn, number, CommandState.DONE)
        case TellPerson() as message:
            telling.tell(turn, command, message)
        case RingCall() | EndCall() as other:
            telling.cannot(turn, number, other)
        case other:
            asking.usual(turn, number, other)


def _asked(turn: BreathTurn, number: int, order: BeginCheck, locked: str) -> None:
    """Take a check to ask for; a unit that cannot measure says so at once, and nobody is kept waiting."""
    if order.kind is not CheckKind.BREATH:
        telling.result(turn, number, CommandState.FAILED, "no identity checks here")
    elif locked:
        _cannot(turn, number, order.check_id, locked)
    else:
        asking.take(turn, number, order, VOICE)


def _cannot(turn: BreathTurn, number: int, check_id: CheckId, locked: str) -> None:
    sources.own(turn, Ended(check_id=check_id, how=Ending.UNIT_FAULT), urgent=True)
    telling.result(turn, number, CommandState.FAILED, locked)


def button(turn: BreathTurn, locked: str) -> None:
    """Take it that the person pressed the button: they take note of what is shown, or begin what is due."""
    if turn.state.messages:
        telling.noted(turn)
        return
    first = asking.due(turn)
    if first is None or turn.state.session is not None:
        return
    asking.taken_up(turn, first)
    if locked:
        _cannot(turn, first.number, first.order.check_id, locked)
        return
    sources.own(turn, Begun(check_id=first.order.check_id))
    session.began(turn, first.number, first.order)
    turn.upload()
