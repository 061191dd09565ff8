"""The device's side of one connection, as a tracker speaks it (spec W11)."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from baqylau.domain.observations import Body
from baqylau.protocols.crc16 import crc16
from baqylau.protocols.session import Confirmed, Refused, Reply, Welcomed
from baqylau.protocols.wialon.frames import LINE_MAX_BYTES
from baqylau.protocols.wialon.writing import record

_AGAIN = {"AL": ("10",), "ASD": ("-1", "13"), "AD": ("-1", "16")}
"""Codes after which the same may be sent again."""
_COUNT = re.compile("[0-9]{1,9}")


class WialonDevice:
    """A tracker with a number and a password; version 2.0 adds checksums to what it says."""

    def __init__(self, number: str, password: str = "", version: Literal["1.1", "2.0"] = "2.0") -> None:
        self._number = number
        self._password = password or "NA"
        self._versioned = version == "2.0"
        self._buffer = b""

    def hello(self) -> bytes:
        """Sign in."""
        version = "2.0;" if self._versioned else ""
        return self._frame("L", f"{version}{self._number};{self._password}", ";")

    def report(self, reports: Sequence[tuple[datetime, tuple[Body, ...]]]) -> bytes:
        """Write one record as a data frame, several as a black box. Raises ValueError where the words are missing."""
        records = [record(at, bodies) for at, bodies in reports]
        if len(records) == 1:
            return self._frame("D", records[0], ";")
        return self._frame("B", "|".join(records), "|")

    def receive(self, data: bytes) -> Sequence[Reply]:
        """Take the server's words, in any cut; those that answer neither sign-in nor records are passed over."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        self._buffer = self._buffer[:LINE_MAX_BYTES]
        replies = (_reply(line.rstrip(b"\r").decode(errors="replace")) for line in lines)
        return [reply for reply in replies if reply is not None]

    def _frame(self, kind: str, text: str, separator: str) -> bytes:
        """Close a frame, with its checksum where one is due."""
        content = text.encode()
        if self._versioned:
            content += separator.encode()
            content += b"%04X" % crc16(content)
        return b"#%b#%b\r\n" % (kind.encode(), content)


def _reply(line: str) -> Reply | None:
    """Give what a line of the server says to the device."""
    _, _, rest = line.partition("#")
    kind, _, code = rest.partition("#")
    if kind == "AB":
        kept = int(code) if _COUNT.fullmatch(code) else 0
        return Confirmed(count=kept) if kept else Refused(code=code, again=True)
    if kind not in _AGAIN:
        return None
    if code == "1":
        return Welcomed() if kind == "AL" else Confirmed(count=1)
    return Refused(code=code, again=code in _AGAIN[kind])
