"""The schema while programs of two versions work on it: an upgrade holds nobody up, and nobody is shut out by it."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from baqylau.storage import migrating
from baqylau.storage.database import StorageUnavailableError, open_database, transaction
from baqylau.storage.migrating import MIGRATIONS, NEWEST, migrate, revision
from baqylau.storage.upgrading import upgrade

BEFORE = "0034"
LOOK = text("SELECT count(*) FROM template")
"""At a table that the migration that follows alters."""


@pytest.fixture
def empty(server_dsn: str) -> Iterator[Engine]:
    """A database without any table."""
    with psycopg.connect(server_dsn.replace("/baqylau?", "/postgres?"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE without_tables")
        engine = open_database(server_dsn.replace("/baqylau?", "/without_tables?"))
        yield engine
        engine.dispose()
        connection.execute("DROP DATABASE without_tables WITH (FORCE)")


def stands(engine: Engine) -> str:
    with transaction(engine) as connection:
        return revision(connection)


def test_the_newest_migration_is_the_last_of_them_all() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [NEWEST]


def test_an_empty_database_gets_everything_and_one_that_has_it_is_left_alone(empty: Engine) -> None:
    assert stands(empty) == ""
    migrate(empty)
    assert stands(empty) == NEWEST
    with capture_logs() as said:
        migrate(empty)
    assert said == []


def test_a_program_that_starts_again_amid_an_upgrade_works_on_the_newer_schema(engine: Engine) -> None:
    """The web server is upgraded first; the gateway of before is killed, comes back and must go on listening."""
    with transaction(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with capture_logs() as said:
        migrate(engine)
    assert said == [{"event": "schema_newer", "log_level": "warning", "stands": "9999", "ours": NEWEST}]
    assert stands(engine) == "9999"


def test_an_upgrade_gives_way_to_those_who_work_and_is_tried_again(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "LOCK_WITHIN_MS", 100)
    with transaction(empty) as connection:
        upgrade(connection, BEFORE)
    with empty.connect() as working:
        working.execute(LOOK)
        with pytest.raises(StorageUnavailableError):
            migrate(empty)
    assert stands(empty) == BEFORE
    migrate(empty)
    assert stands(empty) == NEWEST
