"""What this machine can do at all, measured beside the rest: a busy or slow machine shows here."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import perf_counter

import msgspec
import psycopg
from msgspec import Struct

from tests.perf.figures import Beside, Figure, figure

ROWS = 60_000
ROW_BYTES = 100
"""About as much as an entry of the journal has besides its keys."""
DOCUMENTS = 200_000
LOOPS = 3_000_000


class _Position(Struct):
    device: str
    at: datetime
    latitude_deg: float
    longitude_deg: float
    speed_m_s: float


class Calibration(Struct, frozen=True, kw_only=True):
    """Rates of this run."""

    copy: Beside
    json: Beside
    loop: Beside


def calibrate(dsn: str) -> Calibration:
    """Measure on this machine, into this database."""
    return Calibration(
        copy=Beside(name="raw binary COPY", value=_copied(dsn), unit="rows/s"),
        json=Beside(name="JSON decode", value=_decoded(), unit="documents/s"),
        loop=Beside(name="plain Python loop", value=_looped(), unit="additions/s"),
    )


def figures(calibration: Calibration) -> Iterator[Figure]:
    """Give the calibration itself as figures without targets."""
    for one in (calibration.copy, calibration.json, calibration.loop):
        yield figure(f"calibration: {one.name}", one.value, one.unit)


def rate(count: int, work: Callable[[], object]) -> float:
    """Give how many a second the work did."""
    begun_s = perf_counter()
    work()
    return count / (perf_counter() - begun_s)


def _copied(dsn: str) -> float:
    at, payload = datetime(2026, 1, 1, tzinfo=UTC), bytes(ROW_BYTES)

    def copy() -> None:
        with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
            with cursor.copy("COPY calibration FROM STDIN (FORMAT BINARY)") as rows:
                rows.set_types(("int8", "timestamptz", "text", "bytea"))
                for number in range(ROWS):
                    rows.write_row((number, at, "device-1", payload))
            connection.commit()

    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE calibration (id int8, at timestamptz, device text, content bytea)")
        found = rate(ROWS, copy)
        connection.execute("DROP TABLE calibration")
    return found


def _decoded() -> float:
    document = msgspec.json.encode(_Position("770000001", datetime(2026, 1, 1, tzinfo=UTC), 48.6123, 66.9123, 1.4))
    decode = msgspec.json.Decoder(_Position).decode

    def work() -> None:
        for _ in range(DOCUMENTS):
            decode(document)

    return rate(DOCUMENTS, work)


def _looped() -> float:
    def work() -> None:
        total = 0
        for number in range(LOOPS):
            total += number

    return rate(LOOPS, work)
