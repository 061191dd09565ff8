"""Messages to a broker of MQTT 5, quality 1: each is taken when the broker says so without an error of its own."""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from random import SystemRandom
from typing import Any

import msgspec
from gmqtt import Client
from gmqtt.mqtt.constants import MQTTv50
from gmqtt.mqtt.handler import MQTTConnectError

from baqylau.domain.forwarding import Item, MqttTarget, Place
from baqylau.links.forwarding.facts import facts_of
from baqylau.links.forwarding.way import TIMEOUT_S, NotTakenError

_REFUSED = 0x80
"""Reason codes from here on are refusals (MQTT 5, 2.4)."""
_NUMBER_BYTES = 2


class Mqtt:
    """Publishes to one broker: a connection for each batch, so that nothing has to be kept alive in between."""

    def __init__(self, target: MqttTarget) -> None:
        self._target = target
        self._context: ssl.SSLContext | bool = False
        if not target.plain:
            self._context = ssl.create_default_context(cafile=target.ca or None)

    def send(self, items: Sequence[Item]) -> None:
        """Hand items over."""
        messages = [(self._topic(item), msgspec.json.encode(facts_of(item))) for item in items]
        try:
            asyncio.run(self._publish(messages))
        except TimeoutError as late:
            raise NotTakenError("timeout") from late
        except MQTTConnectError as refused:
            raise NotTakenError("mqtt_connect") from refused
        except OSError as broken:
            raise NotTakenError("not_reached") from broken

    def close(self) -> None:
        """Nothing is open between two batches."""

    def _topic(self, item: Item) -> str:
        alias = item.named.alias
        if not alias or any(letter in alias for letter in "/+#\0"):
            raise NotTakenError("name_not_for_a_topic")
        return f"{self._target.topic}/{alias}/{'position' if isinstance(item, Place) else 'alarm'}"

    async def _publish(self, messages: Sequence[tuple[str, bytes]]) -> None:
        answers = _Answers(len(messages))
        client = Client(f"baqylau-out-{SystemRandom().getrandbits(48):012x}", clean_session=True)
        client.set_config({"reconnect_retries": 0})
        answers.hear(client)
        if self._target.user:
            client.set_auth_credentials(self._target.user, self._target.password)
        async with asyncio.timeout(TIMEOUT_S):
            await client.connect(self._target.host, self._target.port, ssl=self._context, keepalive=60, version=MQTTv50)
            try:
                for topic, payload in messages:
                    client.publish(topic, payload, qos=1)
                await answers.all_came.wait()
            finally:
                with suppress(OSError):
                    await client.disconnect()
        if answers.refused:
            raise NotTakenError(f"mqtt_{answers.refused}")


class _Answers:
    """Hears what the broker says of each message. The library takes every answer for a yes, so that we look first."""

    def __init__(self, count: int) -> None:
        self._left = count
        self.refused = 0
        self.all_came = asyncio.Event()

    def hear(self, client: Client) -> None:
        """Stand before the library's own handling of the broker's answers."""
        handler: Any = client._package_handler  # noqa: SLF001 - it has no door for the reason codes
        take = handler._handle_puback_packet  # noqa: SLF001 - as above

        def heard(cmd: int, packet: bytes) -> None:
            self._note(packet)
            take(cmd, packet)

        handler._handle_puback_packet = heard  # noqa: SLF001 - as above
        client.on_disconnect = self._hung_up

    def _note(self, packet: bytes) -> None:
        reason = packet[_NUMBER_BYTES] if len(packet) > _NUMBER_BYTES else 0
        self.refused = self.refused or (reason if reason >= _REFUSED else 0)
        self._left -= 1
        if self._left == 0:
            self.all_came.set()

    def _hung_up(self, *_: object) -> None:
        if self._left:
            self.refused = self.refused or _REFUSED
            self.all_came.set()
