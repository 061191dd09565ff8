"""The schema is what the code believes it to be, and a lost database is one exception."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pkgutil import walk_packages
from time import sleep

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from baqylau import storage
from baqylau.domain.acts import Close, Reopen, Take
from baqylau.domain.alarms import AlarmState, Cause, Level
from baqylau.domain.ids import AlarmId
from baqylau.storage import database
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.feed import notifications
from baqylau.storage.columns import metadata
from baqylau.storage.database import (
    FRESH_S,
    StorageUnavailableError,
    open_database,
    plain_dsn,
    transaction,
    witnessed,
)
from baqylau.storage.migrating import migrate
from baqylau.storage.upgrading import upgrade
from tests.unit.storage.kept import NOON

_OLD_ALARMS = """
    INSERT INTO finding (id, person_id, code, subject, at, raised_at, body)
    SELECT id, 'aigul', 'B01', 'd-' || id, '2026-03-10 12:00Z', '2026-03-10 12:00Z', jsonb_build_object(
        'id', id, 'rule', 'tamper', 'rule_version', '1', 'code', 'B01', 'person_id', 'aigul', 'subject', 'd-' || id,
        'at', '2026-03-10T12:00:00Z', 'because', jsonb_build_array('o')
    ) FROM (VALUES ('1'), ('2')) AS one (id);
    INSERT INTO alarm (person_id, code, subject, priority, state, first_finding_id, last_finding_id, raised_at,
        began_at, last_at, count, late, closed_by, closed_at, cause, grounds)
    SELECT 'aigul', 'B01', subject, 1, state, id, id, raised_at, at, at, 1, false, closed_by, closed_at, cause, grounds
    FROM finding JOIN (VALUES
        ('1', 'open', NULL, NULL::timestamptz, NULL, NULL),
        ('2', 'closed', 'dana', '2026-03-10 13:00Z', 'other', 'seen')
    ) AS life (name, state, closed_by, closed_at, cause, grounds) ON name = id ORDER BY id
"""
_OLD_ACT = """
    INSERT INTO alarm_act (alarm_id, at, by, act) VALUES
    (2, '2026-03-10 13:00Z', 'dana', '{"type": "close", "cause": "other", "grounds": "seen"}')
"""


def test_the_migrations_make_exactly_the_tables_of_the_schema(engine: Engine) -> None:
    for module in walk_packages(storage.__path__, f"{storage.__name__}."):
        if not module.ispkg and ".migrations." not in module.name:
            import_module(module.name)
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


def test_a_server_that_is_not_there_is_storage_unavailable_and_says_why() -> None:
    engine = open_database("postgresql://nobody@/none?host=/nonexistent")
    with pytest.raises(StorageUnavailableError, match="No such file or directory"), transaction(engine) as connection:
        connection.execute(text("SELECT 1"))


@pytest.mark.parametrize("address", ["db/baqylau", "postgresql://baqylau:a-secret@db:port/baqylau"])
def test_what_is_no_address_is_told_so_without_repeating_it(address: str) -> None:
    with pytest.raises(StorageUnavailableError, match="it looks like postgresql://") as told:
        open_database(address)
    assert "a-secret" not in str(told.value)


class Notes:
    """Writes down what it is told of a database."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def gave_up(self, why: str) -> None:
        self.said.append(why)

    def answered(self) -> None:
        self.said.append("answered")


def test_whoever_looks_after_a_database_is_told_of_every_transaction(engine: Engine) -> None:
    notes = Notes()
    witnessed(engine, notes)
    with transaction(engine) as connection:
        connection.execute(text("SELECT 1"))
    sent_away = text("DO $$ BEGIN RAISE EXCEPTION 'going down' USING ERRCODE = '57P01', DETAIL = 'of Dana'; END $$")
    with pytest.raises(StorageUnavailableError), transaction(engine) as connection:
        connection.execute(sent_away)
    line = notifications(engine, ["feed"], timeout_s=1)
    next(line)
    with pytest.raises(StorageUnavailableError):
        line.throw(psycopg.OperationalError("server closed the connection\nThis probably means more"))
    assert notes.said == ["answered", "going down", "server closed the connection"]


def test_the_pool_recovers_when_its_lines_were_cut(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(text("SELECT 1"))
    cut_all_lines(engine)
    sleep(2 * FRESH_S)
    with transaction(engine) as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def test_a_line_that_was_cut_the_moment_before_is_one_failure_and_no_more(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "FRESH_S", 60.0)
    with transaction(engine) as connection:
        connection.execute(text("SELECT 1"))
    cut_all_lines(engine)
    with pytest.raises(StorageUnavailableError), transaction(engine) as connection:
        connection.execute(text("SELECT 1"))
    with transaction(engine) as connection:
        assert connection.scalar(text("SELECT 1")) == 1


def cut_all_lines(engine: Engine) -> None:
    """End every other line to this database at its other end."""
    with psycopg.connect(plain_dsn(engine), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )


def test_a_database_of_the_first_schema_keeps_its_alarms(server_dsn: str) -> None:
    beside = server_dsn.replace("/baqylau?", "/postgres?")
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute("CREATE DATABASE of_the_first_schema")
    engine = open_database(server_dsn.replace("/baqylau?", "/of_the_first_schema?"))
    with transaction(engine) as connection:
        upgrade(connection, "0001")
        connection.exec_driver_sql(_OLD_ALARMS)
        connection.exec_driver_sql(_OLD_ACT)
    migrate(engine)

    alarms = Alarms(engine, lambda: NOON)
    waiting, closed = (alarms.get(AlarmId(number)).alarm for number in (1, 2))
    assert (waiting.level, waiting.waits_since) == (Level.OPERATOR, NOON)
    assert (closed.state, closed.cause, closed.action) == (AlarmState.CLOSED, Cause.OTHER, None)
    assert alarms.grounds(AlarmId(2)).acts[0].act == Close(cause=Cause.OTHER, grounds="seen")
    assert alarms.act(AlarmId(1), Take(), "dana").taken_by == "dana"
    assert alarms.act(AlarmId(2), Reopen(why="the wrong cause"), "dana").state is AlarmState.OPEN
    engine.dispose()
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute("DROP DATABASE of_the_first_schema WITH (FORCE)")


def test_who_is_held_still_in_a_transaction_keeps_nobody_from_writing(engine: Engine) -> None:
    held = open_database(plain_dsn(engine), idle_s=0.3)
    with engine.begin() as setting:
        setting.execute(text("CREATE TABLE one AS SELECT 1 AS number"))

    def be_held_still() -> None:
        with transaction(held) as connection:
            connection.execute(text("UPDATE one SET number = 2"))
            with transaction(engine) as other:
                other.execute(text("SET LOCAL lock_timeout = '30s'"))
                other.execute(text("UPDATE one SET number = 3"))
            connection.execute(text("UPDATE one SET number = 4"))

    with pytest.raises(StorageUnavailableError):
        be_held_still()
    held.dispose()
    with engine.begin() as looking:
        assert looking.scalar(text("SELECT number FROM one")) == 3
