"""Requests over HTTP: a webhook of somebody's own system, and an SMS gateway that takes requests."""

from http import HTTPStatus

import httpx
import msgspec

from baqylau.crypto.authentication import code
from baqylau.domain.targets import Encoding, HttpGateway
from baqylau.links.notices.way import TIMEOUT_S, Letter, NotTakenError, TakenOver

PASSING = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
    }
)
"""Refusals that may pass or that somebody will mend: all others of the 4xx will be the same next time."""


def client() -> httpx.Client:
    """Give a client that follows no redirection and no proxy of the environment."""
    return httpx.Client(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False)


class Webhook:
    """Posts a notice as JSON to one address, signed with the secret that its receiver shares with us."""

    def __init__(self, secret: str, http: httpx.Client) -> None:
        self._secret = secret.encode()
        self._http = http

    def send(self, letter: Letter) -> TakenOver:
        """Hand the letter over; a 2xx says that the receiver has it.

        `Idempotency-Key` is the same at each attempt. `Baqylau-Signature` is `t=<unix time>,v1=<HMAC-SHA256 over
        "<unix time>." and the body>`: the receiver refuses what is too old.
        """
        body = msgspec.json.encode({"id": letter.id, "text": letter.text, **letter.facts})
        moment = str(int(letter.at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": letter.id,
            "Baqylau-Signature": f"t={moment},v1={code(self._secret, moment.encode() + b'.' + body)}",
        }
        _taken(self._http, self._http.build_request("POST", letter.address, content=body, headers=headers))
        return TakenOver(delivered=True)


class SmsByHttp:
    """Asks a gateway to send a short message. What becomes of it the gateway does not tell us here."""

    def __init__(self, gateway: HttpGateway, http: httpx.Client) -> None:
        self._gateway = gateway
        self._http = http

    def send(self, letter: Letter) -> TakenOver:
        """Hand the message over to the gateway."""
        places = {"phone": letter.address, "text": letter.text, "id": letter.id}
        fields = {name: value.format_map(places) for name, value in self._gateway.fields.items()}
        headers = {**self._gateway.headers, "Idempotency-Key": letter.id}
        if self._gateway.encoding is Encoding.JSON:
            request = self._http.build_request("POST", self._gateway.url, json=fields, headers=headers)
        else:
            request = self._http.build_request("POST", self._gateway.url, data=fields, headers=headers)
        _taken(self._http, request)
        return TakenOver()


def _taken(http: httpx.Client, request: httpx.Request) -> None:
    try:
        status = http.send(request).status_code
    except httpx.TimeoutException as late:
        raise NotTakenError("timeout") from late
    except httpx.HTTPError as broken:
        raise NotTakenError("not_reached") from broken
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        refused = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        raise NotTakenError(f"http_{status}", lasting=refused and status not in PASSING)
