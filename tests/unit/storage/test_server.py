"""The embedded server starts by itself, keeps its data, and stops when nobody uses it any more."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from baqylau.storage.server import SOCKET_PATH_BYTES, ServerFailedError, embedded, stand_up_again
from tests.conftest import own_directory

SMALL = {"shared_buffers": "16MB"}


@pytest.fixture
def place() -> Iterator[Path]:
    with own_directory() as made:
        yield made


@pytest.fixture
def data_dir(place: Path) -> Path:
    return place / "db"


def ask(dsn: str, sql: str) -> object:
    with psycopg.connect(dsn, autocommit=True) as connection:
        asked = connection.execute(sql)
        return asked.fetchone() if asked.description else None


def start(data_dir: Path, **settings: str) -> None:
    with embedded(data_dir, settings=SMALL | settings):
        pass


def running(data_dir: Path) -> bool:
    return (data_dir / "postmaster.pid").exists()


def test_data_stays_from_one_start_to_the_next(data_dir: Path) -> None:
    with embedded(data_dir, settings=SMALL) as dsn:
        ask(dsn, "CREATE TABLE kept AS SELECT 17 AS number")
        assert ask(dsn, "SHOW synchronous_commit") == ("on",)
        assert ask(dsn, "SHOW listen_addresses") == ("",)
    assert not running(data_dir)
    with embedded(data_dir, settings=SMALL) as dsn:
        assert ask(dsn, "SELECT number FROM kept") == (17,)


def test_the_server_stops_only_when_the_last_one_goes(data_dir: Path) -> None:
    with embedded(data_dir, settings=SMALL) as first:
        with embedded(data_dir, settings=SMALL) as second:
            assert first == second
        assert ask(first, "SELECT 1") == (1,)
    assert not running(data_dir)


def test_only_the_owner_can_enter_the_directory(data_dir: Path) -> None:
    with embedded(data_dir, settings=SMALL):
        assert data_dir.stat().st_mode & 0o077 == 0


def test_a_path_too_long_for_a_socket_gets_a_short_place_for_it(place: Path) -> None:
    data_dir = place / ("long" * 25) / "db"
    with embedded(data_dir, settings=SMALL) as dsn:
        assert len(str(data_dir)) > SOCKET_PATH_BYTES
        assert ask(dsn, "SELECT 1") == (1,)


def test_data_of_another_version_is_refused_in_a_sentence(data_dir: Path) -> None:
    with embedded(data_dir, settings=SMALL):
        pass
    (data_dir / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServerFailedError, match="was made by PostgreSQL 12, the installed one is"):
        start(data_dir)


def test_a_folder_that_is_away_for_a_while_is_a_sentence_each_time_and_then_no_loss(data_dir: Path) -> None:
    with embedded(data_dir, settings=SMALL) as dsn:
        ask(dsn, "CREATE TABLE kept AS SELECT 17 AS number")
        elsewhere = data_dir.rename(data_dir.with_name("elsewhere"))
        os.kill(int((elsewhere / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        for _ in range(2):
            with pytest.raises(ServerFailedError, match="cannot be read: No such file or directory"):
                stand_up_again(data_dir)
        elsewhere.rename(data_dir)
        while not stand_up_again(data_dir):
            """The killed one is still going."""
        assert ask(dsn, "SELECT number FROM kept") == (17,)


def test_a_setting_that_the_server_refuses_is_told_with_its_own_words(data_dir: Path) -> None:
    with pytest.raises(ServerFailedError, match="pg_ctl of the embedded PostgreSQL failed"):
        start(data_dir, shared_buffers="none at all")


PROGRAM = """
import sys, time
from pathlib import Path
import psycopg
from baqylau.storage.server import embedded
with embedded(Path(sys.argv[1]), settings={"shared_buffers": "16MB"}) as dsn:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 17 AS number")
        print("kept", flush=True)
        time.sleep(60)
"""


def test_what_was_committed_outlives_the_sudden_death_of_the_program_and_the_next_takes_over(data_dir: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(data_dir)], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"kept\n"
        program.send_signal(signal.SIGKILL)
    assert running(data_dir)
    with embedded(data_dir, settings=SMALL) as dsn:
        assert ask(dsn, "SELECT number FROM kept") == (17,)
    assert not running(data_dir)


def test_what_was_committed_outlives_the_sudden_death_of_the_server_itself(data_dir: Path) -> None:
    with embedded(data_dir, settings=SMALL) as dsn:
        ask(dsn, "CREATE TABLE kept AS SELECT 17 AS number")
        os.kill(int((data_dir / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        with embedded(data_dir, settings=SMALL) as again:
            assert ask(again, "SELECT number FROM kept") == (17,)


def test_a_server_that_was_killed_stands_up_again_for_those_who_still_use_it(data_dir: Path) -> None:
    with embedded(data_dir, settings=SMALL) as dsn:
        ask(dsn, "CREATE TABLE kept AS SELECT 17 AS number")
        assert not stand_up_again(data_dir)
        os.kill(int((data_dir / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        while not stand_up_again(data_dir):
            """The killed one is still going."""
        assert ask(dsn, "SELECT number FROM kept") == (17,)
        assert not stand_up_again(data_dir)
    assert not running(data_dir)
