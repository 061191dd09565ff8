"""The demo's own trackers as real programs: provisioned by what serves a technician, worn by simulated people."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from baqylau.cli.equipment import workshop
from baqylau.cli.equipment.devices import TrackerEnrolment, tracker_enrolment
from baqylau.cli.equipment.workshop import Workshop
from baqylau.devices.linux_unit.folder import NotEnrolledError
from baqylau.devices.tracker.folder import Folder
from baqylau.domain.ids import DeviceId
from baqylau.sim.demo_wearers import board, wearers, wearers_registry
from baqylau.storage.equipment.device_keys import KEY_BYTES, KeyKind

BY = "demo"
TRACKERS, WORN = "trackers", "worn.json"


def put_on(
    engine: Engine, data: Path, *, founded_at: datetime, host: str, free: Callable[[], int]
) -> dict[DeviceId, int]:
    """Register and provision what is not yet, write down what is worn, and give the port of each tracker's board.

    `free` gives a port that nobody has.
    """
    shop = workshop.over(engine, data, "en")
    shop.save(wearers_registry(founded_at=founded_at), BY)
    ports, boards = dict[DeviceId, int](), []
    for one in wearers():
        provisioned(shop, data, one.tracker_id)
        ports[one.tracker_id] = free()
        boards.append(board(one, host, ports[one.tracker_id]))
    (data / WORN).write_bytes(msgspec.json.encode(boards))
    return ports


def provisioned(shop: Workshop, data: Path, name: DeviceId) -> None:
    """Give a tracker its folder with what it needs to know, once."""
    folder = Folder(data / TRACKERS / name)
    try:
        folder.enrolment()
    except NotEnrolledError:
        found, secret = shop.device(name), os.urandom(KEY_BYTES)
        shop.enrol(found, KeyKind.HMAC, secret, BY)
        told: TrackerEnrolment = tracker_enrolment(data / "keys", found, secret)
        folder.enrol(msgspec.json.encode(told))


def tracker_programs(data: Path, ports: dict[DeviceId, int], *, host: str, server: str) -> dict[str, list[str]]:
    """Give the words by which each tracker's program is started."""
    common = ["tracker", "--lifeline", "--server", server]
    return {
        str(name): [*common, "--dir", str(data / TRACKERS / name), "--source", f"socket:{host}:{port}"]
        for name, port in ports.items()
    }
