"""A device with what it said of itself when it was heard here."""

from datetime import datetime

from baqylau.domain.people import Device
from baqylau.monitoring.console.jobs import locatable
from baqylau.monitoring.console.messages import ConsoleDevice
from baqylau.monitoring.console.nearby import Air, Trace


def device(one: Device, air: Air, at: datetime, ms: int) -> ConsoleDevice:
    """Give a device of somebody's, or one that is carried to be fitted."""
    trace = air.traces.get(one.id)
    if trace is not None:
        return heard_device(one, trace, at, ms)
    return ConsoleDevice(id=one.id, kind=one.kind, number=one.number, takes_orders=locatable(one))


def heard_device(one: Device, trace: Trace, at: datetime, ms: int) -> ConsoleDevice:
    """Give a device with what it said of itself."""
    told = trace.told
    return ConsoleDevice(
        id=one.id,
        kind=one.kind,
        number=one.number,
        takes_orders=locatable(one),
        level_dbm=trace.level_dbm,
        heard_at=_before(at, ms - trace.ms),
        strap_open="strap" in told.now,
        case_open="case" in told.now,
        off_body="off_body" in told.now,
        battery_percent=told.battery_percent,
    )


def _before(at: datetime, ms: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() - ms / 1000, at.tzinfo)
