"""The stationary control device (clause 1.3), pure: a value and what happened in, a value and what is to be done out.

The same core runs on the board, in the virtual air and in replay. It has no clock: each input brings both of the
board's. A step of UTC is noticed beside the monotonic clock: what was learned of the transmitters' clocks moves along,
and what was half seen of anybody's presence is forgotten, so a wrong clock accuses nobody.
"""

from datetime import datetime, timedelta
from typing import assert_never

from msgspec.structs import replace

from baqylau.devices.home_unit import hearing, orders, presence, sources
from baqylau.devices.home_unit.arrival import UNKNOWN
from baqylau.devices.home_unit.household import Household
from baqylau.devices.home_unit.inputs import (
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
from baqylau.devices.home_unit.outputs import AskTime, Lamp, Light, Output
from baqylau.devices.home_unit.state import Source, State, Worn
from baqylau.devices.home_unit.turn import Turn
from baqylau.domain.commands import CommandState
from baqylau.domain.observations import Battery, Body, Displaced, Enclosure, Power
from baqylau.protocols.batch.commands import Configuration
from baqylau.protocols.batch.records import Alive, ClockQuality
from baqylau.protocols.beacon.recognising import Clock
from baqylau.protocols.beacon.system_time import seconds_at

CLOCK_STEP_S = 2.0
"""UTC that moved so much beside the monotonic clock was set."""
REPORT_EVERY_S = 60
"""How often the unit sums up while it has no configuration."""
_BATTERY_STEP = 5.0
"""A change of charge by so many percent is told at once."""


class HomeUnit:
    """The core of one unit. Remembers only what follows from the configuration in the state."""

    __slots__ = ("_household",)

    def __init__(self) -> None:
        """Begin with nothing worked out."""
        self._household: Household | None = None

    def step(self, state: State, said: Input) -> tuple[State, tuple[Output, ...]]:
        """Take an input."""
        turn = Turn(self._of(state.configuration), state, said.at, said.monotonic_ms)
        if not isinstance(said, Started):
            _clocks(turn)
        _take(turn, said)
        turn.household = self._of(turn.state.configuration)
        turn.change(last_at=said.at, last_ms=said.monotonic_ms)
        presence.judge(turn)
        _light(turn)
        return turn.done()

    def _of(self, configuration: Configuration | None) -> Household | None:
        """Give what a configuration says, made ready."""
        if configuration is None:
            return None
        if self._household is None or self._household.configuration is not configuration:
            self._household = Household(configuration)
        return self._household


def _take(turn: Turn, said: Input) -> None:
    match said:
        case FrameHeard() | NoiseHeard() | SourceState():
            _air(turn, said)
        case Tick():
            _passed(turn)
        case Sensed():
            _sensed(turn, said)
        case ButtonPressed():
            orders.noted(turn)
        case Ordered() | Configured() | ClockTold():
            _server(turn, said)
        case Started():
            _started(turn, said)
        case _:
            assert_never(said)


def _air(turn: Turn, said: FrameHeard | NoiseHeard | SourceState) -> None:
    """Take what a receiver says."""
    match said:
        case FrameHeard():
            hearing.heard(turn, said)
        case NoiseHeard(source=source, noise_dbm=noise_dbm):
            sources.noise(turn, source, noise_dbm)
        case SourceState(source=source, working=working):
            sources.told(turn, source, working=working)


def _server(turn: Turn, said: Ordered | Configured | ClockTold) -> None:
    """Take what the server says, or what follows from it."""
    match said:
        case Ordered(command=command):
            orders.carry_out(turn, command)
        case Configured(configuration=configuration):
            _configured(turn, configuration)
        case ClockTold(quality=quality):
            turn.change(clock=quality)


def _started(turn: Turn, said: Started) -> None:
    """Begin to run: write down what was counted before, and that there is a new beginning."""
    hearing.summed_up(turn)
    turn.write(Alive())
    walk = turn.state.walk
    if walk is not None:
        orders.result(turn, walk.number, CommandState.FAILED, "restarted")
    turn.change(
        sources={name: Source(heard_ms=turn.ms) for name in said.sources},
        worn={device_id: _unheard(worn, said.sources) for device_id, worn in turn.state.worn.items()},
        doubts={key: replace(one, told_ms=turn.ms) for key, one in turn.state.doubts.items()},
        reported_ms=turn.ms,
        sensed_ms=turn.ms - sources.SENSORS_EVERY_MS,
        walk=None,
        lamp=None,
    )
    turn.upload()
    if turn.state.clock is ClockQuality.UNSET:
        turn.outputs.append(AskTime())


def _unheard(worn: Worn, names: tuple[str, ...]) -> Worn:
    """Keep what outlives a new beginning: the clock, the status, and which receivers hear it."""
    heard_ms = {name: 0 for name in sources.ears(worn) if name in names}
    return replace(worn, heard_ms=heard_ms, last_ms=None, counts={}, phase=UNKNOWN, called=False)


def _clocks(turn: Turn) -> None:
    """Notice a step of UTC."""
    state = turn.state
    if state.last_at is None:
        return
    passed_s = (turn.ms - state.last_ms) / 1000
    step_s = (turn.at - state.last_at).total_seconds() - passed_s
    if abs(step_s) < CLOCK_STEP_S:
        return
    turn.write(Alive(), at=_moved(state.last_at, passed_s))
    turn.write(Alive())
    turn.change(
        worn={device_id: replace(worn, clock=_set(worn.clock, step_s)) for device_id, worn in state.worn.items()},
        persons={},
    )
    if turn.household is not None:
        turn.household.recogniser.own({device_id: worn.clock for device_id, worn in turn.state.worn.items()})
    turn.upload()


def _moved(at: datetime, seconds: float) -> datetime:
    """Give the instant by the clock as it was before it was set."""
    return at + timedelta(seconds=seconds)


def _set(clock: Clock, step_s: float) -> Clock:
    """Give what is known of a transmitter's clock after ours was set; it itself did not move."""
    return Clock(
        offset_s=clock.offset_s - step_s,
        doubt_s=clock.doubt_s,
        learned_s=clock.learned_s + step_s,
        last=clock.last,
    )


def _passed(turn: Turn) -> None:
    """Take the passing of time."""
    sources.passed(turn)
    orders.walked(turn)
    if turn.state.messages:
        orders.messages(turn)
    if turn.state.doubts:
        hearing.doubts_told(turn)
    presence.call(turn)
    configuration = turn.state.configuration
    every_s = REPORT_EVERY_S if configuration is None else configuration.report_every_s
    if turn.ms - turn.state.reported_ms >= 1000 * every_s:
        turn.change(reported_ms=turn.ms)
        hearing.summed_up(turn)
        sources.report(turn)
        turn.upload()


def _sensed(turn: Turn, said: Sensed) -> None:
    """Write down what changed at the box. That it was moved holds until somebody has looked at it."""
    known = turn.state.sensors
    moved = True if known.moved and said.moved is not None else said.moved
    told = replace(said, moved=moved)
    after = replace(
        known,
        **{
            name: value
            for name in ("mains", "battery_percent", "moved", "opened")
            if (value := getattr(told, name)) is not None
        },
    )
    bodies: list[Body] = []
    if told.mains is not None and told.mains != known.mains:
        bodies.append(Power(external=told.mains))
    if told.opened is not None and told.opened != known.opened:
        bodies.append(Enclosure(open=told.opened))
    if told.moved is not None and told.moved != known.moved:
        bodies.append(Displaced(moved=told.moved))
    percent = told.battery_percent
    if percent is not None and _charge_changed(known.battery_percent, percent):
        bodies.append(Battery(level_percent=percent))
    else:
        after = replace(after, battery_percent=known.battery_percent)
    turn.change(sensors=after)
    if bodies:
        sources.own(turn, *bodies, urgent=Enclosure(open=True) in bodies or Displaced(moved=True) in bodies)
        turn.upload()


def _charge_changed(before: float | None, percent: float) -> bool:
    return before is None or abs(percent - before) >= _BATTERY_STEP


def _configured(turn: Turn, configuration: Configuration) -> None:
    """Run by another configuration. An older one than that in force changes nothing."""
    known = turn.state.configuration
    if known is not None and configuration.version <= known.version:
        return
    hearing.summed_up(turn)
    presence.judge(turn)
    begun = Worn(clock=Clock(learned_s=seconds_at(configuration.issued_at)))
    household = Household(configuration)
    worn = {device_id: turn.state.worn.get(device_id, begun) for device_id in household.transmitters()}
    persons = {key: one for key, one in turn.state.persons.items() if key in household.persons}
    turn.change(configuration=configuration, worn=worn, persons=persons)
    turn.upload()


def _light(turn: Turn) -> None:
    """Show what matters most."""
    lamp = Lamp.CALM
    if not sources.listens(turn.state) or turn.state.clock is ClockQuality.UNSET:
        lamp = Lamp.FAULT
    elif presence.waited_for(turn):
        lamp = Lamp.MISSING
    elif turn.state.messages:
        lamp = Lamp.MESSAGE
    if lamp is not turn.state.lamp:
        turn.change(lamp=lamp)
        turn.outputs.append(Light(lamp))
