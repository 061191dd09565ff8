"""What every unit does by order of the server: once for each number, never after its end, and with a result.

Whether an order is the server's, and meant for this unit, was looked at before it came here.
"""

from msgspec.structs import replace

from baqylau.devices.linux_unit import hearing, sources
from baqylau.devices.linux_unit.outputs import Restarting, Say
from baqylau.devices.linux_unit.state import Message
from baqylau.devices.linux_unit.turn import S, Turn
from baqylau.domain.commands import (
    BeginCheck,
    ClearLatches,
    Command,
    CommandState,
    EndCall,
    LocateMode,
    RingCall,
    SetRate,
    TellPerson,
    WalkNow,
    WithdrawCheck,
)
from baqylau.domain.observations import Body
from baqylau.protocols.batch.records import CommandResult

REMEMBERED = 4096
"""Numbers that are told apart; below them none is taken any more."""
NotOfAll = WalkNow | ClearLatches | SetRate | LocateMode | BeginCheck | WithdrawCheck | RingCall | EndCall
"""Orders that some units have no part for."""
_LACKING: dict[type[NotOfAll], str] = {
    WalkNow: "for a unit at home",
    ClearLatches: "for a unit at home",
    SetRate: "no satellite receiver",
    LocateMode: "no satellite receiver",
    BeginCheck: "takes no checks",
    WithdrawCheck: "takes no checks",
    RingCall: "takes no calls",
    EndCall: "takes no calls",
}


def due(turn: Turn[S], command: Command) -> bool:
    """Give whether a command is to be carried out now, and remember its number."""
    number = command.number
    if number <= turn.state.through or number in turn.state.carried_out:
        return False
    _remember(turn, number)
    if turn.at >= command.expires_at:
        result(turn, number, CommandState.EXPIRED)
        return False
    return True


def _remember(turn: Turn[S], number: int) -> None:
    numbers = sorted(turn.state.carried_out | {number})
    kept = frozenset(numbers[-REMEMBERED:])
    turn.change(carried_out=kept, through=max([turn.state.through, *numbers[:-REMEMBERED]]))


def result(turn: Turn[S], number: int, state: CommandState, detail: str = "") -> None:
    """Say what became of a command."""
    turn.write(CommandResult(number=number, state=state, detail=detail))
    turn.upload()


def cannot(turn: Turn[S], number: int, order: NotOfAll) -> None:
    """Say that this unit has no part for an order."""
    result(turn, number, CommandState.FAILED, _LACKING[type(order)])


def report(turn: Turn[S], number: int, *more: Body) -> None:
    """Say at once how everything is."""
    hearing.summed_up(turn)
    turn.change(sensed_ms=turn.ms - sources.SENSORS_EVERY_MS)
    sources.report(turn, *more)
    result(turn, number, CommandState.DONE)


def restart(turn: Turn[S], number: int) -> None:
    """Begin the program again."""
    result(turn, number, CommandState.DONE)
    turn.outputs.append(Restarting())


def tell(turn: Turn[S], command: Command, order: TellPerson) -> None:
    """Show the person a message until it is taken note of, and say it when the hour allows it."""
    message = Message(
        number=command.number,
        text=order.text,
        language=order.language,
        urgent=order.urgent,
        expires_at=command.expires_at,
    )
    result(turn, command.number, CommandState.ACKNOWLEDGED)
    turn.say(Say(text=message.text, language=message.language, aloud=False))
    turn.change(messages=(*turn.state.messages, message))
    messages(turn)


def messages(turn: Turn[S]) -> None:
    """Say aloud what waits, where the hour allows it, and give up what nobody took note of in time."""
    quiet = turn.assignment is not None and turn.assignment.quiet(turn.at)
    kept: list[Message] = []
    for message in turn.state.messages:
        if turn.at >= message.expires_at:
            result(turn, message.number, CommandState.EXPIRED, "said" if message.said else "not said")
        elif message.said or (quiet and not message.urgent):
            kept.append(message)
        else:
            turn.say(Say(text=message.text, language=message.language, aloud=True))
            kept.append(replace(message, said=True))
    if tuple(kept) != turn.state.messages:
        turn.change(messages=tuple(kept))


def noted(turn: Turn[S]) -> None:
    """Take it that the person pressed the button: everything that is shown was taken note of."""
    for message in turn.state.messages:
        result(turn, message.number, CommandState.DONE, "noted")
    turn.change(messages=())
