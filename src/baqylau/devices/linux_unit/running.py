"""How every unit begins, runs by its clocks, sums up what it heard, and takes another configuration.

A step of UTC is noticed beside the monotonic clock: what was learned of the transmitters' clocks moves along, and what
was half seen of anybody's presence is forgotten, so a wrong clock accuses nobody.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from baqylau.devices.linux_unit import hearing, held_up, sources
from baqylau.devices.linux_unit.arrival import UNKNOWN
from baqylau.devices.linux_unit.assignment import Assignment
from baqylau.devices.linux_unit.inputs import FrameHeard, NoiseHeard, Sensed, SourceState, Started, Tick
from baqylau.devices.linux_unit.outputs import AskTime, Lamp, Light
from baqylau.devices.linux_unit.state import Source, Worn
from baqylau.devices.linux_unit.turn import S, Turn
from baqylau.domain.observations import Battery, Body, Displaced, Enclosure, Power
from baqylau.domain.people import DeviceKind
from baqylau.protocols.batch.commands import Configuration
from baqylau.protocols.batch.records import Alive, ClockQuality
from baqylau.protocols.beacon.recognising import Clock
from baqylau.protocols.beacon.system_time import seconds_at

CLOCK_STEP_S = 2.0
"""UTC that moved so much beside the monotonic clock was set."""
REPORT_EVERY_S = 60
"""How often the unit sums up while it has no configuration."""
_OF_LATE = 0.2
"""Weight of one tick in the mean of how late the program comes to them."""
_BATTERY_STEP = 5.0
"""A change of charge by so many percent is told at once."""


class Assigned:
    """The configuration in force, made ready once."""

    __slots__ = ("_kind", "_ready")

    def __init__(self, kind: DeviceKind) -> None:
        """Take what the unit is."""
        self._kind = kind
        self._ready: Assignment | None = None

    def __call__(self, configuration: Configuration | None) -> Assignment | None:
        """Give what a configuration says."""
        if configuration is None:
            return None
        if self._ready is None or self._ready.configuration is not configuration:
            self._ready = Assignment(configuration, self._kind)
        return self._ready


def air(turn: Turn[S], said: FrameHeard | NoiseHeard | SourceState) -> None:
    """Take what a receiver says."""
    match said:
        case FrameHeard():
            hearing.heard(turn, said)
        case NoiseHeard(source=source, noise_dbm=noise_dbm):
            sources.noise(turn, source, noise_dbm)
        case SourceState(source=source, working=working):
            sources.told(turn, source, working=working)


def ticked(turn: Turn[S], said: Tick) -> None:
    """Take the passing of time: how punctual the program is, and what its receivers do not hear."""
    turn.change(late_ms=turn.state.late_ms + _OF_LATE * (said.late_ms - turn.state.late_ms))
    sources.passed(turn)


def started(turn: Turn[S], said: Started) -> None:
    """Begin to run: write down what was counted before, and that there is a new beginning."""
    hearing.summed_up(turn)
    turn.write(Alive())
    turn.change(
        late_ms=0.0,
        sources={name: Source(heard_ms=turn.ms, flow=held_up.begun(turn.ms)) for name in said.sources},
        worn={device_id: _unheard(worn, said.sources) for device_id, worn in turn.state.worn.items()},
        doubts={key: replace(one, told_ms=turn.ms) for key, one in turn.state.doubts.items()},
        reported_ms=turn.ms,
        sensed_ms=turn.ms - sources.SENSORS_EVERY_MS,
        lamp=None,
    )
    turn.upload()
    if turn.state.clock is ClockQuality.UNSET:
        turn.outputs.append(AskTime())


def _unheard(worn: Worn, names: tuple[str, ...]) -> Worn:
    """Keep what outlives a new beginning: the clock, the status, and which receivers hear it."""
    heard_ms = {name: 0 for name in sources.ears(worn) if name in names}
    return replace(worn, heard_ms=heard_ms, last_ms=None, counts={}, phase=UNKNOWN, called=False)


def clocks(turn: Turn[S]) -> None:
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
        sources={name: replace(one, flow=held_up.moved(one.flow, step_s)) for name, one in state.sources.items()},
        persons={},
    )
    if turn.assignment is not None:
        turn.assignment.recogniser.own({device_id: worn.clock for device_id, worn in turn.state.worn.items()})
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


def sums_up(turn: Turn[S], *more: Body) -> None:
    """Sum up what was heard, when its time has come; `more` is what this kind of unit says of itself beside it."""
    configuration = turn.state.configuration
    every_s = REPORT_EVERY_S if configuration is None else configuration.report_every_s
    if turn.ms - turn.state.reported_ms < 1000 * every_s:
        return
    turn.change(reported_ms=turn.ms)
    hearing.summed_up(turn)
    sources.report(turn, *more)
    turn.upload()


def sensed(turn: Turn[S], said: Sensed) -> None:
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


def newer(turn: Turn[S], configuration: Configuration) -> bool:
    """Tell whether a configuration is newer than that in force: an older one changes nothing."""
    known = turn.state.configuration
    return known is None or configuration.version > known.version


def configured(turn: Turn[S], assignment: Assignment) -> None:
    """Run by another configuration."""
    configuration = assignment.configuration
    begun = Worn(clock=Clock(learned_s=seconds_at(configuration.issued_at)))
    worn = {device_id: turn.state.worn.get(device_id, begun) for device_id in assignment.transmitters()}
    persons = {key: one for key, one in turn.state.persons.items() if key in assignment.persons}
    turn.change(configuration=configuration, worn=worn, persons=persons)
    turn.upload()


def light(turn: Turn[S], *, missing: bool) -> None:
    """Show what matters most."""
    lamp = Lamp.CALM
    if not sources.listens(turn.state) or turn.state.clock is ClockQuality.UNSET:
        lamp = Lamp.FAULT
    elif missing:
        lamp = Lamp.MISSING
    elif turn.state.messages:
        lamp = Lamp.MESSAGE
    if lamp is not turn.state.lamp:
        turn.change(lamp=lamp)
        turn.outputs.append(Light(lamp))
