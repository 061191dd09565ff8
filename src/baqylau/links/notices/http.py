"""Requests over HTTP: a webhook of somebody's own system, and an SMS gateway that takes requests."""

import ssl
from http import HTTPStatus
from urllib.parse import quote

import httpx
import msgspec

from baqylau.crypto.authentication import code
from baqylau.domain.notices import NoticeId
from baqylau.domain.targets import Encoding, HttpGateway
from baqylau.links.notices.way import TIMEOUT_S, Letter, NotTakenError, Receipt, TakenOver

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


class Bringing:
    """Hands what trackers send by SMS over to the door of the device link."""

    def __init__(self, url: str, authority: str) -> None:
        trust = ssl.create_default_context(cafile=authority) if authority else True
        self._url = url
        self._http = httpx.Client(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False, verify=trust)

    def bring(self, message: bytes) -> bool:
        """Hand over a message; tell whether the door took it, so that it need not come again."""
        try:
            _taken(self._http, self._http.build_request("POST", self._url, content=message))
        except NotTakenError:
            return False
        return True

    def close(self) -> None:
        """End the line."""
        self._http.close()


class SmsByHttp:
    """Asks a gateway to send a short message, and afterwards what became of it where the gateway can tell."""

    def __init__(self, gateway: HttpGateway, http: httpx.Client) -> None:
        self._gateway = gateway
        self._http = http

    def send(self, letter: Letter) -> TakenOver:
        """Hand the message over to the gateway; its answer names the message where receipts are to be had."""
        places = {"phone": letter.address, "text": letter.text, "id": letter.id}
        request = self._posted(self._gateway.url, self._gateway.fields, places)
        request.headers["Idempotency-Key"] = letter.id
        answer = _taken(self._http, request)
        receipts = self._gateway.receipts
        if receipts is None:
            return TakenOver()
        return TakenOver(reference=_word(answer.content, receipts.reference) if receipts.reference else letter.id)

    def receipt(self, reference: str, letter_id: NoticeId, phone: str) -> Receipt | None:
        """Ask what became of a message; None while the gateway does not know. `NotTakenError`: no answer of use."""
        receipts = self._gateway.receipts
        if receipts is None:
            return None
        places = {"phone": phone, "reference": reference, "id": letter_id}
        if receipts.fields:
            request = self._posted(receipts.url, receipts.fields, places)
        else:
            quoted = {name: quote(value, safe="") for name, value in places.items()}
            url = receipts.url.format_map(quoted)
            request = self._http.build_request("GET", url, headers=self._gateway.headers)
        state = _word(_taken(self._http, request).content, receipts.state)
        if state in receipts.delivered or state in receipts.failed:
            return Receipt(reference=reference, delivered=state in receipts.delivered)
        return None

    def _posted(self, url: str, fields: dict[str, str], places: dict[str, str]) -> httpx.Request:
        filled = {name: value.format_map(places) for name, value in fields.items()}
        headers = self._gateway.headers
        if self._gateway.encoding is Encoding.JSON:
            return self._http.build_request("POST", url, json=filled, headers=headers)
        return self._http.build_request("POST", url, data=filled, headers=headers)


def _word(said: bytes, path: str) -> str:
    """Give the word at a place of a JSON document; `NotTakenError` where there is none."""
    try:
        found = msgspec.json.decode(said)
        for name in path.split("."):
            found = found[int(name)] if isinstance(found, list) else found[name]
    except (msgspec.DecodeError, KeyError, IndexError, TypeError, ValueError) as other:
        raise NotTakenError("not_understood") from other
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise NotTakenError("not_understood")
    return str(found)


def _taken(http: httpx.Client, request: httpx.Request) -> httpx.Response:
    try:
        answer = http.send(request)
    except httpx.TimeoutException as late:
        raise NotTakenError("timeout") from late
    except httpx.HTTPError as broken:
        raise NotTakenError("not_reached") from broken
    status = answer.status_code
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        refused = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        raise NotTakenError(f"http_{status}", lasting=refused and status not in PASSING)
    return answer
