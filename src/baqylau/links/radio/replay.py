"""A recording in place of a receiver: one frame a line, its instant, its strength, its bytes.

    2026-11-22T10:15:03.250Z -61.5 24d311cb09c3aeae1c8000ed5e536a1a7890894515c84ccc983735

A beacon is only believed at its own time, so a recording brings its clock with it (`Tape`): whoever listens to it lives
at the time at which it was made, as fast as that went or as fast as the machine can.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import datetime, timedelta
from heapq import merge
from operator import itemgetter
from pathlib import Path

from baqylau.links.radio.words import Frame, Said, Sky, SourceLostError, Stamp, Waited
from baqylau.links.wall_clock import monotonic_s

_SECOND = timedelta(seconds=1)


class RecordingError(Exception):
    """A line of a recording cannot be read."""


def read(path: Path) -> Iterator[tuple[datetime, Frame]]:
    """Give the frames of a recording. Raises `RecordingError` naming the line."""
    with path.open(encoding="ascii") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                at, rssi_dbm, digits = line.split()
                instant = datetime.fromisoformat(at)
                frame = Frame(bytes.fromhex(digits), float(rssi_dbm))
            except ValueError as wrong:
                msg = f"{path}:{number}"
                raise RecordingError(msg) from wrong
            if instant.tzinfo is None:
                msg = f"{path}:{number}"
                raise RecordingError(msg)
            yield instant, frame


class Tape:
    """The clock of a recording: it stands at the first frame until the recording is played."""

    def __init__(self, begin_at: datetime, *, fast: bool) -> None:
        """Take the instant of the first frame; `fast`: only the recording itself moves it on."""
        self._begin_at, self._begun_s, self.fast = begin_at, monotonic_s(), fast
        self._at = begin_at

    def __call__(self) -> Stamp:
        """Give the present instant of the recording."""
        at = self._at if self.fast else self._begin_at + timedelta(seconds=monotonic_s() - self._begun_s)
        return self.stamp(at)

    def stamp(self, at: datetime) -> Stamp:
        """Give an instant by both clocks."""
        return Stamp(at, round((at - self._begin_at) / timedelta(milliseconds=1)))

    def moved(self, at: datetime) -> Stamp:
        """Move the clock on."""
        self._at = at
        return self.stamp(at)

    def is_set(self) -> bool:
        """It is what it is."""
        return True

    def from_network(self) -> bool:
        """Nobody keeps it right: it is a recording."""
        return False

    def told(self, at: datetime) -> None:
        """Stay in the time of the recording, whatever time it is."""

    def wait_s(self, at: datetime) -> float:
        """Give how long it is until an instant of the recording."""
        return 0.0 if self.fast else (at - self().at).total_seconds()


_Seen = tuple[datetime, Sky]


class ReplaySource:
    """A recording that is played."""

    def __init__(self, path: Path | None, tape: Tape, beside: Callable[[], Iterable[_Seen]] = tuple) -> None:
        """Take the file and the clock that goes with it.

        `beside`: what a satellite receiver said in the same time, or by itself where there is no file.
        """
        self._path, self._tape, self._beside = path, tape, beside
        self.name = f"replay:{path.name if path else 'sky'}"

    async def words(self) -> AsyncIterator[Said]:
        """Play it once; when it is over nothing more is heard."""
        try:
            frames = read(self._path) if self._path else ()
            words: list[tuple[datetime, Frame | Sky]] = list(merge(frames, self._beside(), key=itemgetter(0)))
        except (OSError, RecordingError) as wrong:
            raise SourceLostError(str(wrong)) from wrong
        ticked_at = self._tape().at
        for at, word in words:
            if self._tape.fast:
                for second in _seconds(ticked_at, at):
                    yield Said(self._tape.moved(second), Waited())
                    ticked_at = second
                self._tape.moved(at)
            await asyncio.sleep(max(self._tape.wait_s(at), 0.0))
            yield Said(self._tape.stamp(at), word)


def _seconds(from_at: datetime, until_at: datetime) -> Iterator[datetime]:
    """Give every whole second between two instants, counted from the first."""
    while (from_at := from_at + _SECOND) < until_at:
        yield from_at


def tape(path: Path, *, fast: bool) -> Tape:
    """Give the clock of a recording. Raises `RecordingError` when there is no frame in it."""
    first = next(read(path), None)
    if first is None:
        raise RecordingError(path)
    return Tape(first[0], fast=fast)
