"""Signed JSON over HTTP, several items a request, in their order."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

import httpx
import msgspec

from baqylau.crypto.authentication import code
from baqylau.crypto.digests import observation_id
from baqylau.domain.forwarding import Item, WebhookTarget
from baqylau.links.forwarding.facts import facts_of
from baqylau.links.forwarding.way import NotTakenError
from baqylau.links.notices.http import client


class Webhook:
    """Posts to one address."""

    def __init__(self, target: WebhookTarget, now: Callable[[], datetime]) -> None:
        self._target = target
        self._now = now
        self._http = client()

    def send(self, items: Sequence[Item]) -> None:
        """Hand items over; a 2xx says that the receiver has them.

        `Idempotency-Key` is the same for the same items. `Baqylau-Signature` is `t=<unix time>,v1=<HMAC-SHA256 over
        "<unix time>." and the body>`: the receiver refuses what is too old.
        """
        body = msgspec.json.encode({"items": [facts_of(item) for item in items]})
        moment = str(int(self._now().timestamp()))
        signed = code(self._target.secret.encode(), moment.encode() + b"." + body)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": observation_id(body),
            "Baqylau-Signature": f"t={moment},v1={signed}",
        }
        try:
            status = self._http.post(self._target.url, content=body, headers=headers).status_code
        except httpx.TimeoutException as late:
            raise NotTakenError("timeout") from late
        except httpx.HTTPError as broken:
            raise NotTakenError("not_reached") from broken
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotTakenError(f"http_{status}")

    def close(self) -> None:
        """End what is open."""
        self._http.close()
