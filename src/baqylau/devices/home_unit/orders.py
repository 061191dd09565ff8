"""What the unit does by order of the server, once for each number and never after its end; results are written down.

Whether an order is the server's, and meant for this unit, was looked at before it came here.
"""

from typing import assert_never

from msgspec.structs import replace

from baqylau.devices.home_unit import hearing, sources, walk
from baqylau.devices.home_unit.outputs import Restarting, Say
from baqylau.devices.home_unit.state import Message
from baqylau.devices.home_unit.turn import Turn
from baqylau.devices.home_unit.walk import Walk
from baqylau.domain.commands import (
    ClearLatches,
    Command,
    CommandState,
    LocateMode,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
    WalkNow,
)
from baqylau.domain.observations import Displaced
from baqylau.domain.people import Language
from baqylau.protocols.batch.records import CommandResult

REMEMBERED = 4096
"""Numbers that are told apart; below them none is taken any more."""


def carry_out(turn: Turn, command: Command) -> None:
    """Carry out a command."""
    number = command.number
    if number <= turn.state.through or number in turn.state.carried_out:
        return
    _remember(turn, number)
    if turn.at >= command.expires_at:
        result(turn, number, CommandState.EXPIRED)
        return
    match command.order:
        case TellPerson() as message:
            _tell(turn, command, message)
        case ReportNow():
            hearing.summed_up(turn)
            turn.change(sensed_ms=turn.ms - sources.SENSORS_EVERY_MS)
            sources.report(turn)
            result(turn, number, CommandState.DONE)
        case WalkNow() as order:
            _walk(turn, number, order)
        case ClearLatches():
            turn.change(sensors=replace(turn.state.sensors, moved=False))
            sources.own(turn, Displaced(moved=False))
            result(turn, number, CommandState.DONE)
        case Restart():
            result(turn, number, CommandState.DONE)
            turn.outputs.append(Restarting())
        case SetRate() | LocateMode():
            result(turn, number, CommandState.FAILED, "no satellite receiver")
        case _:
            assert_never(command.order)


def _remember(turn: Turn, number: int) -> None:
    numbers = sorted(turn.state.carried_out | {number})
    kept = frozenset(numbers[-REMEMBERED:])
    turn.change(carried_out=kept, through=max([turn.state.through, *numbers[:-REMEMBERED]]))


def result(turn: Turn, number: int, state: CommandState, detail: str = "") -> None:
    """Say what became of a command."""
    turn.write(CommandResult(number=number, state=state, detail=detail))
    turn.upload()


def _tell(turn: Turn, command: Command, order: TellPerson) -> None:
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


def messages(turn: Turn) -> None:
    """Say aloud what waits, where the hour allows it, and give up what nobody took note of in time."""
    quiet = turn.household is not None and turn.household.quiet(turn.at)
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


def noted(turn: Turn) -> None:
    """Take it that the person pressed the button: everything that is shown was taken note of."""
    for message in turn.state.messages:
        result(turn, message.number, CommandState.DONE, "noted")
    turn.change(messages=())


def _walk(turn: Turn, number: int, order: WalkNow) -> None:
    if order.transmitter_id not in turn.state.worn or not order.rooms:
        result(turn, number, CommandState.FAILED, "no such transmitter")
        return
    if turn.state.walk is not None:
        result(turn, number, CommandState.FAILED, "another walk test goes on")
        return
    begun = Walk(
        number=number,
        transmitter_id=order.transmitter_id,
        rooms=order.rooms,
        room_ms=1000 * order.seconds_a_room,
        by=order.by,
        begun_ms=turn.ms,
    )
    turn.change(walk=begun)
    result(turn, number, CommandState.ACKNOWLEDGED)
    _show_room(turn, begun)


def walked(turn: Turn) -> None:
    """Go on with a walk test as time passes."""
    test = turn.state.walk
    if test is None:
        return
    after = walk.passed(test, turn.ms)
    if after is test:
        return
    if not walk.over(after):
        turn.change(walk=after)
        _show_room(turn, after)
        return
    turn.change(walk=None)
    report = walk.report(after, tuple(turn.state.sources))
    turn.write(report)
    result(turn, after.number, CommandState.DONE, "" if report.buffer_s else "second receiver needed")


def _show_room(turn: Turn, test: Walk) -> None:
    language = Language.KK if turn.household is None else turn.household.language()
    turn.say(Say(key="unit.say.walk_to", place=test.rooms[test.room], language=language, aloud=True))
