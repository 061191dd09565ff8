"""What was promised to be kept is kept: through kills, cuts of power and lost answers."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baqylau.devices.linux_unit import spool as module
from baqylau.devices.linux_unit.spool import NumberWrongError, Spool
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.records import Alive, ClockQuality, CommandResult, CommandState, Record
from tests.unit.rules.stories import DAY

UNIT = DeviceId("unit-1")


def record(seq: int, *, urgent: bool = False) -> Record:
    said = CommandResult(number=seq, state=CommandState.DONE) if seq % 3 else Alive()
    return Record(seq=seq, observed_at=DAY, monotonic_ms=seq * 1000, clock=ClockQuality.FREE, said=said, urgent=urgent)


def sent(spool: Spool) -> list[int]:
    batch = spool.batch(UNIT, 0)
    return [] if batch is None else [one.seq for one in batch.records]


def test_records_come_back_as_they_were_and_go_when_they_are_kept(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.write([record(1), record(2)], b"state")
    batch = spool.batch(UNIT, 7)
    assert batch is not None
    assert (batch.records, batch.configuration, batch.previous) == ((record(1), record(2)), 7, bytes(32))
    spool.made(b"d" * 32)
    spool.kept(2)
    assert spool.batch(UNIT, 7) is None
    spool.close()
    again = Spool(tmp_path)
    assert (again.last_seq, again.state()) == (2, b"state")
    again.write([record(3)], b"state")
    batch = again.batch(UNIT, 7)
    assert batch is not None
    assert batch.previous == b"d" * 32


def test_urgent_goes_first_then_the_newest_then_the_past_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIVE_MAX", 5)
    monkeypatch.setattr(module, "BATCH_MAX", 40)
    spool, order = Spool(tmp_path), []
    spool.write([record(seq, urgent=seq in {10, 11, 50}) for seq in range(1, 101)], b"")
    while numbers := sent(spool):
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        order.append((numbers[0], numbers[-1]))
        spool.kept(0, [(numbers[0], numbers[-1])])
    assert order == [(50, 50), (10, 11), (96, 100), (1, 9), (12, 49), (51, 90), (91, 95)]


def test_what_was_never_sent_is_not_forgotten_whatever_the_server_says(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.write([record(1)], b"")
    spool.kept(99, [(1, 50)])
    assert sent(spool) == [1]


def test_a_number_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.write([record(1)], b"")
    with pytest.raises(NumberWrongError):
        spool.write([record(3)], b"")
    with pytest.raises(NumberWrongError):
        spool.write([record(1)], b"")
    assert sent(spool) == [1]


def test_beyond_thirty_days_the_oldest_that_is_not_urgent_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECORDS_MAX", 3)
    spool = Spool(tmp_path)
    spool.write([record(1, urgent=True), *(record(seq) for seq in range(2, 7))], b"")
    assert sent(spool) == [1]
    spool.kept(1)
    assert sent(spool) == [5, 6]


def test_a_database_that_is_lost_takes_no_number_with_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.write([record(1), record(2)], b"")
    spool.close()
    (tmp_path / "spool.db").write_bytes(b"not a database at all" * 300)
    again = Spool(tmp_path)
    assert again.last_seq > 2
    assert (tmp_path / "spool.db.broken-0").exists()
    again.write([record(again.last_seq + 1)], b"")


def test_a_log_cut_at_any_byte_loses_nothing_that_was_promised(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    log, promised = tmp_path / "spool.db-wal", []
    for seq in range(1, 13):
        spool.write([record(seq)], str(seq).encode())
        promised.append((log.stat().st_size, seq))
    whole, base, numbers = log.read_bytes(), (tmp_path / "spool.db").read_bytes(), tmp_path / "numbers"
    draw = Random(4)  # noqa: S311 - where to cut, not secrets
    for cut in [draw.randrange(len(whole)) for _ in range(40)] + [size for size, _ in promised]:
        copy = tmp_path / f"cut-{cut}"
        copy.mkdir(exist_ok=True)
        (copy / "spool.db").write_bytes(base)
        (copy / "spool.db-wal").write_bytes(whole[:cut] + os.urandom(min(300, len(whole) - cut)))
        shutil.copy(numbers, copy / "numbers")
        after = Spool(copy)
        due = max((seq for size, seq in promised if size <= cut), default=0)
        told = sent(after)
        assert told == list(range(1, len(told) + 1))
        assert len(told) >= due
        if told:
            assert after.state() == str(len(told)).encode()
        after.close()
    spool.close()


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from baqylau.devices.linux_unit.spool import Spool
from baqylau.protocols.batch.records import Alive, ClockQuality, Record
spool, at = Spool(Path(sys.argv[1])), datetime(2026, 1, 1, tzinfo=UTC)
while True:
    seq = spool.last_seq + 1
    said = Record(seq=seq, observed_at=at, monotonic_ms=seq, clock=ClockQuality.FREE, said=Alive())
    spool.write([said], str(seq).encode())
    print(seq, flush=True)
"""


def test_a_program_killed_while_it_writes_has_kept_everything_that_it_promised(tmp_path: Path) -> None:
    promised = 0
    for kill_after in (3, 40):
        with subprocess.Popen([sys.executable, "-c", WRITER, tmp_path], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(kill_after):
                promised = int(writer.stdout.readline())
            writer.send_signal(signal.SIGKILL)
            promised = max([promised, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        spool = Spool(tmp_path)
        assert spool.last_seq >= promised
        assert sent(spool) == list(range(1, spool.last_seq + 1))[: module.BATCH_MAX]
        spool.close()


class FakeServer:
    """Keeps what comes, once, and loses answers."""

    def __init__(self) -> None:
        self.kept: dict[int, Record] = {}
        self.repeated_wrongly = 0

    def take(self, records: tuple[Record, ...]) -> tuple[int, list[tuple[int, int]]]:
        for one in records:
            self.repeated_wrongly += self.kept.setdefault(one.seq, one) != one
        through = 0
        while through + 1 in self.kept:
            through += 1
        return through, [(seq, seq) for seq in self.kept if seq > through]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["write", "urgent", "send", "lost", "unsent", "cut"]), max_size=40))
def test_whatever_is_cut_and_lost_each_record_arrives_once(
    tmp_path_factory: pytest.TempPathFactory, happens: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    spool, server, last = Spool(folder), FakeServer(), 0
    for event in [*happens, *["send"] * 60]:
        if event in {"write", "urgent"}:
            last += 1
            spool.write([record(last, urgent=event == "urgent")], b"")
        elif event == "cut":
            spool.close()
            spool = Spool(folder)
        elif (batch := spool.batch(UNIT, 0)) is not None and event != "unsent":
            answer = server.take(batch.records)
            if event == "send":
                spool.kept(*answer)
    spool.close()
    assert sorted(server.kept) == list(range(1, last + 1))
    assert server.repeated_wrongly == 0
    assert Spool(folder).batch(UNIT, 0) is None
