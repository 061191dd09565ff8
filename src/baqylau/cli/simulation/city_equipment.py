"""What a city's server knows before anybody lives there: registers, keys, and by whose clock everybody is judged."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from baqylau.cli.equipment import workshop
from baqylau.cli.simulation.households import UNITS, enrolled
from baqylau.cli.simulation.wearers import TRACKERS, provisioned
from baqylau.crypto.certificates import chain_pem
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind
from baqylau.links import wall_clock
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.living import Doors
from baqylau.sim.city.registers import A_YEAR, BEACON, orders_end, registry, secret, unit_id
from baqylau.sim.city.sample import sample
from baqylau.sim.city.scenario import LINK, Scenario
from baqylau.storage.equipment.authorities import authorities, command_signer
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.journal.regions import Region, Regions
from baqylau.storage.judging.live import REGION, Live, role_of
from baqylau.storage.registers.registers import Registers

BY, CITY = "city", "city"
WITHIN = timedelta(minutes=10)
"""Our gateway listens so soon."""


def registered(engine: Engine, data: Path, people: list[Citizen], plan: Scenario, begun_at: datetime) -> None:
    """Register everybody, and enrol bracelets and home units."""
    shop = workshop.over(engine, data, "en")
    known = registry(people, begun_at, orders_end(plan, begun_at))
    shop.registers.save(known, by=BY)
    by_program = {unit_id(one.number) for one in sample(people, plan)}
    for device in known.devices:
        if device.protocol == BEACON:
            shop.keys.enrol(device.id, KeyKind.BEACON, device.number, secret(device.id), BY)
        elif device.id in by_program and device.kind is DeviceKind.TRACKER:
            provisioned(shop, data, device.id)
        elif device.id in by_program:
            enrolled(shop, data, device)
        elif device.kind is DeviceKind.TRACKER and device.protocol == LINK:
            shop.keys.enrol(device.id, KeyKind.HMAC, device.number, secret(device.id), BY)
        elif device.protocol == LINK:
            shop.keys.enrol(device.id, KeyKind.ED25519, device.number, Signer(secret(device.id)).public_key, BY)
    _own_time(engine, [one.id for one in known.devices], plan, begun_at)


def go_on(engine: Engine, people: list[Citizen], begun_at: datetime) -> None:
    """Let the orders go on after the city's end, for whoever opens the installation."""
    Registers(engine, wall_clock.now).save(registry(people, begun_at, begun_at + A_YEAR), by=BY)


def _own_time(engine: Engine, devices: list[DeviceId], plan: Scenario, begun_at: datetime) -> None:
    """Let the city be a site: its people's time goes by as far as it says that all they said is kept, and no faster.

    Where it lives in the past, a gateway has listened through all of it, and until ours does: else nobody's silence
    would say anything.
    """
    now, live = wall_clock.now(), Live(engine)
    sites = Regions(engine)
    sites.add(Region(name=CITY, public_key=Signer(os.urandom(32)).public_key, added_at=now), by=BY)
    sites.hears(CITY, devices)
    heard_until(live, begun_at)
    if not plan.real_time:
        live.gateway_beat(now + WITHIN, connected=0, keep_ms=None)


def unit_programs(
    data: Path, chosen: list[Citizen], radio: dict[int, int], sky: dict[int, int], doors: Doors
) -> list[list[str]]:
    """Give the words by which the programs of the sample are started. `radio`, `sky`: their ports, by number."""
    common = ["--lifeline", "--server", doors.server]
    return [
        [
            one.kind.replace("_", "-"),
            *common,
            *("--dir", str(data / (TRACKERS if one.kind is DeviceKind.TRACKER else UNITS) / unit_id(one.number))),
            *("--source", f"socket:{doors.host}:{radio[one.number]}"),
            *(("--gnss", f"gpsd:{doors.host}:{sky[one.number]}") if one.number in sky else ()),
        ]
        for one in chosen
    ]


def heard_until(live: Live, at: datetime) -> None:
    """Say until when everything that was said in the city is kept."""
    live.role_beat(role_of(REGION, CITY), at)


def doors(data: Path, host: str, ports: dict[str, int]) -> Doors:
    """Give where the devices find the server, and by what they know it."""
    keys = data / "keys"
    authority = data / "city-root.pem"
    authority.write_bytes(chain_pem(authorities(keys, os.urandom, wall_clock.now()).root))
    return Doors(
        host=host,
        ports=ports,
        server=f"https://{host}:{ports[LINK]}",
        authority=authority,
        server_key=command_signer(keys, os.urandom).public_key,
        rings=data / TRACKERS,
    )
