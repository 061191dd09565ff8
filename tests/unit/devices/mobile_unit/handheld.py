"""An invented handheld: its core, the bracelet that is worn beside it, the sky over it, and the hours that pass."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from msgspec.structs import replace

from baqylau.devices.linux_unit.inputs import ClockTold, Configured, FrameHeard, Ordered, Sensed, Started, Tick
from baqylau.devices.linux_unit.outputs import Lamp, Light, Output, Say, Write
from baqylau.devices.mobile_unit.core import MobileUnit
from baqylau.devices.mobile_unit.inputs import Input, SkySeen
from baqylau.devices.mobile_unit.state import begin
from baqylau.domain.commands import Command, Order
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Body
from baqylau.domain.orders import Placed
from baqylau.domain.zones import Point
from baqylau.protocols.batch.records import ClockQuality, LocalFinding, Own, Record
from baqylau.protocols.beacon.status import Status
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.rules.gnss.epoch import FULL_FIX, Epoch
from tests.unit.devices.home_unit.home import BRACELET, EVERY_S, beacon, configuration
from tests.unit.rules.stories import HOME, at, north, presence

UNIT = DeviceId("mobile-1")
SOURCE = "modem"
TOWN = north(3_000)
"""Far from home, and from everything that is forbidden."""
T = TypeVar("T")
B = TypeVar("B", bound=Body)


def epoch(at_s: float, place: Point | None, **more: object) -> Epoch:
    """What a good receiver says in the open, or under a roof."""
    sky = tuple(40.0 - 1.5 * (number % 5) for number in range(11 if place else 2))
    if place is None:
        return Epoch(at_s=at_s, satellites=2, cn0_dbhz=sky, **more)
    fields: dict[str, object] = {
        "at_s": at_s,
        "mode": FULL_FIX,
        "latitude_deg": place.latitude_deg,
        "longitude_deg": place.longitude_deg,
        "satellites": 10,
        "hdop": 0.9,
        "cn0_dbhz": sky,
    }
    return Epoch(**(fields | more))


class Handheld:
    """A unit that runs, and what it wrote, said and showed."""

    def __init__(self, clock: str = "12:00", *restrictions: Placed, **more: object) -> None:
        self.core, self.state = MobileUnit(), begin(UNIT)
        self.at, self.ms = at(clock), 1_000_000
        self.records: list[Record] = []
        self.said: list[Say] = []
        self.lamps: list[Lamp] = []
        self.asked: list[Output] = []
        self.status = Status(battery_percent=90.0, now=frozenset({"moving"}))
        self.place: Point | None = TOWN
        self.take(ClockTold, quality=ClockQuality.NETWORK)
        self.take(Started, sources=(SOURCE,))
        told = configuration(self.at, *(restrictions or (presence(),)), buffer_s=360, **more)  # type: ignore[arg-type]
        self.take(Configured, configuration=replace(told, device_id=UNIT))

    def take(self, kind: Callable[..., Input], **fields: object) -> tuple[Output, ...]:
        """Put an input to the core, at this unit's present instant."""
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

    def hear(self, device_id: DeviceId = BRACELET) -> None:
        raw = beacon(device_id, int(seconds_at(self.at)), self.status)[0]
        self.take(FrameHeard, source=SOURCE, frame=raw, rssi_dbm=-60.0)

    def sense(self, **fields: object) -> None:
        self.take(Sensed, **fields)

    def order(self, number: int, order: Order, ends_after: timedelta = timedelta(hours=1)) -> None:
        command = Command(
            device_id=UNIT, number=number, issued_at=self.at, expires_at=self.at + ends_after, order=order
        )
        self.take(Ordered, command=command)

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.ms += round(1000 * seconds)

    def live(self, seconds: int, *heard: DeviceId, sky: bool = True, others: bool = True) -> None:
        """Let time pass: beacons are heard, the receiver says where it is, strangers send, the unit ticks."""
        for second in range(EVERY_S, seconds + 1, EVERY_S):
            self.wait(EVERY_S)
            for device_id in heard:
                self.hear(device_id)
            if others and second % 30 == 0:
                self.take(FrameHeard, source=SOURCE, frame=b"somebody else", rssi_dbm=-80.0)
            if sky:
                self.take(SkySeen, epoch=epoch(self.at.timestamp(), self.place))
            self.take(Tick)

    def said_in(self, kind: type[T]) -> list[T]:
        """Give the contents of one kind of all records."""
        return [record.said for record in self.records if isinstance(record.said, kind)]

    def bodies(self, kind: type[B]) -> list[B]:
        return [body for own in self.said_in(Own) for body in own.bodies if isinstance(body, kind)]

    def lamp(self) -> Lamp:
        """Give what the lamp shows."""
        return self.lamps[-1]

    def keys_said(self) -> list[str]:
        return [one.key for one in self.said]

    def codes(self) -> list[str]:
        return [one.code for one in self.said_in(LocalFinding)]


__all__ = ["BRACELET", "HOME", "SOURCE", "TOWN", "UNIT", "Handheld", "epoch"]
