"""The schema is what the code believes it to be, and a lost database is one exception."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from baqylau.storage.columns import metadata
from baqylau.storage.database import StorageUnavailableError, migrate, open_database, plain_dsn, transaction


def test_the_migrations_make_exactly_the_tables_of_the_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_programs_that_start_together_migrate_once(server_dsn: str) -> None:
    beside = server_dsn.replace("/baqylau?", "/postgres?")
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute("CREATE DATABASE started_together")

    def start(_number: int) -> None:
        engine = open_database(server_dsn.replace("/baqylau?", "/started_together?"))
        migrate(engine)
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(start, range(4)))
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute("DROP DATABASE started_together")


@pytest.mark.parametrize("driver", ["postgresql://", "postgresql+psycopg://", "postgres://"])
def test_addresses_are_taken_as_other_programs_write_them(dsn: str, driver: str) -> None:
    engine = open_database(dsn.replace("postgresql://", driver), name="a-test")
    with transaction(engine) as connection:
        assert connection.scalar(text("SHOW application_name")) == "a-test"
        assert connection.scalar(text("SHOW timezone")) == "UTC"
    assert plain_dsn(engine).startswith("postgresql://")
    engine.dispose()


def test_a_server_that_is_not_there_is_storage_unavailable() -> None:
    engine = open_database("postgresql://nobody@/none?host=/nonexistent")
    with pytest.raises(StorageUnavailableError), transaction(engine) as connection:
        connection.execute(text("SELECT 1"))


def test_the_pool_recovers_when_its_lines_were_cut(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("SELECT 1"))
    with psycopg.connect(plain_dsn(engine), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )
    with transaction(engine) as connection:
        assert connection.scalar(text("SELECT 1")) == 1
