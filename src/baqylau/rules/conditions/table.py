"""All conditions that one device alone can tell of, and which of them a kind of device has."""

from typing import Any

from baqylau.domain.observations import Body, Fix, FixSource
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions import (
    authenticity,
    band_noise,
    body_contact,
    bypass,
    call_asked,
    console,
    displaced,
    farewell,
    interference,
    lens,
    low_accuracy,
    panic,
    power,
    receiver,
    relay_fix,
    self_test,
    shielding,
    strain,
    surroundings,
)
from baqylau.rules.conditions.condition import Kind
from baqylau.rules.settings import LOW_ACCURACY_R95_M

CONDITIONS: tuple[Kind[Any], ...] = (
    strain.KIND,
    body_contact.KIND,
    surroundings.KIND,
    self_test.KIND,
    power.MAINS_LOST,
    power.CHARGING,
    displaced.HOME_UNIT,
    displaced.RELAY,
    *interference.KINDS,
    band_noise.KIND,
    *receiver.KINDS,
    *farewell.KINDS,
    panic.KIND,
    call_asked.KIND,
    *console.KINDS,
    low_accuracy.KIND,
    relay_fix.KIND,
    *authenticity.KINDS,
    shielding.KIND,
    lens.KIND,
    bypass.KIND,
)

_Rows = dict[type[Body], tuple[Kind[Any], ...]]


def of(device: DeviceKind) -> _Rows:
    """Give a device's conditions by what is heard of them."""
    own = [kind for kind in CONDITIONS if device in kind.devices]
    return {body: tuple(kind for kind in own if kind.body is body) for body in {kind.body for kind in own}}


BY_NAME: dict[str, Kind[Any]] = {kind.name: kind for kind in CONDITIONS}
_SUSPICIOUS: tuple[Kind[Any], ...] = (*interference.KINDS, *farewell.KINDS, *authenticity.KINDS)
SUSPICIOUS = frozenset(kind.name for kind in _SUSPICIOUS)
"""While one of these holds, a loss of signals teaches no dead spot."""
UNTIL_SPOKEN: tuple[Kind[Any], ...] = tuple(kind for kind in CONDITIONS if kind.until_spoken)


def remarkable(fix: Fix) -> bool:
    """Whether a fix can begin a condition: most cannot, and they come by the million."""
    return fix.source is not FixSource.GNSS or (fix.accuracy_m is not None and fix.accuracy_m > LOW_ACCURACY_R95_M)
