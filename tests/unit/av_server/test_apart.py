"""How long a comparison may take: what counts is its work, so a busy machine breaks off nobody's check."""

from collections.abc import Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Timer

import msgspec
import pytest

from baqylau.domain.checks import CheckKind, LikenessReason
from baqylau.domain.ids import CheckId, PersonId
from baqylau.monitoring.av_server import apart
from baqylau.monitoring.av_server.apart import Apart
from baqylau.monitoring.av_server.templates import Templates
from baqylau.monitoring.av_server.working import JudgingFailedError, Material, unjudged

MATERIAL = Material(
    check_id=CheckId("c-1"), kind=CheckKind.IDENTITY, person_id=PersonId("p-1"), marks=(), clips=(), photos=()
)


class Shelf:
    def of(self, person_id: PersonId) -> Templates:
        del person_id
        return Templates()


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the process has worked whenever somebody looks; the last one stays."""
    told = [0.0]
    monkeypatch.setattr(apart, "_LOOK_S", 0.01)
    monkeypatch.setattr(apart, "_worked_s", lambda _: told.pop(0) if len(told) > 1 else told[0])
    return told


@pytest.fixture
def line() -> Iterator[tuple[Connection, Connection]]:
    ours, theirs = Pipe()
    yield ours, theirs
    ours.close()
    theirs.close()


def comparing(line: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch) -> Apart:
    """Give a comparison whose process is the other end of the line."""
    one = Apart(Shelf(), Path("models"), within_cpu_s=100.0)
    monkeypatch.setattr(one, "_begun", lambda: line[0])
    return one


def test_one_that_waits_long_for_a_busy_machine_is_waited_for(
    line: tuple[Connection, Connection], worked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "STANDS_STILL_S", 0.05)
    worked[:] = [0.1 * number for number in range(900)]
    answer = msgspec.msgpack.encode(unjudged(MATERIAL.check_id, LikenessReason.NO_MODEL))
    later = Timer(0.5, line[1].send_bytes, [answer])
    later.start()
    found = comparing(line, monkeypatch).judged(MATERIAL)
    later.join()
    assert found.likeness.check_id == MATERIAL.check_id


def test_what_it_says_of_another_check_is_not_believed(
    line: tuple[Connection, Connection], worked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worked == [0.0]
    line[1].send_bytes(msgspec.msgpack.encode(unjudged(CheckId("c-2"), LikenessReason.NO_MODEL)))
    with pytest.raises(JudgingFailedError, match="another check"):
        comparing(line, monkeypatch).judged(MATERIAL)


def test_one_that_works_without_end_is_broken_off(
    line: tuple[Connection, Connection], worked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    worked[:] = [0.0, 50.0, 101.0]
    with pytest.raises(JudgingFailedError):
        comparing(line, monkeypatch).judged(MATERIAL)


def test_one_that_has_come_to_a_halt_is_broken_off(
    line: tuple[Connection, Connection], worked: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "STANDS_STILL_S", 0.05)
    worked[:] = [3.0]
    with pytest.raises(JudgingFailedError):
        comparing(line, monkeypatch).judged(MATERIAL)
