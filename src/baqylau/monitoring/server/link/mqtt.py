"""The device link over an MQTT 5 broker: the same bytes, the same desk.

A device publishes batches and polls to `d/{device}/up` with quality 1 and hears `d/{device}/dn`. That the broker took
a message means nothing: only our signed answer says that it is kept. The broker lets each device write and read under
its own name alone.
"""

import asyncio
import ssl
from random import SystemRandom

import structlog
from gmqtt import Client
from gmqtt.mqtt.constants import MQTTv50

from baqylau.monitoring.server.link.desk import BODY_BYTES_MAX, Desk, Outcome

log = structlog.get_logger()

UP = "d/+/up"
AT_WORK_MAX = 2_000
"""Messages under way; a device whose message is passed over sends it again."""
KEEP_ALIVE_S = 30


class Bridge:
    """A client of the broker that hands everything to the desk."""

    def __init__(
        self, desk: Desk, host: str, port: int, context: ssl.SSLContext | None, login: tuple[str, str]
    ) -> None:
        """`login`: user and password at the broker; no user for none."""
        self._desk = desk
        self._host, self._port, self._context = host, port, context
        self._at_work: set[asyncio.Task[None]] = set()
        self._client = Client(f"baqylau-{SystemRandom().getrandbits(48):012x}", clean_session=True)
        if login[0]:
            self._client.set_auth_credentials(*login)
        self._client.on_connect = self._connected
        self._client.on_message = self._message
        self.listening = asyncio.Event()
        """Set once the broker has taken our subscription."""
        self._client.on_subscribe = lambda *_: self.listening.set()
        self._opening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to keep a line to the broker, however long it is away."""
        self._opening = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        while True:
            try:
                await self._client.connect(
                    self._host, self._port, ssl=self._context or False, keepalive=KEEP_ALIVE_S, version=MQTTv50
                )
            except (OSError, TimeoutError) as wrong:
                log.warning("broker_away", host=self._host, why=str(wrong))
                await asyncio.sleep(5)
            else:
                return

    async def close(self) -> None:
        """Leave the broker and drop what is under way: it was not answered, so it comes again."""
        if self._opening is not None:
            self._opening.cancel()
        for task in tuple(self._at_work):
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)
        if self._client.is_connected:
            await self._client.disconnect()

    def _connected(self, client: Client, *_: object) -> None:
        log.info("broker_connected", host=self._host)
        client.subscribe(UP, qos=1)

    def _message(self, _client: Client, topic: str, payload: bytes, *_: object) -> int:
        device = topic.split("/")[1]
        if len(self._at_work) < AT_WORK_MAX and 0 < len(payload) <= BODY_BYTES_MAX:
            task = asyncio.create_task(self._answer(device, bytes(payload)))
            self._at_work.add(task)
            task.add_done_callback(self._at_work.discard)
        return 0

    async def _answer(self, device: str, payload: bytes) -> None:
        reply = await self._desk.either(payload, f"mqtt:{device}")
        if reply.outcome is Outcome.ANSWERED and reply.device_id is not None:
            self._client.publish(f"d/{reply.device_id}/dn", reply.body, qos=1)
