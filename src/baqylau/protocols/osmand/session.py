"""The server's side: requests to events, outcomes to answers (spec O2, O5). No socket, no clock."""

from collections.abc import Sequence
from typing import assert_never

from baqylau.protocols.osmand.records import FlawError, told
from baqylau.protocols.osmand.requests import Request, Requests
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected
from baqylau.protocols.stream import Broken, read_alone, refused

_OK, _BAD, _UNKNOWN, _LATER = "200 OK", "400 Bad Request", "404 Not Found", "503 Service Unavailable"


def _response(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


class OsmAndSession:
    """One connection of a phone. Every request names its device, so that there is no sign-in."""

    def __init__(self) -> None:
        self._requests = Requests()

    @property
    def undecided(self) -> bytes:
        """Give the bytes of a request that is not whole yet."""
        return self._requests.rest

    def receive(self, data: bytes) -> Sequence[Event]:
        """Take bytes as they come, in any cut, and give what they complete. Never raises."""
        found = self._requests.feed(data)
        return tuple(refused(one) if isinstance(one, Broken) else _told(one) for one in found)

    def answer(self, event: Event, outcomes: Sequence[Outcome]) -> bytes:
        """Give the bytes to send for an event."""
        match event:
            case Keep():
                return _response(_status(outcomes))
            case Rejected() | Hangup():
                return _response(_BAD)
            case Login() | Ping() | Carried():
                return b""
            case _:
                assert_never(event)


def _status(outcomes: Sequence[Outcome]) -> str:
    if Outcome.NOT_KEPT in outcomes:
        return _LATER
    return _UNKNOWN if Outcome.UNKNOWN_DEVICE in outcomes else _OK


def _told(request: Request) -> Event:
    try:
        said = told(request)
    except FlawError as flaw:
        return Rejected(fault=flaw.fault, raw=request.raw, detail=flaw.detail)
    reading = Reading(
        number=said.number,
        observed_at=said.at,
        bodies=said.bodies,
        raw=request.raw,
        identity=request.target + b"\n" + request.body,
    )
    unknown = Rejected(fault=Fault.UNKNOWN_KIND, raw=request.raw, detail=said.unknown)
    return Keep(readings=(reading,), rejected=(unknown,) if said.unknown else ())


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Read requests without a conversation before them."""
    return read_alone(OsmAndSession(), raw)
