"""The stationary photo-electrochemical unit (clause 1.7), pure: a value and what happened in, what is to be done out.

The same core runs on the board, with the physical model and in replay. It has no clock: each input brings both of the
board's (`linux_unit.running`). It compares with no limit of the law, and photographs nobody outside a test.
"""

from datetime import timedelta
from typing import assert_never

from baqylau.devices.breath_unit import course, orders, outcome, session
from baqylau.devices.breath_unit.inputs import (
    BoardSaid,
    BreathInput,
    CalibrationRead,
    PhotoTaken,
    RowsCame,
    Signed,
)
from baqylau.devices.breath_unit.metrology.calibration import VALID_FOR, Lock
from baqylau.devices.breath_unit.state import BreathTurn, Phase, State
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
from baqylau.domain.checks import Bypass, Calibrated
from baqylau.domain.observations import SelfTest
from baqylau.domain.people import DeviceKind
from baqylau.links.breath_lines import Board, Switch, Switched
from baqylau.protocols.batch.records import Alive, ClockQuality

LOST_TOLD_MS = 10_000
"""A board that is away for less is a plug that was moved, or one that starts more slowly than we."""
DAY_MS = round(timedelta(days=1).total_seconds() * 1000)


class BreathUnit:
    """The core of one unit. Remembers only what follows from the configuration in the state."""

    __slots__ = ("_assigned",)

    def __init__(self) -> None:
        """Begin with nothing worked out."""
        self._assigned = running.Assigned(DeviceKind.BREATH_UNIT)

    def step(self, state: State, said: BreathInput) -> tuple[State, tuple[Output, ...]]:
        """Take an input."""
        turn = Turn(self._assigned(state.configuration), state, said.at, said.monotonic_ms)
        if not isinstance(said, Started):
            running.clocks(turn)
        self._take(turn, said)
        turn.change(last_at=said.at, last_ms=said.monotonic_ms)
        _light(turn)
        return turn.done()

    def _take(self, turn: BreathTurn, said: BreathInput) -> None:
        match said:
            case RowsCame() | BoardSaid() | SourceState() | PhotoTaken() | Signed() | CalibrationRead():
                _equipment(turn, said)
            case Tick():
                _passed(turn)
            case Sensed():
                running.sensed(turn, said)
            case ButtonPressed():
                orders.button(turn, locked(turn))
            case Ordered() | Configured() | ClockTold():
                self._server(turn, said)
            case Started():
                _started(turn, said)
            case FrameHeard() | NoiseHeard():
                pass
            case _:
                assert_never(said)

    def _server(self, turn: BreathTurn, said: Ordered | Configured | ClockTold) -> None:
        match said:
            case Ordered(command=command):
                orders.carry_out(turn, command, locked(turn))
            case Configured(configuration=configuration):
                if running.newer(turn, configuration):
                    turn.assignment = self._assigned(configuration)
                    if turn.assignment is not None:
                        running.configured(turn, turn.assignment)
            case ClockTold(quality=quality):
                turn.change(clock=quality)


Equipment = RowsCame | BoardSaid | SourceState | PhotoTaken | Signed | CalibrationRead


def _equipment(turn: BreathTurn, said: Equipment) -> None:
    match said:
        case RowsCame(rows=rows):
            session.rows_came(turn, rows)
        case BoardSaid(what=what):
            _board_said(turn, what)
        case SourceState(working=working):
            _board_lost(turn, lost=not working)
        case PhotoTaken(photo=photo, kept=kept):
            session.photo_taken(turn, photo, kept=kept)
        case Signed():
            outcome.signed(turn, said)
        case CalibrationRead():
            _calibrated(turn, said)


def locked(turn: BreathTurn) -> str:
    """Give why the unit cannot measure now; empty when it can."""
    state = turn.state
    if state.board_lost or state.board is None:
        return "no_board"
    if state.refused is not None:
        return state.refused
    if state.calibration is None:
        return Lock.NOT_CALIBRATED
    found = state.calibration.locked(unit=state.device_id, cell=state.board.cell, at=turn.at, newest=state.newest)
    return found or ""


def _board_said(turn: BreathTurn, what: Board | Switched) -> None:
    match what:
        case Board():
            turn.change(board=what)
            _board_lost(turn, lost=False)
        case Switched(switch=Switch.CASE, on=on):
            running.sensed(turn, Sensed(at=turn.at, monotonic_ms=turn.ms, opened=on))
        case Switched(switch=Switch.MAINS, on=on):
            running.sensed(turn, Sensed(at=turn.at, monotonic_ms=turn.ms, mains=on))
        case Switched(switch=Switch.INTAKE, on=on):
            _intake(turn, off=on)
        case Switched(switch=Switch.BUTTON, on=on):
            if on:
                orders.button(turn, locked(turn))


def _intake(turn: BreathTurn, *, off: bool) -> None:
    if off and not turn.state.intake_off:
        sources.own(turn, Bypass(kind="intake"), urgent=True)
        session.broken_off(turn, "intake_off")
    turn.change(intake_off=off)


def _board_lost(turn: BreathTurn, *, lost: bool) -> None:
    if lost != turn.state.board_lost:
        turn.change(board_lost=lost, lost_ms=turn.ms)
    if lost:
        course.fail(turn, "board_lost")
    elif turn.state.lost_told:
        _tell_board(turn, there=True)


def _tell_board(turn: BreathTurn, *, there: bool) -> None:
    sources.own(turn, SelfTest(passed=there, part="breath board"))
    turn.change(lost_told=not there)
    turn.upload()


def _calibrated(turn: BreathTurn, said: CalibrationRead) -> None:
    """Take what the workshop's file says; a version that was run by is never gone back from."""
    newest = max(turn.state.newest, 0 if said.file is None else said.file.version)
    older = said.file is not None and said.file.version < turn.state.newest
    refused = Lock.OLDER if older else said.why
    turn.change(calibration=said.file, refused=refused, newest=newest)
    _tell_calibration(turn)


def _tell_calibration(turn: BreathTurn) -> None:
    """Say how the calibration stands, once a day and when it changes. Whose cell it is for, only a board can say."""
    file, why = turn.state.calibration, locked(turn)
    if turn.state.board is None or turn.state.board_lost:
        return
    told = f"{'' if file is None else file.name} {why}"
    if told == turn.state.told and turn.ms - turn.state.told_ms < DAY_MS:
        return
    until_at = turn.at if file is None else file.calibration.made_at + VALID_FOR
    sources.own(turn, Calibrated(until_at=until_at, locked=bool(why), why=why))
    turn.change(told=told, told_ms=turn.ms)
    turn.upload()


def _started(turn: BreathTurn, said: Started) -> None:
    running.started(turn, said)
    turn.change(board=None, board_lost=False, told_ms=turn.ms - DAY_MS)
    asking.started(turn)
    session.cut_off(turn)


def _passed(turn: BreathTurn) -> None:
    """Take the passing of time."""
    asking.waited(turn, orders.VOICE)
    session.passed(turn)
    going = turn.state.session
    if going is not None and going.phase is Phase.SIGN and turn.ms - going.phase_ms >= session.SIGNED_WITHIN_MS:
        outcome.told(turn, going, Signed(at=turn.at, monotonic_ms=turn.ms, check_id=going.order.check_id))
    if turn.state.messages:
        telling.messages(turn)
    if turn.state.board_lost and not turn.state.lost_told and turn.ms - turn.state.lost_ms >= LOST_TOLD_MS:
        _tell_board(turn, there=False)
    _tell_calibration(turn)
    configuration = turn.state.configuration
    every_s = running.REPORT_EVERY_S if configuration is None else configuration.report_every_s
    if turn.ms - turn.state.reported_ms >= 1000 * every_s:
        turn.change(reported_ms=turn.ms)
        turn.write(Alive())
        turn.upload()
    if turn.ms - turn.state.sensed_ms >= sources.SENSORS_EVERY_MS:
        turn.change(sensed_ms=turn.ms)
        sources.own(turn, *sources.sensed(turn.state))


def _light(turn: BreathTurn) -> None:
    """Show what matters most."""
    lamp = Lamp.CALM
    if locked(turn) or turn.state.clock is ClockQuality.UNSET:
        lamp = Lamp.FAULT
    elif turn.state.messages or any(one.prompted for one in turn.state.waiting):
        lamp = Lamp.MESSAGE
    if lamp is not turn.state.lamp:
        turn.change(lamp=lamp)
        turn.outputs.append(Light(lamp))
