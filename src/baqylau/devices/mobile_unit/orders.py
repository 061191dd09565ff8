"""What the mobile unit does by order of the server (`linux_unit.telling`)."""

from typing import assert_never

from baqylau.devices.linux_unit import telling
from baqylau.devices.mobile_unit import motion, places
from baqylau.devices.mobile_unit.state import MobileTurn
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


def carry_out(turn: MobileTurn, command: Command) -> None:
    """Carry out a command."""
    number = command.number
    if not telling.due(turn, command):
        return
    match command.order:
        case TellPerson() as message:
            telling.tell(turn, command, message)
        case ReportNow():
            places.asked(turn)
            telling.report(turn, number, *motion.said(turn.state))
        case SetRate(fix_every_s=every_s, for_s=for_s):
            places.ordered(turn, 1000 * max(every_s, 1), 1000 * for_s)
            telling.result(turn, number, CommandState.DONE)
        case LocateMode(for_s=for_s):
            places.ordered(turn, places.LOCATE_MS, 1000 * max(for_s, 1))
            telling.result(turn, number, CommandState.DONE)
        case Restart():
            telling.restart(turn, number)
        case ClearLatches() | WalkNow() | BeginCheck() | WithdrawCheck() | RingCall() | EndCall():
            telling.cannot(turn, number, command.order)
        case _:
            assert_never(command.order)
