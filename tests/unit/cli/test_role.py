"""What the programs of the roles have in common."""

import threading

import pytest
from sqlalchemy import Engine, text

from baqylau.cli.roles import role
from baqylau.storage.server import embedded
from tests.conftest import NOT_FOR_KEEPS, own_directory

WITHIN_S = 60.0


def test_a_role_that_starts_before_its_database_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    awaited, back, known = threading.Event(), threading.Event(), list[object]()

    def wait(_seconds: float) -> None:
        awaited.set()
        assert back.wait(WITHIN_S)

    def work(engine: Engine) -> None:
        with engine.connect() as connection:
            known.append(connection.scalar(text("SELECT count(*) FROM journal")))

    monkeypatch.setattr(role, "sleep", wait)
    with own_directory() as place:
        with embedded(place / "db", settings=NOT_FOR_KEEPS) as address:
            pass
        thread = threading.Thread(
            target=role.run, args=("judge", place, address), kwargs={"lifeline": False, "work": work}
        )
        thread.start()
        assert awaited.wait(WITHIN_S)
        with embedded(place / "db", settings=NOT_FOR_KEEPS):
            back.set()
            thread.join(WITHIN_S)
    assert known == [0]
