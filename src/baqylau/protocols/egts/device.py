"""The device's side of EGTS, as the simulator speaks it."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field

from baqylau.domain.observations import Body
from baqylau.protocols.egts import auth, records
from baqylau.protocols.egts.codes import PASSING, PacketType, ResultCode, Service
from baqylau.protocols.egts.reports import record_of
from baqylau.protocols.egts.sensors import BRACELET, Inputs
from baqylau.protocols.egts.splitter import Splitter
from baqylau.protocols.egts.transport import RESPONSE_HEAD, Packet, packet
from baqylau.protocols.session import Confirmed, Refused, Reply, Welcomed

_HIGHEST_INPUT = 72
_PASSING = frozenset(int(code) for code in PASSING)


class _Frame(Struct):
    """A packet on its way: which records it holds, and what was said of them so far."""

    pid: int
    numbers: tuple[int, ...]
    codes: dict[int, int] = field(default_factory=dict)
    refused: int | None = None
    """The code by which the packet was refused as a whole."""

    @property
    def settled(self) -> bool:
        """Tell whether everything was said."""
        return self.refused is not None or len(self.codes) == len(self.numbers)

    @property
    def kept(self) -> int:
        """Count the records from the first on that were kept."""
        refused = (i for i, number in enumerate(self.numbers) if self.codes.get(number) != ResultCode.OK)
        return next(refused, len(self.numbers))

    @property
    def refusal(self) -> int:
        """Give the first code that is not a success."""
        said = (code for number in self.numbers if (code := self.codes.get(number)))
        return next(said, self.refused or ResultCode.NO_ACKNOWLEDGEMENT)


class EgtsDevice:
    """One connection of a device with this number: it signs in by its number, or marks every record with it.

    Raises ValueError for a number that EGTS cannot carry and for inputs outside 1 to 72.
    """

    def __init__(self, number: str, *, by_object_id: bool = False, inputs: Inputs = BRACELET) -> None:
        self._identity = auth.identity(number)
        if by_object_id and not auth.is_object_id(number):
            msg = f"an EGTS object id is a number of up to 32 bits, not {number!r}"
            raise ValueError(msg)
        for name, wired in (("strap", inputs.strap), ("case", inputs.case)):
            if wired is not None and not 1 <= wired <= _HIGHEST_INPUT:
                msg = f"the {name}'s input must be 1 to {_HIGHEST_INPUT}, not {wired}"
                raise ValueError(msg)
        self._oid = int(number) if by_object_id else None
        self._inputs = inputs
        self._splitter = Splitter()
        self._pid = 0
        self._hello_pid: int | None = None
        self._record_number = 0
        self._frames: deque[_Frame] = deque()
        self._confirmations = b""

    def hello(self) -> bytes:
        """Give the sign-in; empty when the records carry the number."""
        if self._oid is not None:
            return b""
        number = self._next_record()
        self._hello_pid = self._next_pid()
        return packet(PacketType.APPDATA, self._hello_pid, records.record(number, Service.AUTH, self._identity))

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Give one packet with a record for each report, after the confirmations that the server waits for.

        Raises ValueError for a time outside 2010 to 2099 and for more records than a packet holds.
        """
        numbers = tuple(self._next_record() for _ in reports)
        body = b"".join(
            record_of(number, at, bodies, self._oid, self._inputs)
            for number, (at, bodies) in zip(numbers, reports, strict=True)
        )
        return self._packed(numbers, body)

    def _packed(self, numbers: tuple[int, ...], body: bytes) -> bytes:
        pid = self._next_pid()
        frame = packet(PacketType.APPDATA, pid, body)
        self._frames.append(_Frame(pid, numbers))
        confirmations, self._confirmations = self._confirmations, b""
        return confirmations + frame

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take bytes from the server, in any cut, and give what they say about the sign-in and the frames."""
        replies: list[Reply] = []
        for item in self._splitter.feed(data):
            if isinstance(item, Packet):
                replies += self._packet(item)
        return replies

    def _packet(self, item: Packet) -> list[Reply]:
        replies: list[Reply] = []
        for record in records.split(item.content)[0]:
            replies += self._record(record)
        if item.kind == PacketType.RESPONSE:
            replies += self._response(item.body)
        else:
            confirmation = item.pid.to_bytes(2, "little") + bytes((ResultCode.OK,))
            self._confirmations += packet(PacketType.RESPONSE, self._next_pid(), confirmation)
        return [*replies, *self._settled()]

    def _record(self, record: records.Record) -> list[Reply]:
        found, _ = records.parts(record.data)
        for number, code in records.responded(record.data, found):
            frame = next((each for each in self._frames if number in each.numbers), None)
            if frame:
                frame.codes[number] = code
        result = auth.result(record.data, found) if record.service == Service.AUTH else None
        if result is None:
            return []
        return [Welcomed() if result == ResultCode.OK else _refused(result)]

    def _response(self, body: bytes) -> list[Reply]:
        """Mark the frame that was refused as a whole; tell at once when it was the sign-in."""
        if len(body) < RESPONSE_HEAD or body[2] == ResultCode.OK:
            return []
        pid = body[0] | body[1] << 8
        for frame in self._frames:
            if frame.pid == pid:
                frame.refused = body[2]
        return [_refused(body[2])] if pid == self._hello_pid else []

    def _settled(self) -> list[Reply]:
        """Tell of the oldest frames, in their order, as far as everything was said about them."""
        replies: list[Reply] = []
        while self._frames and self._frames[0].settled:
            frame = self._frames.popleft()
            kept = frame.kept
            replies.append(Confirmed(count=kept) if kept or not frame.numbers else _refused(frame.refusal))
        return replies

    def _next_pid(self) -> int:
        self._pid = (self._pid + 1) & 0xFFFF
        return self._pid

    def _next_record(self) -> int:
        self._record_number = (self._record_number + 1) & 0xFFFF
        return self._record_number


def _refused(code: int) -> Refused:
    return Refused(code=str(code), again=code in _PASSING)
