"""What trackers say by SMS (`spec/short-message.md`): an SMS centre brings it to a door whose address is a secret.

A message is proven by the key of its device, so the centre is not believed about anything. What is proven is kept, as a
fact of the device with exactly its bytes; the same bytes again are the same fact. Everything else is set aside by name.
The centre is told that a message was taken when it need not bring it again, whatever became of it.
"""

import asyncio
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import msgspec

from baqylau.crypto.cose import SharedKey
from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import (
    Authentication,
    Battery,
    Body,
    Farewell,
    FarewellReason,
    Fix,
    Observation,
    Panic,
    Strap,
)
from baqylau.monitoring.server.keeper import Keeps
from baqylau.monitoring.server.link.desk import Outcome, Reply
from baqylau.monitoring.server.link.link_file import Encoding, Inbound
from baqylau.monitoring.server.link.view import View
from baqylau.monitoring.server.reading import placed
from baqylau.protocols.batch.short_message import EMPTY, HELP, PLACE, STRAP, NotBelievedError, Short, named, opened
from baqylau.rules.settings import CLOCK_AHEAD_S
from baqylau.storage.journal.quarantine import Item

SHORT_MESSAGE = "short_message"
PATH = "/v1/short-messages/"
FIELDS_MAX = 100
BELIEVED_FOR = timedelta(days=1)
"""An older message may be a recording, and says nothing that the link did not say meanwhile."""
_AHEAD = timedelta(seconds=CLOCK_AHEAD_S)
_WITHIN_ITS_SECOND = timedelta(milliseconds=999)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def message_in(inbound: Inbound, body: bytes) -> bytes | None:
    """Give the bytes of the message that a centre brought, None where there are none."""
    if not inbound.field:
        return body
    try:
        told = _told(body, inbound.field)
        return bytes.fromhex(told) if inbound.encoding is Encoding.HEX else b64decode(told, validate=True)
    except (ValueError, KeyError):
        return None


def _told(body: bytes, field: str) -> str:
    """Give a field of a form or of an object in JSON. Raises `ValueError`, or `KeyError` where there is none."""
    if body.lstrip()[:1] == b"{":
        return str(msgspec.json.decode(body, type=dict[str, object])[field])
    return parse_qs(body.decode(), strict_parsing=True, max_num_fields=FIELDS_MAX)[field][0]


class ShortMessages:
    """Takes messages. Use it from the loop of the gateway."""

    def __init__(self, inbound: Inbound, view: Callable[[], View], keeper: Keeps, now: Callable[[], datetime]) -> None:
        """`view` gives what is known of devices now."""
        self._inbound, self._view, self._keeper, self._now = inbound, view, keeper, now

    @property
    def path(self) -> str:
        """Give where the centre posts to."""
        return PATH + self._inbound.token

    async def take(self, body: bytes, peer: str) -> Reply:
        """Keep what a message says; `NOT_KEPT` when the centre has to bring it again."""
        raw = message_in(self._inbound, body)
        if raw is None:
            return self._aside("no_message", body, peer)
        view = self._view()
        try:
            claimed = DeviceId(named(raw))
            key = view.key_of(claimed)
            if not isinstance(key, SharedKey):
                return self._aside(Outcome.UNKNOWN_DEVICE, raw, peer, claimed)
            said = opened(raw, key.raw)
        except NotBelievedError:
            return self._aside(Outcome.NOT_BELIEVED, raw, peer)
        return await self._keep(view, said, raw, peer)

    async def _keep(self, view: View, said: Short, raw: bytes, peer: str) -> Reply:
        device_id, now = DeviceId(said.device_id), self._now()
        bodies = _bodies(said)
        at = _instant(said, now)
        if not bodies or at is None:
            fault = "stale" if at is None else "unknown_word"
            return self._aside(fault, raw, peer, device_id)
        observation = Observation(
            id=observation_id(device_id.encode(), SHORT_MESSAGE.encode(), raw),
            device_id=device_id,
            observed_at=at,
            received_at=now,
            bodies=bodies,
            authentication=Authentication.DEVICE_KEY,
            via=SHORT_MESSAGE,
        )
        entries = placed(view.fleet, observation, raw)
        if not entries:
            self._keeper.refuse(device_id)
            return Reply(Outcome.ANSWERED, device_id=device_id)
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def tell(committed: bool) -> None:  # noqa: FBT001 - a callback's word
            if not done.done():
                done.set_result(committed)

        self._keeper.submit(entries, tell)
        return Reply(Outcome.ANSWERED if await done else Outcome.NOT_KEPT, device_id=device_id)

    def _aside(self, fault: str, raw: bytes, peer: str, number: DeviceId | None = None) -> Reply:
        self._keeper.set_aside(
            Item(protocol=SHORT_MESSAGE, peer=peer, number=number, fault=fault, detail=SHORT_MESSAGE, raw=raw)
        )
        return Reply(Outcome.ANSWERED, device_id=number)


def _instant(said: Short, now: datetime) -> datetime | None:
    """Give when it was said, None when that is too long ago or ahead of us.

    A message tells whole seconds. It stands at the end of its second: behind what the device wrote down of the same.
    """
    if not 0 <= said.at_ms < now.timestamp() * 1000 + CLOCK_AHEAD_S * 1000:
        return None
    at = _EPOCH + timedelta(milliseconds=said.at_ms)
    return at + _WITHIN_ITS_SECOND if now - BELIEVED_FOR <= at <= now + _AHEAD else None


def _bodies(said: Short) -> tuple[Body, ...]:
    """Give what a message says. The last believed place is no fix of that instant, but where it was asked for."""
    battery = Battery(level_percent=float(min(max(said.battery_percent, 0), 100)))
    latitude_deg, longitude_deg = said.place
    match said.word:
        case _ if said.word == STRAP:
            return Strap(open=True), battery
        case _ if said.word == HELP:
            return Panic(), battery
        case _ if said.word == EMPTY:
            return battery, Farewell(reason=FarewellReason.BATTERY_EMPTY)
        case _ if said.word == PLACE and latitude_deg is not None and longitude_deg is not None:
            return Fix(latitude_deg=latitude_deg, longitude_deg=longitude_deg), battery
        case _:
            return ()
