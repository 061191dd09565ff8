"""How fast bytes become readings: one conversation in memory, as the gateway holds it, without socket and database.

Figures are per second of one core's own time: whatever else a machine does shows in the calibration beside them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from time import process_time

from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import DeviceSide, Keep, Login, Outcome, Session
from baqylau.protocols.wialon import WialonDevice
from baqylau.sim.load_fleet import load_number, walk
from tests.perf.bench_calibration import Calibration
from tests.perf.figures import Figure, figure

POSITIONS = 20_000
BATCH = 10
TEXT_FRAMES_S = 10_000
BINARY_POSITIONS_S = 30_000
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
SHORT_FIELDS = 10
"""Fields of the short form of Wialon IPS, with which the extended form begins."""


def figures(calibration: Calibration) -> Iterator[Figure]:
    """Measure text in frames of one position and binary in batches, on one core."""
    for protocol, speaks in FLEET.items():
        batch = 1 if speaks.is_text else BATCH
        target, unit = (TEXT_FRAMES_S, "frames/s") if speaks.is_text else (BINARY_POSITIONS_S, "positions/s")
        session, frames = _conversation(protocol, speaks.device(load_number(1), ""), batch)
        name = f"decode: {protocol}, {batch} to a frame"
        yield figure(name, _decoded(session, frames), unit, at_least=target, beside=calibration.json)
    session, frames = _conversation("wialon", WialonDevice(load_number(1), version="1.1"), 1)
    yield figure("decode: wialon #SD#", _decoded(session, _short(frames)), "frames/s", beside=calibration.json)


def _conversation(protocol: str, device: DeviceSide, batch: int) -> tuple[Session, list[bytes]]:
    """Give a session whose device is known, and what that device sends."""
    session = FLEET[protocol].session()
    for event in session.receive(device.hello()):
        session.answer(event, (Outcome.ACCEPTED,) if isinstance(event, Login) else ())
    reports = walk(1, BEGUN, 1.0)
    return session, [device.report(list(islice(reports, batch))) for _ in range(POSITIONS // batch)]


def _short(extended: Sequence[bytes]) -> list[bytes]:
    """Give the frames in the short form of Wialon IPS."""
    fields = (frame.rstrip().removeprefix(b"#D#").split(b";")[:SHORT_FIELDS] for frame in extended)
    return [b"#SD#" + b";".join(chosen) + b"\r\n" for chosen in fields]


def _decoded(session: Session, frames: Sequence[bytes]) -> float:
    """Give positions a second; every frame has to give its own."""
    begun_s = process_time()
    events = (event for frame in frames for event in session.receive(frame))
    assert sum(len(event.readings) for event in events if isinstance(event, Keep)) == POSITIONS
    return POSITIONS / (process_time() - begun_s)
