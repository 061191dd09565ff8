"""How fast the journal keeps: sealed, chained, numbered and on disk."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.partitions import partition_of
from baqylau.links.wall_clock import now
from baqylau.sim.load_fleet import load_number, walk
from baqylau.storage.journal.journal import Entry
from tests.perf.bench_calibration import Calibration, rate
from tests.perf.figures import Figure, figure
from tests.perf.installation import Installation

PEOPLE = 500
RAW = b"#D#" + b"0" * 90
"""As long as a frame of Wialon IPS."""


def entries(people: int, each: int, first_at: datetime) -> list[Entry]:
    """Give the entries of a fleet on its rounds, in the order of time."""
    walks = [list(islice(walk(index, first_at, 1.0), each)) for index in range(1, people + 1)]
    return [
        _entry(load_number(index + 1), *walks[index][turn], received_at=first_at + timedelta(seconds=each))
        for turn in range(each)
        for index in range(people)
    ]


def _entry(number: str, at: datetime, bodies: tuple[object, ...], *, received_at: datetime) -> Entry:
    return Entry(
        partition=partition_of(PersonId(number)),
        person_id=PersonId(number),
        observation=Observation(
            id=observation_id(number.encode(), at.isoformat().encode()),
            device_id=DeviceId(number),
            observed_at=at,
            received_at=received_at,
            bodies=bodies,  # type: ignore[arg-type]
            via="wialon",
        ),
        raw=RAW,
    )


def figures(installation: Installation, calibration: Calibration) -> Iterator[Figure]:
    """Append in groups as the gateway makes them, for 500 people in all partitions; leave it all to the judge."""
    journal = installation.journal
    waiting = entries(PEOPLE, 100, now() - timedelta(seconds=200))
    journal.append(waiting[:PEOPLE])
    del waiting[:PEOPLE]
    for size, count in ((500, 15_000), (2_000, len(waiting) - 15_000)):
        groups = [waiting[start : start + size] for start in range(0, count, size)]
        del waiting[:count]

        def keep(groups: list[list[Entry]] = groups) -> None:
            for group in groups:
                journal.append(group)

        yield figure(
            f"journal: append in groups of {size}, sealed and chained",
            rate(count, keep),
            "rows/s",
            beside=calibration.copy,
        )
