"""The server's words: every answer code of Wialon IPS and when it is due (spec W9)."""

from collections.abc import Sequence

from baqylau.protocols.crc16 import crc16
from baqylau.protocols.session import Fault, Keep, Outcome, Rejected
from baqylau.protocols.wialon.frames import EXTENDED_TICKET, SHORT_TICKET

PONG = b"#AP#\r\n"
_SIGNED_IN = b"#AL#1\r\n"
_REFUSED = b"#AL#0\r\n"
_WRONG_PASSWORD = b"#AL#01\r\n"
_TAKEN = {SHORT_TICKET: b"#ASD#1\r\n", EXTENDED_TICKET: b"#AD#1\r\n"}
_AGAIN = {SHORT_TICKET: (b"#ASD#-1\r\n", b"#ASD#13\r\n"), EXTENDED_TICKET: (b"#AD#-1\r\n", b"#AD#16\r\n")}
"""What makes a device send the record again, in version 1.1 and 2.0: as if the line had spoilt it."""

_POSITION_CODES = {
    "time": "0",
    "latitude": "10",
    "longitude": "10",
    "speed": "11",
    "course": "11",
    "altitude": "11",
    "satellites": "12",
    "checksum": "13",
}
_CODES = {
    "SD": ("ASD", _POSITION_CODES),
    "D": (
        "AD",
        _POSITION_CODES
        | {"hdop": "12", "inputs": "13", "outputs": "13", "adc": "14", "params": "15", "checksum": "16"},
    ),
}
_STRUCTURE = "-1"

_CHECKSUM_ANSWERS = {"L": b"#AL#10\r\n", "B": b"#AB#\r\n", "M": b"#AM#01\r\n"}
_ANSWERS = {"L": _REFUSED, "B": b"#AB#0\r\n", "M": b"#AM#1\r\n", "IT": b"#AIT#0\r\n"}
_INDEX_FIELD = {"I": ("AI", 1), "T": ("AT", 2)}


def to_login(outcome: Outcome) -> bytes:
    """Answer a sign-in."""
    if outcome is Outcome.ACCEPTED:
        return _SIGNED_IN
    return _WRONG_PASSWORD if outcome is Outcome.WRONG_PASSWORD else _REFUSED


def to_records(event: Keep, outcomes: Sequence[Outcome], *, versioned: bool) -> bytes:
    """Answer records: taken, send again, or why not at all."""
    for outcome in outcomes:
        if outcome in (Outcome.UNKNOWN_DEVICE, Outcome.WRONG_PASSWORD):
            return to_login(outcome)
    kept = _kept_first(outcomes)
    if event.ticket in _TAKEN:
        return _TAKEN[event.ticket] if kept == len(event.readings) else _AGAIN[event.ticket][versioned]
    return b"#AB#%d\r\n" % (event.ticket if kept == len(event.readings) else kept)


def _kept_first(outcomes: Sequence[Outcome]) -> int:
    """Count the records before the first that was not kept: so many may the device forget."""
    for count, outcome in enumerate(outcomes):
        if outcome is not Outcome.ACCEPTED:
            return count
    return len(outcomes)


def to_rejected(rejected: Rejected) -> bytes:
    """Answer a frame that was not taken; nothing where the protocol has no answer for it."""
    kind, _, text = rejected.raw.partition(b"#")[2].partition(b"#")
    name = kind.decode(errors="replace")
    if rejected.fault in (Fault.NOT_SIGNED_IN, Fault.NOT_THIS_PROTOCOL):
        return _REFUSED if rejected.fault is Fault.NOT_SIGNED_IN else b""
    if name in _CODES:
        return _code(name, rejected)
    if name in _INDEX_FIELD:
        return _part_refused(name, text)
    answers = _CHECKSUM_ANSWERS if rejected.fault is Fault.CHECKSUM_WRONG else _ANSWERS
    return answers.get(name, b"")


def _code(name: str, rejected: Rejected) -> bytes:
    """Answer a single record by the field that was wrong."""
    answer, codes = _CODES[name]
    field = "checksum" if rejected.fault is Fault.CHECKSUM_WRONG else rejected.detail.partition(":")[0]
    return f"#{answer}#{codes.get(field, _STRUCTURE)}\r\n".encode()


def _part_refused(name: str, text: bytes) -> bytes:
    """Answer a part of a picture or file by its index."""
    answer, place = _INDEX_FIELD[name]
    fields = text.split(b";")
    index = fields[place].decode() if place < len(fields) and fields[place].isdigit() else "NA"
    return f"#{answer}#{index[:10]};0\r\n".encode()


def message(text: str, *, versioned: bool) -> bytes:
    """Give the line with a message to the person, on one line and without the separator (spec W12)."""
    said = " ".join(text.replace(";", " ").split()).encode()
    if not versioned:
        return b"#M#" + said + b"\r\n"
    return b"#M#%s;%04X\r\n" % (said, crc16(said + b";"))
