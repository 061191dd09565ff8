"""A replica from which papers are read: it has everything that there was when it was asked, or it is not used."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine, text

from baqylau.storage.database import open_database
from baqylau.storage.migrating import migrate
from baqylau.storage.replica import ReplicaBehindError, caught_up
from baqylau.storage.server import embedded, wheel_binaries
from tests.conftest import own_directory
from tests.unit.storage.kept import AIGUL, House, after, heard

SMALL = {"shared_buffers": "16MB", "fsync": "off", "max_connections": "20"}
KEPT = text("SELECT count(*) FROM journal")
PAUSE, GO_ON = text("SELECT pg_wal_replay_pause()"), text("SELECT pg_wal_replay_resume()")


@contextmanager
def opened(dsn: str) -> Iterator[Engine]:
    engine = open_database(dsn)
    yield engine
    engine.dispose()


@pytest.fixture
def both() -> Iterator[tuple[Engine, Engine]]:
    """A database and a replica that follows it."""
    with own_directory() as place:
        place.chmod(0o755)
        with embedded(place / "original", settings=SMALL) as dsn, opened(dsn) as original:
            migrate(original)
            copy = place / "copy"
            owner = (place / "original").stat()
            copy.mkdir(mode=0o700)
            os.chown(copy, owner.st_uid, owner.st_gid)
            followed = [f"--host={unquote(dsn.rpartition('host=')[2])}", "--username=postgres", f"--pgdata={copy}"]
            subprocess.run(
                [wheel_binaries() / "pg_basebackup", *followed, "--checkpoint=fast", "--write-recovery-conf"],
                check=True,
                cwd="/",
                user=pwd.getpwuid(owner.st_uid).pw_name if os.geteuid() == 0 else None,
            )
            (copy / ".s.PGSQL.5432.lock").unlink()
            with embedded(copy, settings=SMALL) as far, opened(far) as replica:
                yield original, replica


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(KEPT) or 0)


def test_what_was_kept_before_the_question_is_read_from_a_replica_or_it_is_refused(
    both: tuple[Engine, Engine],
) -> None:
    original, replica = both
    with replica.connect() as connection:
        connection.execute(PAUSE)
    House(original).journal.append([heard(AIGUL, after(1))])
    waits: list[float] = []
    with pytest.raises(ReplicaBehindError):
        caught_up(original, replica, waits.append)
    assert sum(waits) == pytest.approx(30)
    assert count(replica) == 0

    def goes_on(_seconds: float) -> None:
        with replica.connect() as connection:
            connection.execute(GO_ON)

    caught_up(original, replica, goes_on)
    assert count(replica) == 1
    with pytest.raises(ReplicaBehindError):
        caught_up(original, original, waits.append)
