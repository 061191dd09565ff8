"""The demo's households on their real programs: provisioned and enrolled by what serves a technician, too."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from baqylau.cli import workshop
from baqylau.cli.equipment import enrolment
from baqylau.cli.workshop import Workshop
from baqylau.devices.linux_unit.folder import Folder, NotEnrolledError
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind
from baqylau.sim.air.live import House
from baqylau.sim.demo_households import TRANSMITTERS, Household, households, households_registry, on_air
from baqylau.storage.device_keys import KEY_BYTES, KeyKind

BY = "demo"
UNITS, AIR = "units", "air.json"


def fitted_out(
    engine: Engine, data: Path, *, founded_at: datetime, started_at: datetime, host: str, free: Callable[[], int]
) -> dict[str, int]:
    """Register, provision and enrol what is not yet, write down what is on the air, and give each unit's port.

    `free` gives a port that nobody has.
    """
    shop = workshop.over(engine, data, "en")
    shop.save(households_registry(founded_at=founded_at, started_at=started_at), BY)
    ports, air = dict[str, int](), list[House]()
    for one in households():
        roots = {one.device_id(kind): _root(shop, one.device_id(kind)) for kind in TRANSMITTERS}
        unit = one.device_id(DeviceKind.HOME_UNIT)
        _enrolled(shop, data, one)
        ports[unit] = free()
        air.append(on_air(one, host, ports[unit], roots))
    _write(data / AIR, msgspec.json.encode(air))
    return ports


def _root(shop: Workshop, name: DeviceId) -> bytes:
    if not any(key.revoked_at is None for key in shop.keys.lives(name)):
        shop.enrol(shop.device(name), KeyKind.BEACON, os.urandom(KEY_BYTES), BY)
    return shop.root(name)


def _enrolled(shop: Workshop, data: Path, one: Household) -> None:
    unit = shop.device(one.device_id(DeviceKind.HOME_UNIT))
    folder = Folder(data / UNITS / unit.id)
    try:
        folder.enrolment()
    except NotEnrolledError:
        public = folder.signer().public_key
        shop.enrol(unit, KeyKind.ED25519, public, BY)
        folder.enrol(msgspec.json.encode(enrolment(data / "keys", unit, public)))


def _write(file: Path, raw: bytes) -> None:
    """Roots are in it: nobody else may read it."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(raw)


def programs(data: Path, ports: dict[str, int], *, host: str, server: str) -> dict[str, list[str]]:
    """Give the words by which each home unit is started."""
    common = ["home-unit", "--lifeline", "--server", server]
    return {
        name: [*common, "--dir", str(data / UNITS / name), "--source", f"socket:{host}:{port}"]
        for name, port in ports.items()
    }
