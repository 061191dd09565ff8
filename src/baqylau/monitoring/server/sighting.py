"""Bought beacons as relays: a place indoors for a bought tracker that hears the beacon of its own wearer.

A beacon is a relay of protocol `ble` in the registers, under what it calls itself. It counts where it is fitted to a
person who wears the tracker, and only where its place is known: registered, or the first place of a presence regime.
What it says proves nothing: like the tracker's own words, label *unauthenticated device*. Beacons of nobody here are
no facts; they stay in the bytes.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Body, Fix, FixSource, NoFix
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.zones import Zone
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.link.wearing import AROUND_M, middle
from baqylau.protocols.session import Sighting

BLE = "ble"
"""The protocol of bought beacons in the registers."""
_UNKNOWN_DBM = -127.0


class Near(Struct, frozen=True):
    """A relay that a tracker heard, and where it stands."""

    relay: Device
    rssi_dbm: float
    place: Zone | None


def near(fleet: Fleet, tracker: Device, sightings: Iterable[Sighting], at: datetime) -> tuple[Near, ...]:
    """Give the relays of the wearer among the beacons that were heard, the strongest first, each once."""
    wearers = {one.person_id for one in fleet.belongs(tracker.id, at)} - {None}
    found: dict[str, Near] = {}
    for sighting in sightings:
        relay = fleet.find(BLE, sighting.number)
        if relay is None or relay.kind is not DeviceKind.RELAY:
            continue
        theirs = sorted(one.person_id for one in fleet.belongs(relay.id, at) if one.person_id in wearers)  # type: ignore[type-var]
        heard_dbm = _UNKNOWN_DBM if sighting.rssi_dbm is None else sighting.rssi_dbm
        before = found.get(relay.id)
        if theirs and (before is None or before.rssi_dbm < heard_dbm):
            found[relay.id] = Near(relay, heard_dbm, _place(fleet, relay, theirs))
    return tuple(sorted(found.values(), key=lambda one: (-one.rssi_dbm, one.relay.id)))


def _place(fleet: Fleet, relay: Device, people: Iterable[PersonId | None]) -> Zone | None:
    homes = (fleet.home(one) for one in people if one is not None)
    return relay.place or next((home for home in homes if home is not None), None)


def indoors(bodies: tuple[Body, ...], heard: Iterable[Near]) -> tuple[Body, ...]:
    """Give what a record says, with a relay's place where it has none by satellites."""
    place = next((one.place for one in heard if one.place is not None), None)
    if place is None or any(isinstance(body, Fix) for body in bodies):
        return bodies
    center = middle(place)
    fix = Fix(
        latitude_deg=center.latitude_deg,
        longitude_deg=center.longitude_deg,
        accuracy_m=AROUND_M,
        source=FixSource.RELAY,
    )
    return (fix, *(body for body in bodies if not isinstance(body, NoFix)))
