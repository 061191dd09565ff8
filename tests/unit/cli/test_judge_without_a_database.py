"""A judge whose line to the database is cut sits down again and judges on; nobody has to start it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from baqylau.cli.roles import judge
from baqylau.monitoring.server.settings import Settings
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.seats import Seats
from tests.perf.installation import until

SOON_S = 30.0
CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
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

    with judging(tmp_path, engine) as thread:
        until(lambda: sits(1), "it does not sit down")
        before = Live(engine).health().judge_alive_at
        with engine.connect() as connection:
            connection.execute(CUT)
        engine.dispose()
        until(lambda: sits(2), "it does not sit down again")
        until(lambda: Live(engine).health().judge_alive_at != before, "it does not judge")
        assert thread.is_alive()
    assert not thread.is_alive()
