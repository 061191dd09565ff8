"""What an officer did in the field becomes fittings, maintenance and orders: by what is in force, or not at all. Pure.

As `device fit`, `unfit` and `swap` do it, at the instant at which it was done. Alarms about the devices rest from the
beginning of the work for as long as the officer said, and for a short time after it is done.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import assert_never

from msgspec.structs import replace

from baqylau.domain.commands import LocateMode, Order, ReportNow, WalkNow
from baqylau.domain.field import FieldRefusal, Stage
from baqylau.domain.ids import DeviceId, FittingId, MaintenanceId, PersonId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import SHARED, Device, Maintenance
from baqylau.protocols.console.words import Act, Fitted, Walked, Wanted
from baqylau.protocols.fleet import FLEET, has_words
from baqylau.storage.equipment.field_acts import Ground, Ordered, Outcome
from baqylau.storage.registers.registry import Registry

LINK, BEACON = "link", "beacon"
SETTLES = timedelta(minutes=5)
"""So long after the work alarms rest still: strap and clock of what came on say their first words [K]."""
WORK_MINUTES_MAX = 240
ORDER_LATE = timedelta(minutes=15)
"""An order that was asked for longer ago is no use at the door any more [K]."""
ORDER_LASTS = timedelta(minutes=30)
IN_THE_FIELD = (LocateMode, ReportNow, WalkNow)
"""What an officer may ask of a device on the way."""


def named(said: Act) -> tuple[DeviceId, ...]:
    """Give the devices that an act is about."""
    match said:
        case Fitted(off=off, on=on):
            return tuple(one for one in (off, on) if one)
        case Wanted(device_id=device_id):
            return (device_id,)
        case Walked():
            return ()
        case _:
            assert_never(said)


def outcome(said: Act, at: datetime, now: datetime, ground: Ground, knows: Callable[[Device], bool]) -> Outcome:
    """Give what is to be done for an act of an instant. `knows`: whether anything in a device's name is believed."""
    if any(one not in ground.devices for one in named(said)):
        return FieldRefusal.UNKNOWN_DEVICE
    match said:
        case Fitted():
            return _fitted(said, at, ground, knows)
        case Wanted():
            return _wanted(said, at, now, ground, knows)
        case Walked():
            return None
        case _:
            assert_never(said)


def _fitted(said: Fitted, at: datetime, ground: Ground, knows: Callable[[Device], bool]) -> Outcome:
    if said.stage is Stage.WITHDRAWN:
        return Registry(maintenances=tuple(_ended(said, ground, at)))
    worn = _worn(said, at, ground)
    if said.off and not any(one.person_id == said.person_id for one in worn):
        return FieldRefusal.NOT_WORN
    if said.on and (refusal := _taken(said, at, ground, knows)) is not None:
        return refusal
    people = [one.person_id for one in worn] or [said.person_id]
    if said.stage is Stage.BEGUN:
        until_at = at + timedelta(minutes=min(max(said.minutes, 1), WORK_MINUTES_MAX))
        return Registry(maintenances=tuple(_rests(said, people, at, until_at)))
    return Registry(
        fittings=(
            *(replace(one, until_at=at) for one in worn),
            *(_fitting(said.on, one, at) for one in people if said.on),
        ),
        maintenances=tuple(_ended(said, ground, at + SETTLES)),
    )


def _worn(said: Fitted, at: datetime, ground: Ground) -> list[Fitting]:
    """Give the fittings that end: what serves a whole flat is exchanged for everybody there, and taken off one."""
    worn = [one for one in ground.fittings if one.device_id == said.off and _holds(one, at)]
    if said.on and said.off and ground.devices[said.off].kind in SHARED:
        return worn
    return [one for one in worn if one.person_id == said.person_id]


def _taken(said: Fitted, at: datetime, ground: Ground, knows: Callable[[Device], bool]) -> FieldRefusal | None:
    device = ground.devices[said.on]
    if device.protocol in {LINK, BEACON} and not knows(device):
        return FieldRefusal.NO_KEY
    on = [one for one in ground.fittings if one.device_id == said.on and (one.until_at is None or at < one.until_at)]
    theirs = any(one.person_id == said.person_id for one in on)
    return FieldRefusal.ELSEWHERE if on and (theirs or device.kind not in SHARED) else None


def _holds(fitting: Fitting, at: datetime) -> bool:
    return fitting.from_at < at and (fitting.until_at is None or at < fitting.until_at)


def _fitting(device_id: DeviceId, person_id: PersonId, at: datetime) -> Fitting:
    name = FittingId(f"{device_id}-{person_id}-{at:%Y%m%dT%H%M%S%f}")
    return Fitting(id=name, device_id=device_id, person_id=person_id, from_at=at)


def _rests(said: Fitted, people: list[PersonId], at: datetime, until_at: datetime) -> Iterator[Maintenance]:
    for person_id in people:
        for device_id in named(said):
            yield Maintenance(
                id=MaintenanceId(f"field-{said.act_id}-{device_id}-{person_id}"),
                person_id=person_id,
                device_id=device_id,
                from_at=at,
                until_at=until_at,
                reason=said.reason,
                by=said.officer,
            )


def _ended(said: Fitted, ground: Ground, until_at: datetime) -> Iterator[Maintenance]:
    """Give the maintenance of this work with its right end; what passed already stays as it was."""
    for one in ground.supervision.maintenances:
        if one.id.startswith(f"field-{said.act_id}-") and one.from_at < until_at:
            yield replace(one, until_at=until_at)


def _wanted(said: Wanted, at: datetime, now: datetime, ground: Ground, knows: Callable[[Device], bool]) -> Outcome:
    device = ground.devices[said.device_id]
    if not any(one.person_id == said.person_id and _holds(one, now) for one in ground.fittings):
        return FieldRefusal.NOT_WORN
    if not _takes(device, said.order, knows):
        return FieldRefusal.ONLY_SENDS
    if now - at > ORDER_LATE:
        return FieldRefusal.TOO_LATE
    return Ordered(device_id=device.id, order=said.order, expires_at=now + ORDER_LASTS)


def _takes(device: Device, order: Order, knows: Callable[[Device], bool]) -> bool:
    if not isinstance(order, IN_THE_FIELD):
        return False
    if device.protocol in FLEET:
        return has_words(device.protocol, order)
    return device.protocol == LINK and knows(device)
