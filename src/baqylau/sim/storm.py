"""A reconnect storm: thousands of units of the device link that lost the server at one instant and come back.

Each waits as a real unit does (`devices.linux_unit.link`): a time drawn at random, longer after each failure. It sends
the batch that it kept meanwhile over a line of its own, and then holds that line with a poll, as a unit does that has
nothing more to say.
"""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random

from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.devices.linux_unit.link import POLL_S, WAIT_FIRST_S, WAIT_MAX_S
from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId
from baqylau.domain.observations import Power, ReceiverHealth
from baqylau.domain.orders import Fitting, Order
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.links.device_line import BATCHES, POLL
from baqylau.protocols.batch.envelope import Refused, digest_of, opened_answer, sealed_batch, sealed_poll
from baqylau.protocols.batch.records import Batch, ClockQuality, Own, Poll, Record
from baqylau.sim.load_fleet import load_number
from baqylau.storage.registers.registry import Registry

PREFIX = 771
ANSWER_WITHIN_S = 30.0
CLOSED_S = 0.2
"""So long lines may take to be closed."""
HEALTH = Own(bodies=(ReceiverHealth(working=True, frames=12), Power(external=True)))
_OK = b"200"


class Gate(Struct, frozen=True, kw_only=True):
    """Where the server is, and how it proves itself."""

    host: str
    port: int
    trust: ssl.SSLContext | None
    """None: plain HTTP."""
    server_key: bytes


class Met(Struct, frozen=True, kw_only=True):
    """What came of a storm."""

    after_s: tuple[float, ...]
    """When each unit had its answer, from the beginning of the storm on."""
    attempts: int
    """How often units asked, in vain or not."""


class StormUnit:
    """One unit: its key, its numbers, its chain."""

    def __init__(self, index: int) -> None:
        """Take its index, from 1 on."""
        self.device_id = device_of(index)
        self.signer = Signer(sha256(b"storm %d" % index).digest())
        self._previous = bytes(32)
        self.seq = 0

    def batch(self, first_at: datetime, records: int) -> bytes:
        """Seal the next records, a minute apart."""
        batch = Batch(
            device_id=self.device_id,
            previous=self._previous,
            configuration=0,
            records=tuple(
                Record(
                    seq=self.seq + number + 1,
                    observed_at=first_at + timedelta(minutes=number),
                    monotonic_ms=60_000 * (self.seq + number),
                    clock=ClockQuality.NETWORK,
                    said=HEALTH,
                )
                for number in range(records)
            ),
        )
        raw = sealed_batch(batch, self.signer)
        self._previous = digest_of(raw)
        self.seq += records
        return raw

    def poll(self, at: datetime) -> bytes:
        """Ask for news."""
        return sealed_poll(Poll(device_id=self.device_id, at=at, configuration=0, wait_s=POLL_S), self.signer)


def device_of(index: int) -> DeviceId:
    """Give the id of a unit; indices begin with 1."""
    return DeviceId(f"unit-{load_number(index, PREFIX)}")


def storm_registry(units: int, founded_at: datetime) -> Registry:
    """Give registers that know so many units, each on a person under an order."""
    people = [PersonId(f"person-{load_number(index, PREFIX)}") for index in range(1, units + 1)]
    devices = [device_of(index) for index in range(1, units + 1)]
    from_at = founded_at - timedelta(days=60)
    return Registry(
        people=tuple(Person(id=one, name=f"Person {one}") for one in people),
        devices=tuple(Device(id=one, kind=DeviceKind.HOME_UNIT, protocol="link", number=one) for one in devices),
        orders=tuple(
            Order(
                id=OrderId(f"order-{one}"),
                person_id=one,
                court="Court of the invented town",
                act_number="1",
                act_date=date(2025, 3, 1),
                from_at=from_at,
                until_at=founded_at + timedelta(days=300),
            )
            for one in people
        ),
        fittings=tuple(
            Fitting(id=FittingId(f"fitting-{device}"), device_id=device, person_id=person, from_at=from_at)
            for device, person in zip(devices, people, strict=True)
        ),
    )


async def storm(
    units: Sequence[StormUnit],
    batches: Sequence[bytes],
    gate: Gate,
    random: Random,
    now: datetime,
    first_s: float = WAIT_FIRST_S,
) -> Met:
    """Let all units come back, and hold their lines until each has its answer.

    `first_s`: how long they wait at first, at most.
    """
    begun_s, lines, attempts = _now_s(), list[asyncio.StreamWriter](), [0]

    async def come(unit: StormUnit, raw: bytes) -> float:
        failures = 1
        while True:
            await asyncio.sleep(random.uniform(0.0, min(first_s * 2 ** (failures - 1), WAIT_MAX_S)))
            attempts[0] += 1
            writer = await _delivered(unit, raw, gate)
            if writer is not None:
                answered_s = _now_s() - begun_s
                writer.write(_request(POLL, unit.poll(now)))
                lines.append(writer)
                return answered_s
            failures += 1

    try:
        after_s = await asyncio.gather(*(come(unit, raw) for unit, raw in zip(units, batches, strict=True)))
    finally:
        for writer in lines:
            writer.transport.abort()
        await asyncio.sleep(CLOSED_S)
    return Met(after_s=tuple(after_s), attempts=attempts[0])


async def _delivered(unit: StormUnit, raw: bytes, gate: Gate) -> asyncio.StreamWriter | None:
    """Send a batch over a new line; give the line when everything is kept, None when it has to be sent again."""
    name = "localhost" if gate.trust is not None else None
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            reader, writer = await asyncio.open_connection(gate.host, gate.port, ssl=gate.trust, server_hostname=name)
    except (OSError, TimeoutError):
        return None
    writer.write(_request(BATCHES, raw))
    if await _answered(reader, unit, gate):
        return writer
    writer.transport.abort()
    return None


async def _answered(reader: asyncio.StreamReader, unit: StormUnit, gate: Gate) -> bool:
    """Tell whether the server says that it keeps everything."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            answer = await _body(reader)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    return answer is not None and _keeps(unit, answer, gate)


def _request(path: str, body: bytes) -> bytes:
    return b"POST %s HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n" % (path.encode(), len(body)) + body


async def _body(reader: asyncio.StreamReader) -> bytes | None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower().split(b"\r\n")
    lengths = [int(line.partition(b":")[2]) for line in head if line.startswith(b"content-length:")]
    body = await reader.readexactly(lengths[0])
    return body if head[0].split(b" ")[1] == _OK else None


def _keeps(unit: StormUnit, answer: bytes, gate: Gate) -> bool:
    opened = opened_answer(answer, (gate.server_key,), unit.device_id)
    return not isinstance(opened, Refused) and opened.answer.ack_through == unit.seq


def _now_s() -> float:
    return asyncio.get_running_loop().time()
