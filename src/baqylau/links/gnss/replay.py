"""A log in place of a receiver: the bytes that one sent, NMEA or UBX, with the collector's comments left out.

It brings its clock with it: whoever listens lives at the time of the log, as fast as that went or as fast as the
machine can.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from baqylau.links.gnss.reading import read_log
from baqylau.links.radio.replay import RecordingError, Tape
from baqylau.links.radio.words import Said, Sky, SourceLostError


def tape(path: Path, *, fast: bool) -> Tape:
    """Give the clock of a log. Raises `RecordingError` when no epoch in it has a date, and `OSError` as it comes."""
    first_s = next((one.at_s for one in read_log(path.read_bytes())[0] if one.at_s is not None), None)
    if first_s is None:
        raise RecordingError(path)
    return Tape(datetime.fromtimestamp(first_s, tz=UTC), fast=fast)


class ReplayReceiver:
    """A log that is played once. An epoch without a time, or with an earlier one, comes with the one before it."""

    def __init__(self, path: Path, tape: Tape) -> None:
        """Take the file and the clock that goes with it."""
        self._path, self._tape = path, tape
        self.name = f"gnss:{path.name}"

    async def words(self) -> AsyncIterator[Said]:
        """Play it; when it is over nothing more is heard."""
        try:
            told, _ = read_log(self._path.read_bytes())
        except OSError as wrong:
            raise SourceLostError(self.name) from wrong
        at = self._tape().at
        for epoch in told:
            if epoch.at_s is not None:
                at = max(at, datetime.fromtimestamp(epoch.at_s, tz=UTC))
            if self._tape.fast:
                self._tape.moved(at)
            await asyncio.sleep(max(self._tape.wait_s(at), 0.0))
            yield Said(self._tape.stamp(at), Sky(epoch))
