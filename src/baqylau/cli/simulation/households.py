"""The demo's households on their real programs: provisioned and enrolled by what serves a technician, too."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
from sqlalchemy import Engine

from baqylau.cli.equipment import workshop
from baqylau.cli.equipment.devices import enrolment
from baqylau.cli.equipment.workshop import Workshop
from baqylau.cli.field.breath_unit import WORKSHOPS
from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.calibration_file import sealed_file
from baqylau.devices.breath_unit.hands import CALIBRATION_FILE
from baqylau.devices.linux_unit.folder import Folder, NotEnrolledError
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Device, DeviceKind
from baqylau.sim.breath import laboratory
from baqylau.sim.breath.live import cell_of
from baqylau.sim.demo_face import photographs
from baqylau.sim.demo_households import (
    Household,
    OnAir,
    breath_home,
    breather,
    carried,
    carrier,
    everybody,
    households_registry,
    on_air,
)
from baqylau.storage.equipment.device_keys import KEY_BYTES, KeyKind

BY = "demo"
UNITS, AIR, PHOTOS = "units", "air.json", "photos"
LABORATORY = "laboratory"
ADJUSTED_BEFORE = timedelta(days=20)


def fitted_out(
    engine: Engine, data: Path, *, founded_at: datetime, started_at: datetime, host: str, free: Callable[[], int]
) -> OnAir:
    """Register, provision and enrol what is not yet, and write down what is on the air.

    `free` gives a port that nobody has.
    """
    shop = workshop.over(engine, data, "en")
    shop.save(households_registry(founded_at=founded_at, started_at=started_at), BY)
    houses = []
    for one in everybody():
        roots = {one.device_id(kind): _root(shop, one.device_id(kind)) for kind in one.transmitters}
        enrolled(shop, data, shop.device(one.device_id(one.unit)))
        if roots:
            houses.append(on_air(one, host, free(), roots))
    breath_dir = _dir(data, breather())
    _calibrated(breath_dir, founded_at - ADJUSTED_BEFORE)
    told = breath_dir / "told.jsonl"
    told_from = told.stat().st_size if told.exists() else 0
    around = OnAir(
        houses=tuple(houses),
        breath=breath_home(host, free(), str(told), told_from),
        carried=carried(host, free()),
    )
    _write(data / AIR, msgspec.json.encode(around))
    return around


def _dir(data: Path, one: Household) -> Path:
    return data / UNITS / one.device_id(one.unit)


def _root(shop: Workshop, name: DeviceId) -> bytes:
    if not any(key.revoked_at is None for key in shop.keys.lives(name)):
        shop.enrol(shop.device(name), KeyKind.BEACON, os.urandom(KEY_BYTES), BY)
    return shop.root(name)


def enrolled(shop: Workshop, data: Path, unit: Device) -> None:
    """Give a unit its folder with key and enrolment, once."""
    folder = Folder(data / UNITS / unit.id)
    try:
        folder.enrolment()
    except NotEnrolledError:
        public = folder.signer().public_key
        shop.enrol(unit, KeyKind.ED25519, public, BY)
        folder.enrol(msgspec.json.encode(enrolment(data / "keys", unit, public)))


def _calibrated(folder: Path, made_at: datetime) -> None:
    """Have the unit's cell adjusted by an invented laboratory, once."""
    file, one = folder / CALIBRATION_FILE, breather()
    if file.exists():
        return
    signer = Signer(os.urandom(KEY_BYTES))
    (folder / WORKSHOPS).write_bytes(msgspec.json.encode({LABORATORY: signer.public_key.hex()}))
    dice = Random(one.number)  # noqa: S311 - an invented laboratory
    made = laboratory.file(cell_of(one.number), dice, made_at, one.device_id(one.unit))
    file.write_bytes(sealed_file(made, LABORATORY, signer))


def _write(file: Path, raw: bytes) -> None:
    """Roots are in it: nobody else may read it."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(raw)


def programs(data: Path, around: OnAir, *, server: str, av_server: str) -> dict[str, list[str]]:
    """Give the words by which each unit's program is started."""
    heard = zip((one for one in everybody() if one.transmitters), around.houses, strict=True)
    sources = {one.number: f"socket:{house.host}:{house.port}" for one, house in heard}
    given = {}
    for one in everybody():
        words = [one.unit.replace("_", "-"), "--lifeline", "--server", server, "--dir", str(_dir(data, one))]
        words += ["--source", sources[one.number]] if one.number in sources else []
        given[one.device_id(one.unit)] = words
    gpsd, board = around.carried, around.breath
    given[carrier().device_id(DeviceKind.MOBILE_UNIT)] += ["--gnss", f"gpsd:{gpsd.host}:{gpsd.port}"]
    photos = data / PHOTOS
    photographs(photos)
    tested = ["--board", f"socket:{board.host}:{board.port}", "--av-server", av_server, "--camera", f"folder:{photos}"]
    given[breather().device_id(DeviceKind.BREATH_UNIT)] += tested
    return {str(name): words for name, words in given.items()}
