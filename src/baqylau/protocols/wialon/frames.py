"""One frame to one event (spec W2 to W4, W8), without a memory of the frames before."""

from collections.abc import Callable

from msgspec import Struct

from baqylau.protocols.session import Event, Fault, Keep, Login, Ping, Reading, Rejected
from baqylau.protocols.wialon.checksum import holds, is_checksum
from baqylau.protocols.wialon.fields import ABSENT, Flaw
from baqylau.protocols.wialon.records import read_record

LINE_MAX_BYTES = 64 * 1024
BLACK_BOX_MAX_BYTES = 1024 * 1024
EVIDENCE_MAX_BYTES = 256
"""How much is kept of a frame that is too long."""
NUMBER_MAX_CHARS = 64
RECORDS_MAX = 30_000
"""More records than this do not fit into a black box of the greatest length."""

SHORT_TICKET = -2
EXTENDED_TICKET = -1
"""A black box's ticket is its number of records: what to answer rides in the ticket, no memory is needed."""

_SHORT_FIELDS = 10
_EXTENDED_FIELDS = 16


class Frame(Struct, frozen=True, gc=False):
    """A frame in its parts. `checked` says that version 2.0 was agreed, so that a checksum is due."""

    kind: bytes
    text: bytes
    raw: bytes
    number: str | None
    checked: bool


def limit_bytes(line: bytes | bytearray) -> int:
    """Give how long a frame that begins like this may be."""
    return BLACK_BOX_MAX_BYTES if line.startswith(b"#B#") else LINE_MAX_BYTES


def is_versioned(login: bytes) -> bool:
    """Say whether a sign-in speaks version 2."""
    return login.startswith(b"#L#2.")


def decode_frame(raw: bytes) -> tuple[Event, ...]:
    """Give the events of one frame, with or without its line end, as if its device had signed in without a name."""
    line = raw.rstrip(b"\r\n")
    if not line:
        return ()
    if len(line) > limit_bytes(line):
        return (Rejected(fault=Fault.TOO_LONG, raw=line[:EVIDENCE_MAX_BYTES], detail=f"{len(line)} bytes"),)
    return (read_frame(line, None, signed_in=True, checked=False),)


def read_frame(line: bytes, number: str | None, *, signed_in: bool, checked: bool) -> Event:
    """Give the event of one line without its end, from the device `number` where one has signed in."""
    prefix, mark, rest = line.partition(b"#")
    kind, end, text = rest.partition(b"#")
    if not mark or not end:
        return Rejected(fault=Fault.NOT_THIS_PROTOCOL, raw=line)
    if prefix:
        named = _number(prefix.removeprefix(b"2.0;"))
        signed_in = signed_in and named is not None and number in (None, named)
        checked = checked or prefix.startswith(b"2.0;")
        number = named
    read = _READERS.get(kind)
    frame = Frame(kind, text, line, number, checked)
    if read is None:
        return _rejected(frame, Fault.UNKNOWN_KIND)
    if not signed_in and kind not in (b"L", b"P"):
        return _rejected(frame, Fault.NOT_SIGNED_IN)
    return read(frame)


def _rejected(frame: Frame, fault: Fault, detail: str = "") -> Rejected:
    return Rejected(fault=fault, raw=frame.raw, detail=detail)


def _number(text: bytes) -> str | None:
    """Give a device's number as text, or None where it cannot be one."""
    number = text.decode(errors="replace").strip()
    return number if 0 < len(number) <= NUMBER_MAX_CHARS and number.isprintable() and "\ufffd" not in number else None


def _unsealed(frame: Frame, separator: bytes, *, due: bool, possible: bool = True) -> tuple[bytes, str]:
    """Take off the checksum after the last separator. Gives the text before it and what is wrong, or an empty string.

    It must be there where it is `due`, and may be where it is `possible`: then a text that looks like one is one.
    """
    place = frame.text.rfind(separator) + 1
    content, checksum = frame.text[:place], frame.text[place:]
    if due or (possible and is_checksum(checksum)):
        if holds(content, checksum):
            return content[:-1], ""
        return content, "differs" if is_checksum(checksum) else "missing"
    return frame.text, ""


def _login(frame: Frame) -> Event:
    versioned = is_versioned(frame.raw)
    text, wrong = _unsealed(frame, b";", due=versioned, possible=False)
    if wrong:
        return _rejected(frame, Fault.CHECKSUM_WRONG, wrong)
    fields = text.split(b";")[int(versioned) :]
    number = _number(fields[0]) if fields else None
    if number is None:
        return _rejected(frame, Fault.FIELD_WRONG, "number")
    password = fields[1] if len(fields) > 1 and fields[1] not in ABSENT else b""
    return Login(number=number, password=password.decode(errors="replace"), raw=frame.raw)


def _ping(frame: Frame) -> Event:
    return Ping(raw=frame.raw)


def _short(frame: Frame) -> Event:
    possible = frame.text.count(b";") == _SHORT_FIELDS
    return _single(frame, possible=possible, ticket=SHORT_TICKET)


def _extended(frame: Frame) -> Event:
    possible = frame.text.count(b";") >= _EXTENDED_FIELDS
    return _single(frame, possible=possible, ticket=EXTENDED_TICKET)


def _single(frame: Frame, *, possible: bool, ticket: int) -> Event:
    """Read a frame of one record."""
    text, wrong = _unsealed(frame, b";", due=frame.checked, possible=possible)
    if wrong:
        return _rejected(frame, Fault.CHECKSUM_WRONG, wrong)
    reading, flaws = read_record(text, frame.raw, frame.number or "")
    if reading is None:
        return _rejected(frame, *flaws[0])
    return Keep(readings=(reading,), rejected=_noted(flaws, frame.raw) if flaws else (), ticket=ticket)


def _noted(flaws: list[Flaw], raw: bytes) -> tuple[Rejected, ...]:
    return tuple(Rejected(fault=fault, raw=raw, detail=detail) for fault, detail in flaws)


def _black_box(frame: Frame) -> Event:
    text, wrong = _unsealed(frame, b"|", due=frame.checked, possible=b"|" in frame.text)
    if wrong:
        return _rejected(frame, Fault.CHECKSUM_WRONG, wrong)
    records = [record for record in text.split(b"|") if record]
    if not 0 < len(records) <= RECORDS_MAX:
        return _rejected(frame, Fault.TOO_LONG if records else Fault.FIELD_MISSING, "records")
    readings: list[Reading] = []
    rejected: list[Rejected] = []
    for record in records:
        reading, flaws = read_record(record, record, frame.number or "")
        if reading is not None:
            readings.append(reading)
        rejected += _noted(flaws, record)
    return Keep(readings=tuple(readings), rejected=tuple(rejected), ticket=len(records))


def _message(frame: Frame) -> Event:
    _, wrong = _unsealed(frame, b";", due=frame.checked, possible=False)
    if wrong:
        return _rejected(frame, Fault.CHECKSUM_WRONG, wrong)
    return _rejected(frame, Fault.UNSUPPORTED, "message")


def _unsupported(frame: Frame) -> Event:
    return _rejected(frame, Fault.UNSUPPORTED, frame.kind.decode())


_READERS: dict[bytes, Callable[[Frame], Event]] = {
    b"L": _login,
    b"P": _ping,
    b"SD": _short,
    b"D": _extended,
    b"B": _black_box,
    b"M": _message,
    b"I": _unsupported,
    b"IT": _unsupported,
    b"T": _unsupported,
    b"US": _unsupported,
    b"UC": _unsupported,
}

_SIZE_FIELD = {b"I": 0, b"T": 1, b"US": 0, b"UC": 0}
"""Which field of these frames says how many bytes follow the line."""


def trailing_bytes(line: bytes) -> int:
    """Give how many bytes follow a line that announces a picture or a file."""
    if line[1:2] not in (b"I", b"T", b"U"):
        return 0
    kind, _, text = line[1:].partition(b"#")
    place = _SIZE_FIELD.get(kind)
    fields = text.split(b";")
    if place is None or place >= len(fields) or not fields[place].isdigit():
        return 0
    return int(fields[place][:10])
