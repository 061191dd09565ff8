"""How fast bytes become readings: one conversation in memory, as the gateway holds it, without socket and database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Keep, Login, Outcome, Session
from baqylau.protocols.wialon import WialonDevice
from baqylau.sim.load_fleet import load_number, walk
from tests.perf.bench_calibration import Calibration, rate
from tests.perf.figures import Figure, figure

FRAMES = 20_000
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
SHORT_FIELDS = 10
"""Fields of the short form of Wialon IPS, with which the extended form begins."""


def figures(calibration: Calibration) -> Iterator[Figure]:
    """Measure frames a second of each kind, on one core."""
    extended = _frames("wialon", 1)
    for name, protocol, frames in (
        ("decode: Wialon #SD#", "wialon", [_short(frame) for frame in extended]),
        ("decode: Wialon #D#", "wialon", extended),
        ("decode: EGTS, 1 record", "egts", _frames("egts", 1)),
        ("decode: EGTS, 10 records", "egts", _frames("egts", 10)),
    ):
        yield figure(name, _decoded(protocol, frames), "frames/s", beside=calibration.json)


def _frames(protocol: str, records: int) -> list[bytes]:
    device = WialonDevice(load_number(1), version="1.1") if protocol == "wialon" else FLEET[protocol].device("1", "")
    reports = walk(1, BEGUN, 1.0)
    return [device.report(list(islice(reports, records))) for _ in range(FRAMES // records)]


def _short(extended: bytes) -> bytes:
    fields = extended.rstrip().removeprefix(b"#D#").split(b";")
    return b"#SD#" + b";".join(fields[:SHORT_FIELDS]) + b"\r\n"


def _decoded(protocol: str, frames: Sequence[bytes]) -> float:
    session = FLEET[protocol].session()
    if protocol == "wialon":
        _sign_in(session)

    def work() -> None:
        kept = sum(isinstance(event, Keep) for frame in frames for event in session.receive(frame))
        assert kept == len(frames), "every frame holds positions"

    return rate(len(frames), work)


def _sign_in(session: Session) -> None:
    (login,) = session.receive(WialonDevice(load_number(1), version="1.1").hello())
    assert isinstance(login, Login)
    session.answer(login, (Outcome.ACCEPTED,))
