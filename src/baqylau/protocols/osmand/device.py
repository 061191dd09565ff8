"""The device's side, as a phone speaks it (spec O6)."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import h11

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, Motion, NoFix, Power, Sky, Strap
from baqylau.protocols.session import Confirmed, Refused, Reply

_M_S_PER_KNOT = 1852 / 3600
_OK = 200
_GIVEN_UP_BELOW = 500


class OsmAndDevice:
    """A phone with its number."""

    def __init__(self, number: str) -> None:
        self._number = number
        self._replies = h11.Connection(h11.CLIENT)
        self._unanswered: deque[int] = deque()
        """How many requests of each batch wait for their answer."""
        self._answered = 0

    def hello(self) -> bytes:
        """Say nothing: every request names the device."""
        self._replies = h11.Connection(h11.CLIENT)
        self._unanswered.clear()
        self._answered = 0
        return b""

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write one request for each record. Raises ValueError for what the protocol has no words for."""
        self._unanswered.append(len(reports))
        return b"".join(self._request(at, bodies) for at, bodies in reports)

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut: a batch is confirmed with the last of its requests."""
        return tuple(reply for status in self._read(data) for reply in self._replied(status))

    def _replied(self, status: int) -> Iterator[Reply]:
        self._answered += 1
        if status != _OK:
            yield Refused(code=str(status), again=status >= _GIVEN_UP_BELOW)
        elif self._unanswered and self._answered == self._unanswered[0]:
            self._answered = 0
            yield Confirmed(count=self._unanswered.popleft())

    def _read(self, data: bytes) -> Iterator[int]:
        """Give the status of each answer: the reader is told of a request before each, which it wants to have seen."""
        while data:
            if self._replies.our_state is h11.IDLE:
                self._replies.send(h11.Request(method="GET", target="/", headers=[("Host", "monitoring")]))
                self._replies.send(h11.EndOfMessage())
            self._replies.receive_data(data)
            data = b""
            while isinstance(found := self._replies.next_event(), h11.Response | h11.EndOfMessage | h11.Data):
                if isinstance(found, h11.Response):
                    yield found.status_code
                elif isinstance(found, h11.EndOfMessage):
                    data, _ = self._replies.trailing_data
                    self._replies = h11.Connection(h11.CLIENT)
                    break

    def _request(self, at: datetime, bodies: tuple[Body, ...]) -> bytes:
        fields = {"id": self._number, "timestamp": at.astimezone(UTC).isoformat()}
        for body in bodies:
            fields |= _words(body)
        return f"POST /?{urlencode(fields)} HTTP/1.1\r\nHost: monitoring\r\nContent-Length: 0\r\n\r\n".encode()


def _words(body: Body) -> dict[str, str]:  # noqa: C901 - one case for each thing it can say
    match body:
        case Fix():
            return _place(body)
        case NoFix():
            return {"valid": "false"}
        case Sky():
            return {}
        case Battery(level_percent=level):
            return {} if level is None else {"batt": f"{level:g}"}
        case Power(external=external):
            return {"charge": str(external).lower()}
        case Motion(moving=moving):
            return {"motion": str(moving).lower()}
        case Strap(open=is_open):
            return {"alarm": "removing"} if is_open else {}
        case Enclosure(open=is_open):
            return {"alarm": "tampering"} if is_open else {}
        case _:
            raise ValueError(f"OsmAnd has no word for {type(body).__name__}")


def _place(fix: Fix) -> dict[str, str]:
    figures = {
        "lat": fix.latitude_deg,
        "lon": fix.longitude_deg,
        "altitude": fix.altitude_m,
        "speed": None if fix.speed_m_s is None else fix.speed_m_s / _M_S_PER_KNOT,
        "bearing": fix.course_deg,
        "hdop": fix.hdop,
        "accuracy": fix.accuracy_m,
    }
    return {name: repr(value) for name, value in figures.items() if value is not None}
