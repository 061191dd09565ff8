"""An installation in a test: its clock stands until moved, its randomness is the same every time."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from time import sleep

import psycopg
from sqlalchemy import Engine, text

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Body, Fix, Observation
from baqylau.domain.partitions import UNASSIGNED, partition_of
from baqylau.storage.database import FRESH_S, plain_dsn
from baqylau.storage.journal.journal import Entry, Journal
from baqylau.storage.vault import Vault

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
AIGUL = PersonId("aigul")
BOLAT = PersonId("bolat")
HERE = Fix(latitude_deg=43.24, longitude_deg=76.9)
INSTALLATION_KEY = bytes(range(32))


def after(seconds: float) -> datetime:
    """Give an instant some seconds after noon."""
    return NOON + timedelta(seconds=seconds)


class House:
    """Storage with a clock and randomness that a test can foresee."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = NOON
        self.dsn = plain_dsn(engine)
        self._drawn = 0
        self.vault = self.new_vault()
        self.journal = Journal(engine, self.vault, self.clock, self.random)

    def clock(self) -> datetime:
        return self.now

    def random(self, size: int) -> bytes:
        """Give bytes that never come again."""
        self._drawn += 1
        blocks = (sha256(f"{self._drawn}/{block}".encode()).digest() for block in range(size // 32 + 1))
        return b"".join(blocks)[:size]

    def new_vault(self) -> Vault:
        """A vault as another program would open it: with nothing in memory."""
        return Vault(self.engine, INSTALLATION_KEY, self.random)

    def everything(self) -> list[Observation]:
        """Read the whole journal."""
        return [one.observation for one in self.journal.read_after(dict.fromkeys(range(65), 0), 100_000)]

    def change(self, sql: str, **parameters: object) -> None:
        """Do to the database what nobody should do."""
        with self.engine.begin() as connection:
            connection.execute(text(sql), parameters)

    def cut_all_lines(self) -> None:
        """The server ends every connection of ours, in the middle of whatever they do; a moment goes by."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        sleep(2 * FRESH_S)


def device_of(person_id: PersonId | None) -> DeviceId:
    """Give the tracker that a person wears."""
    return DeviceId(f"tracker-of-{person_id or 'nobody'}")


def heard(
    person_id: PersonId | None,
    observed_at: datetime,
    *bodies: Body,
    partition: int | None = None,
    raw: bytes = b"as heard",
) -> Entry:
    """Give what a person's tracker told of an instant."""
    device = device_of(person_id)
    told = bodies or (HERE,)
    return Entry(
        partition=partition if partition is not None else partition_of(person_id) if person_id else UNASSIGNED,
        person_id=person_id,
        observation=Observation(
            id=observation_id(device.encode(), observed_at.isoformat().encode()),
            device_id=device,
            observed_at=observed_at,
            received_at=observed_at,
            bodies=told,
            via="wialon",
        ),
        raw=raw,
    )


def minutes(person_id: PersonId, count: int) -> Sequence[Entry]:
    """Give one entry a second."""
    return [heard(person_id, after(second)) for second in range(count)]
