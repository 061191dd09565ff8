"""What the link's own vectors and the server's writing are to a small device: kind, id, secret, bytes and parts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from baqylau.crypto.cose import SharedKey
from baqylau.domain.commands import Command, Order, ReportNow, SetRate
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.commands import Answer, Configuration
from baqylau.protocols.batch.envelope import Opened, opened_batch, sealed_answer, sealed_batch, sealed_poll
from baqylau.protocols.batch.records import Batch, Poll
from baqylau.protocols.batch.wire import content_of
from tests.unit.protocols.batch.test_vectors import BELIEVED, key_of

TRACKER, SECRET = DeviceId("TR-000042"), SharedKey(bytes(range(32)))
NOON = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
ORDERS: tuple[Order, ...] = (ReportNow(), SetRate(fix_every_s=15, for_s=60))
NOON_MS = int(NOON.timestamp() * 1000)


def _batch(batch: Batch) -> list[Any]:
    records = [content_of(one).hex() for one in batch.records]
    parts = [batch.previous.hex(), batch.configuration, batch.records[0].seq, records]
    return ["batch", batch.device_id, SECRET.raw.hex(), sealed_batch(batch, SECRET).hex(), parts]


def _answer() -> list[Any]:
    commands = tuple(
        Command(device_id=TRACKER, number=number, issued_at=NOON, expires_at=NOON + timedelta(hours=1), order=order)
        for number, order in enumerate(ORDERS, 5)
    )
    answer = Answer(
        device_id=TRACKER,
        at=NOON,
        ack_through=41,
        also_kept=((50, 60),),
        commands=commands,
        configuration=Configuration(device_id=TRACKER, version=3, issued_at=NOON),
    )
    return [
        "answer",
        TRACKER,
        SECRET.raw.hex(),
        sealed_answer(answer, SECRET).hex(),
        [NOON_MS, 41, [[50, 60]], [5, 6], True],
    ]


def _poll() -> list[Any]:
    poll = sealed_poll(Poll(device_id=TRACKER, at=NOON, configuration=7, wait_s=25), SECRET)
    return ["poll", TRACKER, SECRET.raw.hex(), poll.hex(), [NOON_MS, 7, 25]]


_OPENED = [opened_batch(bytes.fromhex(one.raw), key_of) for one in BELIEVED if one.kind == "batch"]
LINK = [_batch(one.batch) for one in _OPENED if isinstance(one, Opened) and one.batch.records and not one.rejected]
LINK += [_poll(), _answer()]
RIGHT = len(LINK) + 1
"""An answer counts twice: it is opened, and refused with one bit turned."""
