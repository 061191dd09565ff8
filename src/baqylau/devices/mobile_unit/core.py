"""The mobile control device (clause 1.4), pure: a value and what happened in, a value and what is to be done out.

The same core runs on the handheld and in replay. It has no clock: each input brings both of the device's
(`linux_unit.running`).
"""

from typing import assert_never

from baqylau.devices.linux_unit import hearing, judging, running, sources, telling
from baqylau.devices.linux_unit.inputs import (
    ButtonPressed,
    ClockTold,
    Configured,
    FrameHeard,
    NoiseHeard,
    Ordered,
    Sensed,
    SourceState,
    Started,
    Tick,
)
from baqylau.devices.linux_unit.outputs import Output
from baqylau.devices.linux_unit.turn import Turn
from baqylau.devices.mobile_unit import motion, orders, places, tether
from baqylau.devices.mobile_unit.inputs import CallPressed, Input, PanicPressed, SkySeen
from baqylau.devices.mobile_unit.state import MobileTurn, State
from baqylau.domain.observations import CallAsked, Panic
from baqylau.domain.people import DeviceKind
from baqylau.protocols.batch.commands import Configuration


class MobileUnit:
    """The core of one unit. Remembers what follows from the configuration, and the sky of this run."""

    __slots__ = ("_assigned", "_sky")

    def __init__(self) -> None:
        """Begin with nothing worked out."""
        self._assigned = running.Assigned(DeviceKind.MOBILE_UNIT)
        self._sky = places.Judge()

    def step(self, state: State, said: Input) -> tuple[State, tuple[Output, ...]]:
        """Take an input."""
        turn = Turn(self._assigned(state.configuration), state, said.at, said.monotonic_ms)
        if not isinstance(said, Started):
            running.clocks(turn)
        self._take(turn, said)
        turn.change(last_at=said.at, last_ms=said.monotonic_ms)
        tether.judge(turn)
        running.light(turn, missing=judging.waited_for(turn))
        return turn.done()

    def _take(self, turn: MobileTurn, said: Input) -> None:
        match said:
            case FrameHeard() | NoiseHeard() | SourceState():
                running.air(turn, said)
            case SkySeen():
                places.seen(turn, said, self._sky)
            case Tick():
                running.ticked(turn, said)
                _passed(turn)
            case Sensed() | ButtonPressed() | PanicPressed() | CallPressed():
                _hand(turn, said)
            case Ordered() | Configured() | ClockTold():
                self._server(turn, said)
            case Started():
                running.started(turn, said)
                motion.begun(turn)
                places.begun(turn)
            case _:
                assert_never(said)

    def _server(self, turn: MobileTurn, said: Ordered | Configured | ClockTold) -> None:
        """Take what the server says, or what follows from it."""
        match said:
            case Ordered(command=command):
                orders.carry_out(turn, command)
            case Configured(configuration=configuration):
                self._configured(turn, configuration)
            case ClockTold(quality=quality):
                turn.change(clock=quality)

    def _configured(self, turn: MobileTurn, configuration: Configuration) -> None:
        if not running.newer(turn, configuration):
            return
        hearing.summed_up(turn)
        tether.judge(turn)
        turn.assignment = self._assigned(configuration)
        if turn.assignment is not None:
            running.configured(turn, turn.assignment)


def _hand(turn: MobileTurn, said: Sensed | ButtonPressed | PanicPressed | CallPressed) -> None:
    """Take what the device feels, and the keys that the person presses."""
    match said:
        case Sensed():
            running.sensed(turn, said)
            if said.moving is not None:
                motion.felt(turn, moving=said.moving)
        case ButtonPressed():
            telling.noted(turn)
        case PanicPressed():
            places.asked(turn)
            sources.own(turn, Panic(), urgent=True)
            tether.answer(turn, "unit.say.help_asked")
        case CallPressed():
            sources.own(turn, CallAsked(), urgent=True)
            tether.answer(turn, "unit.say.call_asked")


def _passed(turn: MobileTurn) -> None:
    """Take the passing of time."""
    motion.passed(turn)
    places.passed(turn)
    if turn.state.messages:
        telling.messages(turn)
    if turn.state.doubts:
        hearing.doubts_told(turn)
    tether.call(turn)
    tether.remind(turn)
    running.sums_up(turn, *motion.said(turn.state))
