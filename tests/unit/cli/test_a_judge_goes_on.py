"""A judge goes on: when its line to the database was cut, and while the timers of alarms take long."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from baqylau.cli.roles import judge
from baqylau.monitoring.server.escalating import Escalating
from baqylau.monitoring.server.settings import Settings
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.seats import Seats
from tests.perf.installation import until

SOON_S = 30.0
CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
)
LISTENS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'baqylau-listener' AND datname = current_database()"
)
OWNED = text("SELECT count(*) FROM judge_cursor WHERE owner = 'judge' AND epoch >= :epoch")


@contextmanager
def judging(place: Path, engine: Engine) -> Iterator[threading.Thread]:
    stop = threading.Event()
    seats = Seats(engine, "judge", "one run")
    thread = threading.Thread(target=judge.judge_until, args=(stop, Settings(data_dir=place), engine, seats))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(SOON_S)


def test_a_judge_whose_line_was_cut_judges_on(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "AWAY_S", 0.05)

    def sits(epoch: int) -> bool:
        with engine.connect() as connection:
            return bool(connection.scalar(OWNED, {"epoch": epoch}))

    def listens() -> bool:
        with engine.connect() as connection:
            return bool(connection.scalar(LISTENS))

    with judging(tmp_path, engine) as thread:
        until(lambda: sits(1) and listens(), "it does not sit down")
        before = Live(engine).health().judge_alive_at
        with engine.connect() as connection:
            connection.execute(CUT)
        engine.dispose()
        until(lambda: sits(2), "it does not sit down again")
        until(lambda: Live(engine).health().judge_alive_at != before, "it does not judge")
        assert thread.is_alive()
    assert not thread.is_alive()


def test_judging_does_not_wait_for_the_timers_of_alarms(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, enough = threading.Event(), threading.Event()

    def slow(_escalating: Escalating) -> int:
        looking.set()
        enough.wait(SOON_S)
        return 0

    monkeypatch.setattr(judge, "TIMERS_S", 0.05)
    monkeypatch.setattr(Escalating, "look", slow)
    with judging(tmp_path, engine):
        assert looking.wait(SOON_S)
        before = Live(engine).health().judge_alive_at
        until(lambda: Live(engine).health().judge_alive_at != before, "it does not judge")
        enough.set()


def test_a_judge_whose_timers_break_ends_and_says_why(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_escalating: Escalating) -> int:
        msg = "a fault of ours"
        raise ValueError(msg)

    monkeypatch.setattr(judge, "TIMERS_S", 0.05)
    monkeypatch.setattr(Escalating, "look", broken)
    with pytest.raises(ValueError, match="a fault of ours"):
        judge.judge_until(threading.Event(), Settings(data_dir=tmp_path), engine, Seats(engine, "judge", "one run"))
