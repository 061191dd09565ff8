"""HTTP requests out of a stream (spec O2). `h11` reads; what is answered is written by the session."""

from collections.abc import Iterator

import h11
from msgspec import Struct

from baqylau.protocols.session import Fault
from baqylau.protocols.stream import Broken

BODY_MAX_BYTES = 65_536
_EVIDENCE_BYTES = 256
_EMPTY = b"\r\n"
"""Empty lines before a request are nothing (RFC 9112, 2.2)."""


class Request(Struct, frozen=True, gc=False):
    """One request, whole."""

    target: bytes
    is_json: bool
    body: bytes
    raw: bytes


class Requests:
    """Bytes of one line. After `Broken` nothing that comes is looked at any more."""

    def __init__(self) -> None:
        self._connection = h11.Connection(h11.SERVER)
        self._raw = b""
        self._head: h11.Request | None = None
        self._body = b""
        self.closed = False

    @property
    def rest(self) -> bytes:
        """Give the bytes of a request that is not whole yet."""
        return self._raw

    def feed(self, data: bytes) -> Iterator[Request | Broken]:
        """Take bytes and give what they complete."""
        data = data if self._raw else data.lstrip(_EMPTY)
        if self.closed or not data:
            return
        self._raw += data
        try:
            self._connection.receive_data(data)
            yield from self._found()
        except h11.RemoteProtocolError:
            yield self._broken(Fault.NOT_THIS_PROTOCOL, "no request of HTTP")

    def _found(self) -> Iterator[Request | Broken]:
        while not self.closed:
            match self._connection.next_event():
                case h11.Request() as head:
                    self._head, self._body = head, b""
                case h11.Data(data=part):
                    self._body += part
                    if len(self._body) > BODY_MAX_BYTES:
                        yield self._broken(Fault.TOO_LONG, "body of a request")
                case h11.EndOfMessage():
                    yield self._whole()
                    if not self._raw:
                        return
                case _:
                    return

    def _whole(self) -> Request:
        assert self._head is not None  # noqa: S101 - h11 ends no message that it did not begin
        trailing, _ = self._connection.trailing_data
        raw = self._raw[: len(self._raw) - len(trailing)]
        headers = dict(self._head.headers)
        request = Request(self._head.target, b"json" in headers.get(b"content-type", b"").lower(), self._body, raw)
        self._raw = trailing.lstrip(_EMPTY)
        self._next(self._raw)
        return request

    def _next(self, trailing: bytes) -> None:
        """Begin anew for the next request: how this one is answered is known only later."""
        self._connection = h11.Connection(h11.SERVER)
        if trailing:
            self._connection.receive_data(trailing)

    def _broken(self, fault: Fault, detail: str) -> Broken:
        self.closed = True
        raw, self._raw = self._raw[:_EVIDENCE_BYTES], b""
        return Broken(fault, raw, detail, fatal=True)
