"""What a platform says: one response for a packet, then the result of a sign-in and the state of services."""

from msgspec import Struct, field

from baqylau.protocols.egts import auth, records
from baqylau.protocols.egts.codes import PacketType, ResultCode, Service
from baqylau.protocols.egts.transport import Route, packet


class Line(Struct, gc=False):
    """What is said about one record: `code`, which depends on what becomes of its `readings` if it has any."""

    number: int
    service: int
    code: ResultCode = ResultCode.OK
    readings: int = 0


class Answer(Struct):
    """What one packet has to be told."""

    pid: int
    route: Route | None
    raw: bytes
    code: ResultCode = ResultCode.OK
    lines: list[Line] = field(default_factory=list)
    wants: tuple[int, ...] = ()
    verdict: ResultCode | None = None
    open: bool = False
    """Whether readings of the packet wait to be kept."""
    confirmed: bool = False
    """Whether the packet itself was confirmed."""


class Replies:
    """Writes answers, and counts the packets and records of our own on one connection."""

    def __init__(self) -> None:
        self._packets = 0
        self._records = 0

    def response(self, pid: int, route: Route | None, code: ResultCode = ResultCode.OK, lines: bytes = b"") -> bytes:
        """Give the response to a packet: its number, what became of it, and records about its records."""
        self._packets += 1
        body = pid.to_bytes(2, "little") + bytes((code,)) + lines
        return packet(PacketType.RESPONSE, self._packets & 0xFFFF, body, route and Route(route.recipient, route.peer))

    def to(self, answer: Answer) -> bytes:
        """Give what can be said now; what was said is not said again."""
        said = b""
        ready = [line for line in answer.lines if not (answer.open and line.readings)]
        if ready or not answer.confirmed:
            answer.lines = [line for line in answer.lines if answer.open and line.readings]
            answer.confirmed = True
            code = ResultCode.NO_RESOURCES if any(_again(line) for line in ready) else answer.code
            said = self.response(answer.pid, answer.route, code, self._lines(ready))
        content = self._about_sign_in(answer)
        return said + self._data(content, answer.route) if content else said

    def _lines(self, lines: list[Line]) -> bytes:
        """Give one record for each service that was spoken to."""
        by_service: dict[int, list[tuple[int, ResultCode]]] = {}
        for line in lines:
            by_service.setdefault(line.service, []).append((line.number, line.code))
        parts = []
        for service, codes in by_service.items():
            self._records += 1
            parts.append(records.record_to_device(self._records & 0xFFFF, service, records.responses(codes)))
        return b"".join(parts)

    def _about_sign_in(self, answer: Answer) -> bytes:
        if answer.verdict is not None:
            content = auth.verdict(answer.verdict, answer.wants)
            answer.verdict = None
        elif answer.open:
            return b""
        else:
            content = auth.offers(answer.wants)
        answer.wants = ()
        return content

    def _data(self, content: bytes, route: Route | None) -> bytes:
        self._packets += 1
        self._records += 1
        record = records.record_to_device(self._records & 0xFFFF, Service.AUTH, content)
        return packet(PacketType.APPDATA, self._packets & 0xFFFF, record, route and Route(route.recipient, route.peer))


def _again(line: Line) -> bool:
    return line.code is ResultCode.NO_RESOURCES
