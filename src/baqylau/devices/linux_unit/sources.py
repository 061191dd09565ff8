"""How the unit's own receivers are: without it nobody's silence means absence.

A receiver that has heard nothing of any device for 90 s has failed. One that cannot be opened does not hear, at once,
and has failed when that lasts: it may only have been plugged in again. To the rules the unit is one receiver. It works
while at least one of its receivers does and, for everybody who is watched, one of those that heard the bracelet last:
another may not reach where the bracelet is.

Source: notes on radio and GNSS, section 2; catalogue S09.
"""

from statistics import median

from msgspec.structs import replace

from baqylau.devices.linux_unit import held_up
from baqylau.devices.linux_unit.state import Source, UnitState, Worn
from baqylau.devices.linux_unit.turn import S, Turn
from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import (
    Authentication,
    Battery,
    Body,
    Displaced,
    Enclosure,
    Observation,
    Power,
    ReceiverHealth,
    SelfTest,
)
from baqylau.protocols.batch.records import Own
from baqylau.rules.settings import RECEIVER_FAULT_AFTER_S

_SILENT_MS = 1000 * RECEIVER_FAULT_AFTER_S
_TOGETHER_MS = 60_000
"""Receivers that heard a bracelet within this time heard it last together."""
SENSORS_EVERY_MS = 900_000


def heard(turn: Turn[S], name: str) -> None:
    """Take it that a receiver heard something."""
    source = turn.state.sources.get(name)
    if source is None:
        return
    after = replace(source, heard_ms=turn.ms, flow=held_up.spoke(source.flow, turn.ms), frames=source.frames + 1)
    turn.change(sources=turn.state.sources | {name: after})
    if source.faulty:
        _judged(turn, name, after)


def believed(turn: Turn[S], name: str, made_s: float) -> None:
    """Take it that a frame of a receiver was believed that was made at an instant by our clock."""
    source = turn.state.sources[name]
    after = replace(source, flow=held_up.believed(source.flow, made_s))
    turn.change(sources=turn.state.sources | {name: after})


def noise(turn: Turn[S], name: str, noise_dbm: float) -> None:
    """Take how loud the band is."""
    source = turn.state.sources.get(name)
    if source is not None:
        after = replace(source, flow=held_up.spoke(source.flow, turn.ms), noise_dbm=(*source.noise_dbm, noise_dbm))
        turn.change(sources=turn.state.sources | {name: after})


def told(turn: Turn[S], name: str, *, working: bool) -> None:
    """Take it that a receiver could be opened, or was lost."""
    source = turn.state.sources.get(name)
    if source is not None and source.open != working:
        heard_ms = turn.ms if working else source.heard_ms
        _judged(turn, name, replace(source, open=working, heard_ms=heard_ms))


def passed(turn: Turn[S]) -> None:
    """Take the passing of time."""
    for name, source in turn.state.sources.items():
        _judged(turn, name, source)


def _judged(turn: Turn[S], name: str, source: Source) -> None:
    """Say at once that a receiver does not hear, or hears again; that it has failed only when that lasts."""
    failed = turn.ms - source.heard_ms >= _SILENT_MS
    after = replace(source, faulty=failed or not source.open, failed=failed)
    if after != turn.state.sources[name]:
        turn.change(sources=turn.state.sources | {name: after})
    test = (SelfTest(passed=not failed, part=f"radio {name}"),) if failed != source.failed else ()
    if test or after.faulty != source.faulty:
        own(turn, *test, _health(turn.state))
        turn.upload()


def _health(state: UnitState) -> ReceiverHealth:
    noise_dbm = [one for source in state.sources.values() for one in source.noise_dbm]
    return ReceiverHealth(
        working=listens(state),
        frames=sum(source.frames for source in state.sources.values()),
        noise_dbm=median(noise_dbm) if noise_dbm else None,
    )


def listens(state: UnitState) -> bool:
    """Whether the unit's silence about somebody means anything."""
    working = {name for name, source in state.sources.items() if not source.faulty}
    watched = () if state.configuration is None else state.configuration.watched
    heard_by = (ears(state.worn[one.transmitter_id]) for one in watched if one.transmitter_id in state.worn)
    return bool(working) and all(not one or one & working for one in heard_by)


def ears(worn: Worn) -> set[str]:
    """Give the receivers that heard a transmitter last."""
    since_ms = max(worn.heard_ms.values(), default=0) - _TOGETHER_MS
    return {name for name, ms in worn.heard_ms.items() if ms >= since_ms}


def report(turn: Turn[S], *more: Body) -> None:
    """Write down how the receivers are, and from time to time everything else that the unit knows of itself."""
    bodies: tuple[Body, ...] = (_health(turn.state), *more)
    if turn.ms - turn.state.sensed_ms >= SENSORS_EVERY_MS:
        bodies += sensed(turn.state)
        turn.change(sensed_ms=turn.ms)
    own(turn, *bodies)
    begun = {name: replace(one, frames=0, noise_dbm=()) for name, one in turn.state.sources.items()}
    turn.change(sources=begun)


def sensed(state: UnitState) -> tuple[Body, ...]:
    """Give what the board's sensors said last."""
    sensors = state.sensors
    bodies: list[Body] = []
    if sensors.mains is not None:
        bodies.append(Power(external=sensors.mains))
    if sensors.battery_percent is not None:
        bodies.append(Battery(level_percent=sensors.battery_percent))
    if sensors.opened is not None:
        bodies.append(Enclosure(open=sensors.opened))
    if sensors.moved is not None:
        bodies.append(Displaced(moved=sensors.moved))
    return tuple(bodies)


def own(turn: Turn[S], *bodies: Body, urgent: bool = False) -> None:
    """Write down what the unit says of itself."""
    record = turn.write(Own(bodies=bodies), urgent=urgent)
    turn.heard.append(
        Observation(
            id=ObservationId(f"{record.seq:032x}"),
            device_id=turn.state.device_id,
            observed_at=turn.at,
            received_at=turn.at,
            bodies=bodies,
            authentication=Authentication.DEVICE_KEY,
        )
    )
