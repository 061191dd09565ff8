"""A tracker on a table: its core, what it said as the server reads it, and what it asked for."""

from datetime import UTC, datetime
from typing import Any

from baqylau.crypto.blocks import aes
from baqylau.devices.strap import Sample
from baqylau.devices.tracker import core
from baqylau.devices.tracker.inputs import Configured, Heard, Located, Ordered, Tick, TimeTold
from baqylau.devices.tracker.outputs import Keep, Message, Receiver, Warn, Write
from baqylau.domain.observations import Body, Fix, FixSource, NoFix
from baqylau.protocols.batch.records import CommandResult, Own, Record
from baqylau.protocols.batch.wire import record_of
from baqylau.rules.gnss.epoch import FULL_FIX, Epoch
from tests.micropython.tracker_life import BEACON_BEGIN_S, BEGIN_S, configuration, frame

HOME = (43.2, 76.9)
BEGIN = datetime.fromtimestamp(BEGIN_S, tz=UTC)
STRONG = (41.0, 38.0, 44.0, 36.0, 40.0, 33.0)
SHOWN: dict[str, Any] = {
    "strap": (47_000, 80.0),
    "case": (False, 0.0),
    "skin_counts": 900,
    "motion": (True, 0.2),
    "temperature_c": 31.0,
    "power": (3950, False),
}


def says(**fields: Any) -> dict[str, Any]:
    """Give a configuration as the link gives it."""
    told = configuration()
    for one in told["keys"]:
        one["key"] = bytes.fromhex(one["key"])
    return told | {"watched": []} | fields


class Life:
    """The tracker; `place` is where the receiver would find it, None under a roof."""

    def __init__(self, place: tuple[float, float] | None = HOME, kept: bytes = b"", root: bytes = b"") -> None:
        self.state = core.begin(aes, 0, "TR-000042", kept, root=root)
        self.place, self.shown = place, dict(SHOWN)
        self.at_ms, self.on = 0, False
        self.records: list[Record] = []
        self.others: list[object] = []
        self.kept = kept
        self.switched: list[tuple[int, bool]] = []
        self.give(TimeTold(0, BEGIN_S * 1000))
        self.show()

    def give(self, one: Any) -> None:
        self.state, outputs = core.step(self.state, one)
        for output in outputs:
            match output:
                case Write(content=content):
                    record = record_of(len(self.records) + 1, content)
                    assert isinstance(record, Record), record
                    self.records.append(record)
                case Receiver(on=on):
                    self.on = on
                    self.switched.append((self.at_ms, on))
                case Keep(kept=kept):
                    self.kept = kept
                case _:
                    self.others.append(output)

    def wait(self, seconds: int, *, relay: bool = False, rate: int = 1) -> None:
        """Let seconds pass; with `relay` its beacons are heard."""
        for _ in range(0, seconds, rate):
            self.at_ms += 1000 * rate
            while self.state.wake_at_ms <= self.at_ms:
                self.give(Tick(self.state.wake_at_ms))
            if relay:
                self.hear(self.at_s())
            if self.on:
                self.give(Located(self.at_ms, self.epoch()))

    def epoch(self, **fields: Any) -> Epoch:
        said: dict[str, Any] = {"at_s": BEGIN_S + self.at_ms // 1000, "cn0_dbhz": STRONG if self.place else ()}
        if self.place is not None:
            said |= {"mode": FULL_FIX, "latitude_deg": self.place[0], "longitude_deg": self.place[1]}
            said |= {"satellites": 9, "hdop": 0.9, "speed_m_s": 0.5}
        return Epoch(**(said | fields))

    def at_s(self) -> int:
        """Give system time."""
        return BEGIN_S - BEACON_BEGIN_S + self.at_ms // 1000

    def hear(self, at_s: int) -> None:
        self.give(Heard(self.at_ms, frame(at_s), -60.0))

    def show(self, **shown: Any) -> None:
        self.shown |= shown
        self.give(Sample(self.at_ms, **self.shown))

    def order(self, number: int, kind: str, *, until_s: int = 3600, **fields: Any) -> None:
        order = {"type": kind, **fields}
        expires_at = (BEGIN_S + until_s) * 1000
        self.give(Ordered(self.at_ms, {"number": number, "issued_at": 0, "expires_at": expires_at, "order": order}))

    def run_by(self, **fields: Any) -> None:
        self.give(Configured(self.at_ms, says(**fields)))

    def bodies(self, kind: type[Body]) -> list[Any]:
        """Give everything of a kind that it said of itself."""
        return [
            body for one in self.records if isinstance(one.said, Own) for body in one.said.bodies if type(body) is kind
        ]

    def fixes(self, source: FixSource = FixSource.GNSS) -> list[float]:
        """Give when places were told, in seconds."""
        return [
            one.monotonic_ms / 1000
            for one in self.records
            if isinstance(one.said, Own)
            for body in one.said.bodies
            if isinstance(body, Fix) and body.source is source
        ]

    def unplaced(self) -> int:
        return len(self.bodies(NoFix))

    def results(self) -> list[tuple[int, str, str]]:
        return [
            (one.said.number, one.said.state, one.said.detail)
            for one in self.records
            if isinstance(one.said, CommandResult)
        ]

    def warned(self) -> list[str]:
        return [one.word for one in self.others if isinstance(one, Warn)]

    def messages(self) -> list[Message]:
        return [one for one in self.others if isinstance(one, Message)]
