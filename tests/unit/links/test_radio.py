"""What receivers say, and what is made of lines that a wire has garbled."""

import asyncio
import os
import tty
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.links.radio import modem
from baqylau.links.radio.ble import BleSource, Heard
from baqylau.links.radio.replay import RecordingError, ReplaySource, read, tape
from baqylau.links.radio.stream import SerialSource, SocketSource
from baqylau.links.radio.words import Frame, Noise, Said, Sensor, Source, SourceLostError, Stamp, Trouble, Waited, Word
from tests.unit.rules.stories import DAY

RAW = bytes(range(27))
WORDS: list[Frame | Noise | Sensor] = [
    Frame(RAW, -61.5),
    Frame(b"", -80.0),
    Frame(RAW, -61.5, 123_456),
    Noise(-103.5),
    Sensor("mains", 0.0),
    Sensor("battery", 99.0),
]


def clock() -> Stamp:
    return Stamp(DAY, 7)


async def taken(source: Source, most: int) -> list[Word]:
    words = []
    async for said in source.words():
        words.append(said.word)
        if len(words) == most:
            break
    return words


def test_a_line_says_what_was_written() -> None:
    said: list[Frame | Noise | Sensor | Trouble] = [*WORDS, Trouble("antenna")]
    for word in said:
        assert modem.read(modem.written(word)) == word


@given(st.binary(max_size=200))
def test_whatever_comes_over_the_wire_is_a_word_or_nothing(line: bytes) -> None:
    modem.read(line)
    modem.read(line + b"*%02X" % modem.check(line))


@given(st.integers(0, 60), st.integers(1, 255))
def test_a_garbled_byte_is_noticed(place: int, other: int) -> None:
    line = bytearray(modem.written(WORDS[0]))
    line[place] ^= other
    assert modem.read(bytes(line)) in {None, WORDS[0]}


def test_the_page_shows_lines_that_are_read() -> None:
    page = Path(modem.__file__).with_suffix(".md").read_text("utf-8")
    shown = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    for content in shown:
        whole = content.replace("24d3...3735", RAW.hex()).encode()
        assert modem.read(whole + b"*%02X" % modem.check(whole)) is not None, content


def test_a_modem_on_a_serial_line_is_heard_until_it_is_unplugged() -> None:
    async def story() -> None:
        host, board = os.openpty()
        tty.setraw(host)
        words = SerialSource(Path(os.ttyname(board)), clock).words()
        first = asyncio.ensure_future(anext(words))
        await asyncio.sleep(0.05)
        os.write(host, b"garbage\r\n")
        for word in WORDS:
            os.write(host, modem.written(word))
        assert [(await first).word, *[(await anext(words)).word for _ in WORDS[1:]]] == WORDS
        os.close(host)
        os.close(board)
        with pytest.raises(SourceLostError):
            await anext(words)

    asyncio.run(story())


def test_a_serial_line_that_is_not_there_is_lost() -> None:
    with pytest.raises(SourceLostError):
        asyncio.run(taken(SerialSource(Path("no-such-line"), clock), 1))


@pytest.mark.parametrize("unix", [False, True])
def test_a_program_beside_us_says_the_same_lines(tmp_path: Path, *, unix: bool) -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for word in WORDS:
            writer.write(b"x" * 2000 + b"\r\n" + modem.written(word))
        await writer.drain()
        writer.close()

    async def story() -> None:
        if unix:
            address = str(tmp_path / "air")
            server = await asyncio.start_unix_server(answer, address)
        else:
            server = await asyncio.start_server(answer, "127.0.0.1", 0)
            address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            assert await taken(SocketSource(address, clock), len(WORDS)) == WORDS
            with pytest.raises(SourceLostError):
                await taken(SocketSource(address, clock), 99)
        with pytest.raises(SourceLostError):
            await taken(SocketSource(str(tmp_path / "nobody"), clock), 1)

    asyncio.run(story())


def test_a_board_that_says_it_is_broken_is_lost() -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(modem.written(Trouble("antenna")))
        writer.close()

    async def story() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with pytest.raises(SourceLostError, match="antenna"):
                await taken(SocketSource(address, clock), 1)

    asyncio.run(story())


class FakeScanner:
    """An adapter that hears what it is told to."""

    def __init__(self, *, broken: bool = False) -> None:
        self.broken, self.stopped = broken, False

    async def start(self, heard: Heard) -> None:
        if self.broken:
            raise OSError
        heard(RAW, -70.0)
        heard(b"", -55.0)

    async def stop(self) -> None:
        self.stopped = True


def test_bluetooth_is_scanned_and_given_back() -> None:
    async def story() -> None:
        scanner = FakeScanner()
        words = BleSource(scanner, clock).words()
        assert (await anext(words)).word == Frame(RAW, -70.0)
        assert (await anext(words)).word == Frame(b"", -55.0)
        await words.aclose()  # type: ignore[attr-defined]
        assert scanner.stopped
        with pytest.raises(SourceLostError):
            await taken(BleSource(FakeScanner(broken=True), clock), 1)

    asyncio.run(story())


def recording(path: Path) -> Path:
    lines = [f"{(DAY + timedelta(seconds=3 * n)).isoformat()} -{60 + n}.0 {RAW.hex()}" for n in range(3)]
    path.write_text("# three frames\n\n" + "\n".join(lines) + "\n", "ascii")
    return path


def test_a_recording_is_played_in_its_own_time(tmp_path: Path) -> None:
    file = recording(tmp_path / "night.txt")

    async def story() -> list[Said]:
        return [said async for said in ReplaySource(file, tape(file, fast=True)).words()]

    said = asyncio.run(story())
    assert [one.word for one in said if isinstance(one.word, Frame)] == [frame for _, frame in read(file)]
    played_ms = [one.stamp.monotonic_ms for one in said]
    assert played_ms == sorted(played_ms)
    assert set(played_ms) == set(range(0, 7000, 1000))
    assert said[-1].stamp.at == DAY + timedelta(seconds=6)
    assert isinstance(said[1].word, Waited)


def test_a_recording_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "night.txt"
    file.write_text("2025-03-10T00:00:00 -60 00\n", "ascii")
    with pytest.raises(RecordingError, match=r"night.txt:1"):
        list(read(file))
    file.write_text("", "ascii")
    with pytest.raises(RecordingError):
        tape(file, fast=True)
