"""The stationary audio-visual unit (clause 1.6), pure: a value and what happened in, what is to be done out.

The same core runs on the board, with recordings in place of camera and microphone, and in replay. It has no clock: each
input brings both of the board's (`linux_unit.running`). It compares nobody with anybody, and looks at nobody outside a
check or a call: camera and microphone are opened in `session.began` and `calling._answered` alone, each by the
person's press of the button.
"""

from typing import assert_never

from baqylau.devices.av_unit import calling, orders, session
from baqylau.devices.av_unit.inputs import (
    AvInput,
    CallGone,
    CallKept,
    CallOpened,
    CaptureFailed,
    Looked,
    RefusePressed,
    Signed,
)
from baqylau.devices.av_unit.state import AvTurn, State
from baqylau.devices.linux_unit import asking, running, sources, telling
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
from baqylau.devices.linux_unit.outputs import Lamp, Light, Output
from baqylau.devices.linux_unit.turn import Turn
from baqylau.domain.people import DeviceKind
from baqylau.protocols.batch.records import Alive, ClockQuality


class AvUnit:
    """The core of one unit. Remembers only what follows from the configuration in the state."""

    __slots__ = ("_assigned", "_calls", "_lamp")

    def __init__(self, *, lamp: bool = False, calls: bool = True) -> None:
        """Begin with nothing worked out. `lamp`: the screen can light the face in colours; `calls`: it takes calls."""
        self._calls = calls
        self._assigned = running.Assigned(DeviceKind.AV_UNIT)
        self._lamp = lamp

    def step(self, state: State, said: AvInput) -> tuple[State, tuple[Output, ...]]:
        """Take an input."""
        turn = Turn(self._assigned(state.configuration), state, said.at, said.monotonic_ms)
        if not isinstance(said, Started):
            running.clocks(turn)
        self._take(turn, said)
        turn.change(last_at=said.at, last_ms=said.monotonic_ms)
        _light(turn)
        return turn.done()

    def _take(self, turn: AvTurn, said: AvInput) -> None:
        match said:
            case Looked() | CaptureFailed() | Signed():
                self._captured(turn, said)
            case CallOpened() | CallGone() | CallKept():
                _called(turn, said)
            case Tick() | Sensed() | ButtonPressed() | RefusePressed():
                self._board(turn, said)
            case Ordered() | Configured() | ClockTold():
                self._server(turn, said)
            case Started():
                _started(turn, said)
            case FrameHeard() | NoiseHeard() | SourceState():
                pass
            case _:
                assert_never(said)

    def _board(self, turn: AvTurn, said: Tick | Sensed | ButtonPressed | RefusePressed) -> None:
        match said:
            case Tick():
                _passed(turn)
                session.passed(turn, lamp=self._lamp)
                calling.passed(turn)
            case Sensed(moving=moving):
                running.sensed(turn, said)
                if moving:
                    orders.somebody_near(turn)
            case ButtonPressed():
                if not calling.button(turn):
                    orders.button(turn, lamp=self._lamp)
            case RefusePressed():
                calling.refused(turn)

    def _captured(self, turn: AvTurn, said: Looked | CaptureFailed | Signed) -> None:
        going = turn.state.session
        if going is None or going.order.check_id != said.check_id:
            return
        match said:
            case Looked(look=look):
                session.looked(turn, look, lamp=self._lamp)
            case CaptureFailed(part=part):
                session.failed(turn, part)
            case Signed():
                session.signed(turn, said)

    def _server(self, turn: AvTurn, said: Ordered | Configured | ClockTold) -> None:
        match said:
            case Ordered(command=command):
                orders.carry_out(turn, command, calls=self._calls)
            case Configured(configuration=configuration):
                if running.newer(turn, configuration):
                    turn.assignment = self._assigned(configuration)
                    if turn.assignment is not None:
                        running.configured(turn, turn.assignment)
            case ClockTold(quality=quality):
                turn.change(clock=quality)


def _called(turn: AvTurn, said: CallOpened | CallGone | CallKept) -> None:
    match said:
        case CallOpened(call_id=call_id, description=description):
            calling.opened(turn, call_id, description)
        case CallGone(call_id=call_id, how=how):
            calling.over(turn, call_id, how)
        case CallKept():
            calling.kept(turn, said)


def _started(turn: AvTurn, said: Started) -> None:
    running.started(turn, said)
    asking.started(turn)
    session.cut_off(turn)
    calling.cut_off(turn)


def _passed(turn: AvTurn) -> None:
    """Take the passing of time."""
    asking.waited(turn, orders.VOICE)
    if turn.state.messages:
        telling.messages(turn)
    configuration = turn.state.configuration
    every_s = running.REPORT_EVERY_S if configuration is None else configuration.report_every_s
    if turn.ms - turn.state.reported_ms < 1000 * every_s:
        return
    turn.change(reported_ms=turn.ms)
    bodies = sources.sensed(turn.state) if turn.ms - turn.state.sensed_ms >= sources.SENSORS_EVERY_MS else ()
    if bodies:
        turn.change(sensed_ms=turn.ms)
        sources.own(turn, *bodies)
    else:
        turn.write(Alive())
    turn.upload()


def _light(turn: AvTurn) -> None:
    """Show what matters most."""
    lamp = Lamp.CALM
    if turn.state.broken or turn.state.clock is ClockQuality.UNSET:
        lamp = Lamp.FAULT
    elif turn.state.messages or any(one.prompted for one in turn.state.waiting):
        lamp = Lamp.MESSAGE
    if lamp is not turn.state.lamp:
        turn.change(lamp=lamp)
        turn.outputs.append(Light(lamp))
