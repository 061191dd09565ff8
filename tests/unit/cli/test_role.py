"""What the programs of the roles have in common: none of them ends because the database is away."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from baqylau.cli.roles import check_planner, forwarder, messenger, role
from baqylau.links import outage
from baqylau.links.outage import Outage
from baqylau.monitoring.server.settings import Settings
from baqylau.storage.database import open_database, plain_dsn, witnessed
from baqylau.storage.judging.live import CHECKS, FORWARDER, MESSENGER, Live
from baqylau.storage.server import embedded
from tests.conftest import NOT_FOR_KEEPS, own_directory
from tests.perf.installation import until

WITHIN_S = 60.0
Work = Callable[[Engine, threading.Event], None]


@contextmanager
def at_work(engine: Engine, work: Work) -> Iterator[threading.Thread]:
    """Do the work of a role beside the test; a fault in it fails the test."""
    stop, faults = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            role.until_done(engine, stop, work)
        except BaseException as fault:
            faults.append(fault)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(WITHIN_S)
    assert not faults


@contextmanager
def away(dsn: str) -> Iterator[None]:
    """Nobody gets to the database, and whoever was there is sent away."""
    name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
    beside = dsn.replace(f"/{name}?", "/postgres?")
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def test_a_role_that_starts_before_its_database_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    known = list[object]()

    def work(engine: Engine, _stop: threading.Event) -> None:
        with engine.connect() as connection:
            known.append(connection.scalar(text("SELECT count(*) FROM journal")))

    monkeypatch.setattr(role, "AGAIN_S", 0.05)
    with own_directory() as place, capture_logs() as said:
        with embedded(place / "db", settings=NOT_FOR_KEEPS) as address:
            engine = open_database(address)
        witnessed(engine, Outage("database"))
        with at_work(engine, work) as thread:
            until(lambda: bool(said), "it does not say that it waits")
            assert not known
            with embedded(place / "db", settings=NOT_FOR_KEEPS):
                thread.join(WITHIN_S)
                engine.dispose()
    assert known == [0]


@pytest.mark.parametrize(
    ("name", "work"),
    [
        pytest.param(CHECKS, check_planner.planner_role, id="check-planner"),
        pytest.param(FORWARDER, forwarder.forwarder_role, id="forwarder"),
    ],
)
def test_a_role_goes_on_when_its_database_is_back_and_says_so_in_two_lines(
    name: str,
    work: Callable[[Path, Engine, threading.Event], None],
    tmp_path: Path,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(role, "AGAIN_S", 0.05)
    monkeypatch.setattr(check_planner, "LOOK_S", 0.05)
    monkeypatch.setattr(forwarder, "LOOK_S", 0.05)
    _goes_on(name, partial(work, tmp_path), engine, monkeypatch)


def test_a_messenger_goes_on_when_its_database_is_back(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notices.yaml").write_text("targets: []\n")
    (tmp_path / "notices.yaml").chmod(0o600)
    monkeypatch.setattr(role, "AGAIN_S", 0.05)
    monkeypatch.setattr(messenger, "MESSENGER_WAITS_S", 0.05)
    _goes_on(MESSENGER, partial(messenger.messenger_role, Settings(data_dir=tmp_path)), engine, monkeypatch)


def _goes_on(name: str, work: Work, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outage, "SETTLED_S", 0.1)
    watching = open_database(plain_dsn(engine))

    def alive_at() -> object:
        return Live(watching).role_alive(name)

    with capture_logs() as said, at_work(engine, work) as thread:
        witnessed(engine, Outage("database"))
        until(lambda: alive_at() is not None, "it does not begin")
        before = alive_at()
        with away(plain_dsn(engine)):
            until(lambda: any(one["event"] == "database_away" for one in said), "it does not say that it waits")
            thread.join(0.5)
            assert thread.is_alive()
        until(lambda: alive_at() != before, "it does not go on")
        until(lambda: any(one["event"] == "database_back" for one in said), "it does not say that it goes on")
    assert [one["event"] for one in said if one["event"].startswith("database")] == ["database_away", "database_back"]
    assert not any("exception" in one or "exc_info" in one for one in said)
    watching.dispose()
