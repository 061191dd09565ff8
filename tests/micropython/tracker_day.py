"""A tracker lives through a receiver's log, indoors, a cut strap and an order; the same script on host and device."""

import json
from binascii import hexlify, unhexlify
from hashlib import sha256

from baqylau.devices.beacon_sender import Beacon
from baqylau.devices.strap import Sample
from baqylau.devices.tracker import core
from baqylau.devices.tracker.inputs import Configured, Heard, Located, Ordered, Tick, TimeTold
from baqylau.devices.tracker.nmea import NmeaReader
from baqylau.devices.tracker.outputs import Keep, Message, Receiver, Warn, Write
from baqylau.devices.tracker.ring import Ring
from baqylau.protocols.batch.on_device import sealed_batch
from baqylau.protocols.beacon.keys import root_of
from tests.micropython.board import aes, given

SECRET = bytes(range(32))


class Flash:
    """A disk in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def names(self) -> "list[str]":
        return list(self.files)

    def read(self, name: str) -> bytes:
        return self.files.get(name, b"")

    def add(self, name: str, content: bytes) -> None:
        self.files[name] = self.read(name) + content

    def write(self, name: str, content: bytes) -> None:
        self.files[name] = content

    def remove(self, name: str) -> None:
        self.files.pop(name)


class Life:
    """A tracker on a table."""

    def __init__(self) -> None:
        self.state = core.begin(aes, 0, "TR-000042", root=root_of(SECRET))
        self.ring = Ring(Flash())
        self.on = False
        self.told = sha256()
        self.counts = {"keep": 0, "warn": 0, "message": 0, "beacon": 0}
        self.at_ms = 0

    def give(self, one: object) -> None:
        self.state, outputs = core.step(self.state, one)  # type: ignore[arg-type]
        for output in outputs:
            if isinstance(output, Write):
                self.ring.write(output.content, urgent=output.urgent)
                self.told.update(output.content)
            elif isinstance(output, Receiver):
                self.on = output.on
            elif isinstance(output, Keep):
                self.counts["keep"] += 1
                self.told.update(output.kept)
            elif isinstance(output, Message):
                self.counts["message"] += 1
                self.told.update(output.said.sealed(SECRET))
            elif isinstance(output, Warn):
                self.counts["warn"] += 1
            elif isinstance(output, Beacon):
                self.sent(output)

    def sent(self, beacon: Beacon) -> None:
        """Take one of its own beacons; some of them byte for byte."""
        self.counts["beacon"] += 1
        if self.counts["beacon"] % 16 == 0:
            self.told.update(beacon.frame())

    def until(self, at_ms: int) -> None:
        while self.state.wake_at_ms <= at_ms:
            self.give(Tick(self.state.wake_at_ms))
        self.at_ms = at_ms

    def sense(self, ohm: int = 47_000, millivolts: int = 3950) -> None:
        moves = (True, 0.4)
        self.give(Sample(self.at_ms, (ohm, 80.0), (False, 0.0), 900, moves, 31.0, (millivolts, False)))


log, begin_s, says, frames, order = json.loads(given)
for one in says["keys"]:
    one["key"] = unhexlify(one["key"])
life, reader, taken = Life(), NmeaReader(), 0
life.give(TimeTold(0, begin_s * 1000))
life.give(Configured(0, says))
life.sense()
epochs = [one for one in [reader.take(line) for line in log] if one is not None]
for turn in range(4):
    for at, epoch in enumerate(epochs):
        life.until((turn * len(epochs) + at) * 1000)
        if life.on:
            epoch.at_s = begin_s + life.at_ms // 1000
            life.give(Located(life.at_ms, epoch))
            taken += 1
at_s = life.at_ms // 1000
for after_s, frame in enumerate(frames):
    life.until((at_s + after_s) * 1000)
    life.give(Heard(life.at_ms, unhexlify(frame), -61.5))
life.sense(4_000_000)
life.until(life.at_ms + 30_000)
life.give(Ordered(life.at_ms, order))
life.until(life.at_ms + 120_000)
life.sense(4_000_000, 3100)
first, records = life.ring.batch() or (0, [])
sealed = sealed_batch("TR-000042", SECRET, life.ring.previous, 1, first, records)
digest = hexlify(life.told.digest() + sha256(sealed).digest()).decode()
counts = [life.counts[name] for name in ("keep", "warn", "message", "beacon")]
print(life.ring.last, taken, life.ring.waiting(), counts, digest)  # noqa: T201 - its only way to tell who runs it
