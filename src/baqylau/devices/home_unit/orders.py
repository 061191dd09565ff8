"""What the home unit does by order of the server (`linux_unit.telling`), and the walk test of a home."""

from typing import assert_never

from msgspec.structs import replace

from baqylau.devices.home_unit.state import HomeTurn
from baqylau.devices.linux_unit import sources, telling
from baqylau.devices.linux_unit.outputs import Say
from baqylau.domain.commands import (
    BeginCheck,
    ClearLatches,
    Command,
    CommandState,
    EndCall,
    LocateMode,
    ReportNow,
    Restart,
    RingCall,
    SetRate,
    TellPerson,
    WalkNow,
    WithdrawCheck,
)
from baqylau.domain.observations import Displaced
from baqylau.domain.people import Language
from baqylau.protocols.batch import walking as walk
from baqylau.protocols.batch.walking import Walk


def carry_out(turn: HomeTurn, command: Command) -> None:
    """Carry out a command."""
    number = command.number
    if not telling.due(turn, command):
        return
    match command.order:
        case TellPerson() as message:
            telling.tell(turn, command, message)
        case ReportNow():
            telling.report(turn, number)
        case WalkNow() as order:
            _walk(turn, number, order)
        case ClearLatches():
            turn.change(sensors=replace(turn.state.sensors, moved=False))
            sources.own(turn, Displaced(moved=False))
            telling.result(turn, number, CommandState.DONE)
        case Restart():
            telling.restart(turn, number)
        case SetRate() | LocateMode() | BeginCheck() | WithdrawCheck() | RingCall() | EndCall():
            telling.cannot(turn, number, command.order)
        case _:
            assert_never(command.order)


def counted(turn: HomeTurn) -> None:
    """Let frames that were believed count for a walk test."""
    for device_id, source, rssi_dbm in turn.counted:
        test = turn.state.walk
        if test is not None and test.transmitter_id == device_id and not walk.over(test):
            turn.change(walk=walk.heard(test, source, turn.ms, rssi_dbm))


def _walk(turn: HomeTurn, number: int, order: WalkNow) -> None:
    if order.transmitter_id not in turn.state.worn or not order.rooms:
        telling.result(turn, number, CommandState.FAILED, "no such transmitter")
        return
    if turn.state.walk is not None:
        telling.result(turn, number, CommandState.FAILED, "another walk test goes on")
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
    telling.result(turn, number, CommandState.ACKNOWLEDGED)
    _show_room(turn, begun)


def walked(turn: HomeTurn) -> None:
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
    telling.result(turn, after.number, CommandState.DONE, "" if report.buffer_s else "second receiver needed")


def _show_room(turn: HomeTurn, test: Walk) -> None:
    language = Language.KK if turn.assignment is None else turn.assignment.language()
    turn.say(Say(key="unit.say.walk_to", place=test.rooms[test.room], language=language, aloud=True))
