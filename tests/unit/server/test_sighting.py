"""Bought beacons as relays: where a bought tracker is when it hears the beacon of its wearer's home."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId, PersonId
from baqylau.domain.observations import Body, Fix, FixSource, Heard, Motion, NoFix
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.zones import Circle, Point
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.reading import read
from baqylau.monitoring.server.sighting import BLE
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Reading, Sighting
from baqylau.protocols.teltonika.packets import packet
from baqylau.rules.fold import PersonStanding
from baqylau.storage.judging.findings import Findings
from baqylau.storage.registers.registry import Registry
from tests.unit.server.site import AINUR, IN_SCHOOL, NUMBER, START, TRACKER, Peer, Site, prescribed
from tests.unit.server.test_ordering import HELLO, bought

RELAY, BEACON = DeviceId("relay-1"), "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
FLAT = Circle(name="Flat 12", center=Point(48.61, 66.91), radius_m=20.0)
INDOORS = Fix(latitude_deg=48.61, longitude_deg=66.91, accuracy_m=30.0, source=FixSource.RELAY)
BEGUN = START - timedelta(days=30)


def at_home(place: Circle | None = FLAT, *, of: PersonId = AINUR) -> Registry:
    """The tracker's wearer, and a beacon that stands in somebody's flat."""
    registry = bought(prescribed())
    relay = Device(id=RELAY, kind=DeviceKind.RELAY, protocol=BLE, number=BEACON, place=place, silence_limit_s=86_400)
    fitting = Fitting(id=FittingId("f-2"), device_id=RELAY, person_id=of, from_at=BEGUN)
    others = () if of == AINUR else (Person(id=of, name="Dana Invented"),)
    return replace(
        registry,
        people=(*registry.people, *others),
        devices=(*registry.devices, relay),
        fittings=(*registry.fittings, fitting),
    )


def kept(registry: Registry, engine: Engine, *bodies: Body, heard: tuple[Sighting, ...]) -> dict[str, tuple[Body, ...]]:
    """Give what is kept of a record, by device."""
    site = Site(engine, registry)
    fleet = Fleet(site.registers.devices(), site.registers.supervisions().values())
    tracker = fleet.find("teltonika", NUMBER)
    assert tracker is not None
    told = Reading(number=NUMBER, observed_at=START, bodies=bodies, raw=b"r", identity=b"r", sightings=heard)
    return {entry.observation.device_id: entry.observation.bodies for entry in read(fleet, tracker, told, now=START)}


LOUD, FAINT = Sighting(number=BEACON, rssi_dbm=-55.0), Sighting(number=BEACON, rssi_dbm=-90.0)
STRANGE = Sighting(number="ff" * 16, rssi_dbm=-40.0)


def test_without_satellites_the_place_is_that_of_the_beacon_and_the_beacon_was_heard(engine: Engine) -> None:
    told = kept(at_home(), engine, NoFix(satellites=0), Motion(moving=False), heard=(FAINT, STRANGE, LOUD))
    assert told == {
        TRACKER: (INDOORS, Motion(moving=False)),
        RELAY: (Heard(receiver_id=TRACKER, rssi_dbm=-55.0),),
    }


def test_a_place_by_satellites_stays_as_it_is(engine: Engine) -> None:
    told = kept(at_home(), engine, IN_SCHOOL, heard=(LOUD,))
    assert told == {TRACKER: (IN_SCHOOL,), RELAY: (Heard(receiver_id=TRACKER, rssi_dbm=-55.0),)}


@pytest.mark.parametrize("heard", [(STRANGE,), ()])
def test_beacons_of_nobody_are_no_facts(engine: Engine, heard: tuple[Sighting, ...]) -> None:
    assert kept(at_home(), engine, NoFix(satellites=0), heard=heard) == {TRACKER: (NoFix(satellites=0),)}


def test_the_beacon_of_somebody_else_gives_no_place(engine: Engine) -> None:
    told = kept(at_home(of=PersonId("dana")), engine, NoFix(satellites=0), heard=(LOUD,))
    assert told == {TRACKER: (NoFix(satellites=0),)}


def test_a_beacon_whose_place_nobody_knows_was_only_heard(engine: Engine) -> None:
    told = kept(at_home(place=None), engine, NoFix(satellites=0), heard=(LOUD,))
    assert told == {TRACKER: (NoFix(satellites=0),), RELAY: (Heard(receiver_id=TRACKER, rssi_dbm=-55.0),)}


def test_from_the_wire_to_the_map_and_nothing_is_alarmed(engine: Engine) -> None:
    site = Site(engine, at_home())
    time = round(START.timestamp() * 1000).to_bytes(8, "big")
    value = b"\x11\x01" + bytes.fromhex(BEACON) + b"\xc9"
    element = (385).to_bytes(2, "big") + len(value).to_bytes(2, "big") + value
    record = time + bytes(16) + (385).to_bytes(2, "big") + b"\0\1" + bytes(8) + b"\0\1" + element

    async def story() -> None:
        async with site.gateway() as (gateway, _):
            peer = await Peer.call(await gateway.open("teltonika", FLEET["teltonika"].session, "127.0.0.1", 0))
            peer.writer.write(HELLO)
            assert await peer.read(1) == b"\x01"
            peer.writer.write(packet(b"\x8e\x01" + record + b"\x01"))
            assert await peer.read(4) == (1).to_bytes(4, "big")
            await peer.hang_up()

    asyncio.run(story())
    site.judge().catch_up(lambda: False)
    row = site.live.of(AINUR)
    assert row is not None
    seen = msgspec.json.decode(row.body, type=PersonStanding).last_fix
    assert seen is not None
    assert seen.fix == INDOORS
    assert {one.code for one in Findings(engine).recent((Code.RELAY_FIX,), BEGUN)} == {Code.RELAY_FIX}
    assert site.alarms() == []
