"""The stationary control device (clause 1.3), pure: a value and what happened in, a value and what is to be done out.

The same core runs on the board, in the virtual air and in replay. It has no clock: each input brings both of the
board's (`linux_unit.running`).
"""

from typing import assert_never

from baqylau.devices.home_unit import orders, presence
from baqylau.devices.home_unit.state import HomeTurn, State
from baqylau.devices.linux_unit import hearing, judging, running, telling
from baqylau.devices.linux_unit.inputs import (
    ButtonPressed,
    ClockTold,
    Configured,
    FrameHeard,
    Input,
    NoiseHeard,
    Ordered,
    Sensed,
    SourceState,
    Started,
    Tick,
)
from baqylau.devices.linux_unit.outputs import Output
from baqylau.devices.linux_unit.turn import Turn
from baqylau.domain.commands import CommandState
from baqylau.domain.people import DeviceKind
from baqylau.protocols.batch.commands import Configuration


class HomeUnit:
    """The core of one unit. Remembers only what follows from the configuration in the state."""

    __slots__ = ("_assigned",)

    def __init__(self) -> None:
        """Begin with nothing worked out."""
        self._assigned = running.Assigned(DeviceKind.HOME_UNIT)

    def step(self, state: State, said: Input) -> tuple[State, tuple[Output, ...]]:
        """Take an input."""
        turn = Turn(self._assigned(state.configuration), state, said.at, said.monotonic_ms)
        if not isinstance(said, Started):
            running.clocks(turn)
        self._take(turn, said)
        turn.change(last_at=said.at, last_ms=said.monotonic_ms)
        presence.judge(turn)
        running.light(turn, missing=judging.waited_for(turn))
        return turn.done()

    def _take(self, turn: HomeTurn, said: Input) -> None:
        match said:
            case FrameHeard() | NoiseHeard() | SourceState():
                running.air(turn, said)
                orders.counted(turn)
            case Tick():
                running.ticked(turn, said)
                _passed(turn)
            case Sensed():
                running.sensed(turn, said)
            case ButtonPressed():
                telling.noted(turn)
            case Ordered() | Configured() | ClockTold():
                self._server(turn, said)
            case Started():
                _started(turn, said)
            case _:
                assert_never(said)

    def _server(self, turn: HomeTurn, said: Ordered | Configured | ClockTold) -> None:
        """Take what the server says, or what follows from it."""
        match said:
            case Ordered(command=command):
                orders.carry_out(turn, command)
            case Configured(configuration=configuration):
                self._configured(turn, configuration)
            case ClockTold(quality=quality):
                turn.change(clock=quality)

    def _configured(self, turn: HomeTurn, configuration: Configuration) -> None:
        if not running.newer(turn, configuration):
            return
        hearing.summed_up(turn)
        presence.judge(turn)
        turn.assignment = self._assigned(configuration)
        if turn.assignment is not None:
            running.configured(turn, turn.assignment)


def _started(turn: HomeTurn, said: Started) -> None:
    running.started(turn, said)
    walk = turn.state.walk
    if walk is not None:
        telling.result(turn, walk.number, CommandState.FAILED, "restarted")
    turn.change(walk=None)


def _passed(turn: HomeTurn) -> None:
    """Take the passing of time."""
    orders.walked(turn)
    if turn.state.messages:
        telling.messages(turn)
    if turn.state.doubts:
        hearing.doubts_told(turn)
    presence.call(turn)
    running.sums_up(turn)
