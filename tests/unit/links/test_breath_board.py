"""Lines of the measuring board: nothing garbled is a measurement, and nothing missing is a zero."""

import asyncio
import os
import pty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from math import inf, isinf, isnan, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from baqylau.links.breath_board import BreathBoard
from baqylau.links.breath_lines import (
    Board,
    Heat,
    Identify,
    Order,
    Pump,
    Row,
    Rows,
    Stream,
    Switch,
    Switched,
    TakeSample,
    Word,
    Wrong,
    finite,
    ordered,
    read,
    understood,
    written,
)
from baqylau.links.radio.words import Particular, SourceLostError, Stamp

ROW = Row(
    seq=7,
    current_ua=12.345,
    pressure_pa=800,
    flow_l_s=0.42,
    breath_c=34.1,
    room_c=21.5,
    cell_c=34.0,
    ambient_hpa=935.2,
    dioxide_percent=5.1,
    sampled=True,
    sound=bytes(range(118, 138)),
)
BOARD = Board(serial="B-1", cell="C-1", full_scale_ua=2000.0)
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "word", [ROW, replace(ROW, sampled=False, pumping=True), BOARD, Switched(switch=Switch.CASE, on=True)]
)
def test_a_word_comes_back_as_it_was_written(word: Word) -> None:
    assert read(written(word)) == word


@pytest.mark.parametrize(
    "order", [Identify(), Stream(on=True), Stream(on=False), TakeSample(), Pump(4000), Heat(34.5), Heat(None)]
)
def test_an_order_comes_back_as_it_was_written(order: Order) -> None:
    assert understood(ordered(order)) == order


def test_a_sensor_that_is_not_there_or_beyond_its_range_is_no_figure() -> None:
    row = read(written(replace(ROW, breath_c=nan, current_ua=inf, dioxide_percent=nan)))
    assert isinstance(row, Row)
    assert isnan(row.breath_c)
    assert isinf(row.current_ua)
    assert not finite(row)
    assert finite(replace(ROW, dioxide_percent=nan))


@given(some.integers(0, len(written(ROW)) - 5), some.integers(1, 255))
def test_a_line_with_any_byte_changed_says_nothing_or_the_same(place: int, change: int) -> None:
    line = bytearray(written(ROW))
    line[place] ^= change
    assert read(bytes(line)) in {None, ROW}


@given(some.binary(max_size=200))
def test_garbage_says_nothing(raw: bytes) -> None:
    assert read(raw) is None
    assert understood(raw) is None


def _clock() -> Stamp:
    return Stamp(BEGIN, 0)


async def _first(board: BreathBoard, count: int) -> list[object]:
    found: list[object] = []
    words = board.words()
    async for said in words:
        assert isinstance(said.word, Particular)
        found.append(said.word.what)
        if len(found) == count:
            break
    await words.aclose()  # type: ignore[attr-defined]
    return found


@asynccontextmanager
async def _speaking(path: Path, raw: bytes, heard: list[bytes]) -> AsyncIterator[None]:
    done = asyncio.Event()

    async def attend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        heard.append(await reader.readline())
        await reader.read()
        writer.close()
        done.set()

    server = await asyncio.start_unix_server(attend, path)
    try:
        yield
    finally:
        server.close()
        await asyncio.wait_for(done.wait(), 20)


async def _on_a_socket(folder: Path) -> list[object]:
    rows = b"".join(written(replace(ROW, seq=one, sampled=False)) for one in range(5))
    heard: list[bytes] = []
    async with _speaking(folder / "s", written(BOARD) + b"D garbage*0000\r\n" + rows, heard):
        found = await _first(BreathBoard(f"socket:{folder / 's'}", _clock), 2)
    assert heard == [ordered(Identify())]
    return found


def test_rows_come_together_and_what_was_garbled_is_counted(tmp_path: Path) -> None:
    board, rows = asyncio.run(_on_a_socket(tmp_path))
    assert board == BOARD
    assert isinstance(rows, Rows)
    assert ([one.seq for one in rows.rows], rows.garbled) == ([0, 1, 2, 3, 4], 1)


async def _on_a_serial_line(ours: int, name: str) -> list[object]:
    first = asyncio.create_task(_first(BreathBoard(f"serial:{name}", _clock), 1))
    assert await asyncio.to_thread(os.read, ours, 100) == ordered(Identify())
    os.write(ours, written(BOARD))
    return await first


def test_a_board_on_a_serial_line_is_asked_who_it_is() -> None:
    ours, theirs = pty.openpty()
    try:
        assert asyncio.run(_on_a_serial_line(ours, os.ttyname(theirs))) == [BOARD]
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_board_that_is_silent_or_says_that_it_fails_is_lost(tmp_path: Path) -> None:
    async def lost(raw: bytes) -> None:
        async with _speaking(tmp_path / "s", raw, []):
            with pytest.raises(SourceLostError):
                await _first(BreathBoard(f"socket:{tmp_path / 's'}", _clock, quiet_s=0.05), 1)

    asyncio.run(lost(b""))
    asyncio.run(lost(written(Wrong("adc"))))
    with pytest.raises(SourceLostError):
        asyncio.run(_first(BreathBoard(f"serial:{tmp_path / 'none'}", _clock), 1))
    with pytest.raises(OSError, match="none"):
        asyncio.run(BreathBoard(f"serial:{tmp_path / 'none'}", _clock).order(Stream(on=True)))
