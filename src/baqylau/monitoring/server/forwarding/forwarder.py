"""All targets at once, each on a thread of its own: one that does not answer holds up no other."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import assert_never

from baqylau.domain.forwarding import EgtsTarget, Forwarding, MqttTarget, Target, WebhookTarget, WialonTarget
from baqylau.links.forwarding.egts import Egts
from baqylau.links.forwarding.mqtt import Mqtt
from baqylau.links.forwarding.way import Way
from baqylau.links.forwarding.webhook import Webhook
from baqylau.links.forwarding.wialon import Wialon
from baqylau.monitoring.server.forwarding.relay import Relay, Sources
from baqylau.storage.database import StorageUnavailableError

LOOK_S = 1.0
"""How soon something new is seen."""


def way_to(target: Target, now: Callable[[], datetime]) -> Way:
    """Give the way to a target. Nothing is opened yet."""
    match target:
        case EgtsTarget():
            return Egts(target)
        case WialonTarget():
            return Wialon(target)
        case MqttTarget():
            return Mqtt(target)
        case WebhookTarget():
            return Webhook(target, now)
        case _:
            assert_never(target)


class Forwarder:
    """Forwards to the targets of a file until it is stopped."""

    def __init__(
        self, forwarding: Forwarding, sources: Sources, *, now: Callable[[], datetime], jitter: Callable[[], float]
    ) -> None:
        """Begin with every target."""
        self._stop = threading.Event()
        self._threads = ThreadPoolExecutor(max(len(forwarding.targets), 1), thread_name_prefix="target")
        self._work: list[Future[None]] = [
            self._threads.submit(self._carry, Relay(target, sources, way_to(target, now), now, jitter))
            for target in forwarding.targets
        ]

    def check(self) -> None:
        """Raise what ended a thread: a fault of ours."""
        for work in self._work:
            if work.done():
                work.result()

    def stop(self) -> None:
        """Let what is under way come to its end."""
        self._stop.set()
        self._threads.shutdown()

    def _carry(self, relay: Relay) -> None:
        try:
            while not self._stop.is_set():
                self._catch_up(relay)
                self._stop.wait(LOOK_S)
        finally:
            relay.close()

    def _catch_up(self, relay: Relay) -> None:
        with suppress(StorageUnavailableError):
            while relay.round() and not self._stop.is_set():
                pass
