"""An invented home: its unit's core, the bracelets that are worn there, and the hours that pass."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from baqylau.crypto.blocks import aes
from baqylau.devices.home_unit.core import HomeUnit
from baqylau.devices.home_unit.state import begin
from baqylau.devices.linux_unit.inputs import Configured, FrameHeard, Input, Ordered, Sensed, Started, Tick
from baqylau.devices.linux_unit.outputs import Lamp, Light, Output, Say, Write
from baqylau.domain.commands import Command, Order
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.people import Language
from baqylau.protocols.batch.commands import Configuration, DelegatedKey, Watched
from baqylau.protocols.batch.records import LocalFinding, Record
from baqylau.protocols.beacon import frame, keys
from baqylau.protocols.beacon.instants import delay_ms
from baqylau.protocols.beacon.status import Status
from baqylau.protocols.beacon.system_time import seconds_at
from tests.unit.rules.stories import PERSON, at, presence

UNIT, BRACELET, SECOND, RELAY = (DeviceId(name) for name in ("unit-1", "bracelet-1", "bracelet-2", "relay-1"))
OTHER = PersonId("person-2")
EVERY_S = 5
SOURCE = "modem"
T = TypeVar("T")


def root(device_id: DeviceId) -> bytes:
    return device_id.encode().ljust(32, b".")


def configuration(
    from_at: datetime, *regimes: PresenceRegime, version: int = 1, second: bool = False, **more: object
) -> Configuration:
    """Give what the server tells the unit: keys for some days, and one person unless there is a second."""
    told = regimes or (presence(),)
    watched = [Watched(person_id=PERSON, transmitter_id=BRACELET, restrictions=told, language=Language.RU)]
    if second:
        watched.append(Watched(person_id=OTHER, transmitter_id=SECOND, restrictions=told, language=Language.KK))
    first = keys.period_of(keys.epoch_of(int(seconds_at(from_at))))
    delegated = tuple(
        DelegatedKey(transmitter_id=device_id, period=period, key=keys.period_key(root(device_id), period))
        for device_id in (BRACELET, SECOND, RELAY)
        for period in range(first - 1, first + 12)
    )
    fields: dict[str, object] = {"watched": tuple(watched), "keys": delegated}
    return Configuration(device_id=UNIT, version=version, issued_at=from_at, **(fields | more))  # type: ignore[arg-type]


@cache
def _period_key(device_id: DeviceId, period: int) -> bytes:
    return keys.period_key(root(device_id), period)


def beacon(device_id: DeviceId, at_s: int, status: Status | None = None) -> tuple[bytes, float]:
    """Give the frame of a second, and when it goes out."""
    kind = frame.RELAY if device_id == RELAY else frame.BRACELET
    epoch = keys.epoch_of(at_s)
    of_period = _period_key(device_id, keys.period_of(epoch))
    own = aes(keys.identity_key(of_period))
    sealed = frame.seal(
        aes(keys.status_key(of_period)), keys.identity(own, epoch), kind, at_s, 0, (status or Status()).pack()
    )
    return sealed, at_s + delay_ms(own, at_s, 0) / 1000


class Home:
    """A unit that runs, and what it wrote, said and showed."""

    def __init__(self, clock: str = "21:00", *, sources: tuple[str, ...] = (SOURCE,), **more: object) -> None:
        self.core, self.state = HomeUnit(), begin(UNIT)
        self.at, self.ms = at(clock), 1_000_000
        self.records: list[Record] = []
        self.said: list[Say] = []
        self.lamps: list[Lamp] = []
        self.asked: list[Output] = []
        self.status = Status(battery_percent=90.0, now=frozenset({"moving"}))
        self.take(Started, sources=sources)
        self.take(Configured, configuration=configuration(self.at, **more))  # type: ignore[arg-type]

    def take(self, kind: Callable[..., Input], **fields: object) -> tuple[Output, ...]:
        """Put an input to the core, at this home's present instant."""
        self.state, outputs = self.core.step(self.state, kind(at=self.at, monotonic_ms=self.ms, **fields))
        for output in outputs:
            match output:
                case Write(record=record):
                    self.records.append(record)
                case Say():
                    self.said.append(output)
                case Light(lamp=lamp):
                    self.lamps.append(lamp)
                case _:
                    self.asked.append(output)
        return outputs

    def hear(self, raw: bytes, source: str = SOURCE, rssi_dbm: float = -60.0) -> None:
        self.take(FrameHeard, source=source, frame=raw, rssi_dbm=rssi_dbm)

    def sense(self, **fields: object) -> None:
        self.take(Sensed, **fields)

    def order(self, number: int, order: Order, ends_after: timedelta = timedelta(hours=1)) -> None:
        self.take(
            Ordered,
            command=Command(
                device_id=UNIT, number=number, issued_at=self.at, expires_at=self.at + ends_after, order=order
            ),
        )

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.ms += round(1000 * seconds)

    def live(
        self,
        seconds: float,
        *worn: DeviceId,
        sources: tuple[str, ...] = (SOURCE,),
        others: bool = True,
        rssi_dbm: float = -60.0,
    ) -> None:
        """Let time pass by seconds: bracelets send, neighbours send where `others`, the unit ticks."""
        for _ in range(round(seconds)):
            self.wait(1)
            now_s = int(seconds_at(self.at))
            if now_s % EVERY_S == 0:
                for device_id in worn:
                    for source in sources:
                        self.hear(beacon(device_id, now_s, self.status)[0], source, rssi_dbm)
            if others and now_s % 30 == 0:
                for source in self.state.sources:
                    self.hear(b"somebody else", source)
            self.take(Tick)

    def said_in(self, kind: type[T]) -> list[T]:
        """Give the contents of one kind of all records."""
        return [record.said for record in self.records if isinstance(record.said, kind)]

    def keys_said(self) -> list[tuple[str, bool]]:
        return [(one.key, one.aloud) for one in self.said]

    def codes(self) -> list[str]:
        return [one.code for one in self.said_in(LocalFinding)]
