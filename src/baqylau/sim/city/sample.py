"""A sample of the city's homes for real programs of units: their radio on sockets, in real time."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind
from baqylau.sim.air.live import House, Scene, Worn
from baqylau.sim.city.homes import Household
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.registers import bracelet_id, relay_id, secret
from baqylau.sim.city.scenario import Scenario

USUAL_DBM, WEAK_DBM, RELAY_DBM = -66.0, -93.0, -58.0
MOVES_BEFORE_S = 30.0
"""Whoever leaves is heard to move before: one that lay still is waited for longer."""


def sample(people: Sequence[Citizen], scenario: Scenario) -> list[Citizen]:
    """Give whose home units are real programs."""
    return list(islice((one for one in people if one.kind is DeviceKind.HOME_UNIT), scenario.programs))


def houses(people: Sequence[Citizen], host: str, ports: Mapping[int, int], late_s: float) -> list[House]:
    """Give their homes on the air. `ports`: by number; `late_s`: how long after the city they begin."""
    return [
        House(
            host=host,
            port=ports[one.number],
            bracelet=_worn(bracelet_id(one.number), WEAK_DBM if one.does.weak else USUAL_DBM),
            relay=_worn(relay_id(one.number), RELAY_DBM) if one.has_relay else None,
            plot=tuple(plot(one.does, late_s)),
        )
        for one in people
        if isinstance(one.does, Household)
    ]


def _worn(device_id: DeviceId, rssi_dbm: float) -> Worn:
    return Worn(serial=str(device_id), root=secret(device_id), rssi_dbm=rssi_dbm)


def plot(household: Household, late_s: float) -> Iterator[Scene]:
    """Give what happens in a home that begins so long after the city: what was before it is so from the beginning."""
    for one in household.leaves:
        yield Scene(after_s=max(one.out_s - MOVES_BEFORE_S - late_s, 0.0), bracelet={"moves": True})
        yield Scene(after_s=max(one.out_s - late_s, 0.0), away=True)
        yield Scene(after_s=max(one.back_s - late_s, 0.0), away=False)
    for at_s, shown in household.bracelet:
        yield Scene(after_s=max(at_s - late_s, 0.0), bracelet=shown)
    for at_s, stands in household.relay or ():
        yield Scene(after_s=max(at_s - late_s, 0.0), relay=stands)
    for at_s, sensed in household.box:
        yield Scene(after_s=max(at_s - late_s, 0.0), box={name: float(is_so) for name, is_so in sensed.items()})
