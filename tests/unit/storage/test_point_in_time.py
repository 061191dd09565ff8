"""Back to an instant: a copy of the database, every change since, and the journal proved as it stood then.

The steps are those of docs/how-to/go-back-to-an-instant.md, with the embedded PostgreSQL.
"""

import os
import pwd
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest

from baqylau.storage.database import open_database
from baqylau.storage.migrating import migrate
from baqylau.storage.server import embedded, wheel_binaries
from tests.conftest import own_directory
from tests.perf.installation import until
from tests.unit.storage.kept import AIGUL, House, after, heard

SMALL = {"shared_buffers": "16MB", "fsync": "off", "max_connections": "20"}
BEFORE, WRONG = 5, 3


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the database's account may pass."""
    with own_directory() as made:
        made.chmod(0o755)
        yield made


def folder(place: Path, name: str, owner: Path) -> Path:
    """Make a folder of the same owner as another one."""
    made = place / name
    made.mkdir(mode=0o700)
    os.chown(made, owner.stat().st_uid, owner.stat().st_gid)
    return made


def copied(dsn: str, to: Path) -> None:
    """Copy the whole cluster while it runs, as the account that owns it."""
    host = unquote(dsn.rpartition("host=")[2])
    owner = to.stat().st_uid
    subprocess.run(
        [
            wheel_binaries() / "pg_basebackup",
            f"--host={host}",
            "--username=postgres",
            f"--pgdata={to}",
            "--checkpoint=fast",
        ],
        check=True,
        cwd="/",
        user=pwd.getpwuid(owner).pw_name if os.geteuid() == 0 else None,
    )


def said(dsn: str, sql: str) -> object:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(sql).fetchone()
        return row[0] if row else None


def test_the_journal_of_an_instant_is_restored_and_proved(place: Path) -> None:
    with embedded(place / "own", settings=SMALL):
        pass
    archive = folder(place, "archive", place / "own")
    archiving = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}
    with embedded(place / "own", settings=SMALL | archiving) as dsn:
        engine = open_database(dsn)
        migrate(engine)
        house = House(engine)
        copy = folder(place, "copy", place / "own")
        copied(dsn, copy)
        house.journal.append([heard(AIGUL, after(one)) for one in range(BEFORE)])
        instant = said(dsn, "SELECT clock_timestamp()")
        house.journal.append([heard(AIGUL, after(100 + one)) for one in range(WRONG)])
        house.change("DELETE FROM register_version")
        segment = said(dsn, "SELECT pg_walfile_name(pg_switch_wal())")
        until((archive / str(segment)).exists, "the changes are not copied", 60.0)
        engine.dispose()

    (copy / ".s.PGSQL.5432.lock").unlink()  # the embedded server's socket lies among its data
    (copy / "recovery.signal").touch()
    back = {
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": str(instant),
        "recovery_target_action": "promote",
    }
    with embedded(copy, settings=SMALL | back) as dsn:
        until(lambda: said(dsn, "SELECT pg_is_in_recovery()") is False, "it does not come back", 60.0)
        engine = open_database(dsn)
        house = House(engine)
        assert [one.observed_at for one in house.everything()] == [after(one) for one in range(BEFORE)]
        proved = house.journal.verify()
        assert (proved.entries, proved.broken) == (BEFORE, ())
        house.journal.append([heard(AIGUL, after(200))])
        assert house.journal.verify().broken == ()
        engine.dispose()
