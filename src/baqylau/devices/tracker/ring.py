"""The ring: everything that the tracker wrote down and the server has not said it keeps. Runs in MicroPython.

Files of a few hundred records, each added to at its end and forgotten as a whole; beyond thirty days the oldest one
goes. A record that was cut off by a loss of power is found by its check and left out. What is told as kept is a file
too. Numbers are reserved ahead in a file of their own: even when all others are lost, no number is used twice.

`disk` does what can fail: add (surely, before it returns), write in place of what was there, read, remove, list.
"""

from binascii import crc32

from baqylau.protocols.batch.on_device import is_urgent
from baqylau.protocols.batch.small_cbor import SmallCborError, read, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Disk(Protocol):
        """Where the ring lies."""

        def names(self) -> "list[str]":
            """Give the names of what is there."""

        def read(self, name: str) -> bytes:
            """Give what is there under a name; nothing when there is nothing."""

        def add(self, name: str, content: bytes) -> None:
            """Put it to the end of a file, surely."""

        def write(self, name: str, content: bytes) -> None:
            """Write a file whole or not at all, surely."""

        def remove(self, name: str) -> None:
            """Remove a file."""


A_FILE = 256
"""Records in one file."""
FILES_MAX = 240
"""More than thirty days of two records a minute at most."""
BATCH_MAX, BATCH_BYTES_MAX = 250, 24_000
LIVE_MAX = 20
"""So many of the newest go before the backlog: what happens now is known before what happened."""
RESERVED = 4096
URGENT_MAX = 500
"""Urgent records of which the numbers are remembered one by one."""
DIGEST_BYTES = 32
_HEAD_BYTES = 6
"""Length, and check."""


class Ring:
    """The ring on one disk."""

    def __init__(self, disk: "Disk") -> None:
        """Open what is there, or begin."""
        self._disk = disk
        self._reserved = int(disk.read("numbers") or b"0")
        self.previous, self._kept = DIGEST_BYTES * b"\x00", [[0, 0]]
        self._resume(disk.read("told"))
        self._files = sorted([int(name[1:]) for name in disk.names() if name[:1] == "r" and name[1:].isdigit()])
        self._urgent: list[int] = []
        known = [self._know(first) for first in self._files[:]] + [last for _, last in self._kept]
        self.last = max(known) if self._files or self._kept != [[0, 0]] else self._reserved
        """Number of the last record that was ever written."""
        self._file = 0
        """First number of the file that is added to; 0 for a new one: what a loss of power cut off stays as it is."""

    def write(self, content: bytes, *, urgent: bool) -> int:
        """Keep a record surely, and give its number."""
        seq = self.last + 1
        if seq > self._reserved:
            self._reserved = seq + RESERVED
            self._disk.write("numbers", str(self._reserved).encode())
        if not self._file or seq >= self._file + A_FILE:
            self._begin(seq)
        head = len(content).to_bytes(2, "big") + (crc32(content) & 0xFFFFFFFF).to_bytes(4, "big")
        self._disk.add(_name(self._file), head + content)
        self.last = seq
        if urgent:
            self._urgent = self._urgent[1 - URGENT_MAX :] + [seq]  # noqa: RUF005 - as boards have it
        return seq

    def batch(self) -> "tuple[int, list[bytes]] | None":
        """Give the first number and the contents of what is to be sent next, None when nothing waits."""
        stretch = self._next()
        if stretch is None:
            return None
        first, last = stretch
        contents: list[bytes] = []
        length = 0
        for content in self._contents(first, last):
            length += len(content)
            if contents and length > BATCH_BYTES_MAX:
                break
            contents.append(content)
        return (first, contents) if contents else self._gone(first, last)

    def made(self, digest: bytes) -> None:
        """Take note of the digest of a batch before it is sent: the next one names it."""
        self.previous = digest
        self._note()

    def kept(self, through: int, also: "list[list[int]]") -> None:
        """Forget what the server keeps: up to a number, and stretches beyond it."""
        before = self._kept
        told = [[0, min(through, self.last)]] + [list(one) for one in also]
        self._kept = _joined(before + told)
        if self._kept == before:
            return
        self._urgent = [seq for seq in self._urgent if not self._is_kept(seq)]
        for first in self._files[:]:
            if first != self._file and self._waiting(first, self._end(first)) is None:
                self._forget(first)
        self._note()

    def waiting(self) -> int:
        """Give how many records wait."""
        lost = self._files[0] - 1 if self._files else self.last
        kept = _joined(self._kept + [[0, lost]])  # noqa: RUF005 - as boards have it
        return max(self.last - sum([last - max(first, 1) + 1 for first, last in kept if last >= 1]), 0)

    def _begin(self, seq: int) -> None:
        self._file = seq
        self._files.append(seq)
        while len(self._files) > FILES_MAX:
            self._forget(self._files[0])

    def _forget(self, first: int) -> None:
        self._files.remove(first)
        self._disk.remove(_name(first))

    def _know(self, first: int) -> int:
        """Look through a file for what is urgent; give its last number.

        A file whose first record is not whole goes: that number is given again, and would be added behind what is torn.
        """
        seq = first - 1
        for content in _whole(self._disk.read(_name(first))):
            seq += 1
            if is_urgent(content) and not self._is_kept(seq):
                self._urgent.append(seq)
        if seq < first:
            self._forget(first)
        return seq

    def _next(self) -> "tuple[int, int] | None":
        """Give a stretch: the newest urgent first; then now; then the past from its oldest."""
        if self._urgent:
            last = first = self._urgent[-1]
            while first - 1 in self._urgent[-LIVE_MAX:]:
                first -= 1
            return first, last
        live = self._waiting(max(self.last - LIVE_MAX + 1, 1), self.last)
        if live is not None and live[1] == self.last:
            return live
        for first in self._files:
            stretch = self._waiting(first, self._end(first))
            if stretch is not None:
                return stretch[0], min(stretch[1], stretch[0] + BATCH_MAX - 1)
        return None

    def _end(self, first: int) -> int:
        """Give the last number that may be in a file."""
        at = self._files.index(first)
        return self._files[at + 1] - 1 if at + 1 < len(self._files) else self.last

    def _waiting(self, first: int, last: int) -> "tuple[int, int] | None":
        """Give the first stretch within two numbers that is not kept."""
        for kept_first, kept_last in self._kept:
            if kept_first <= first <= kept_last:
                first = kept_last + 1
            elif first < kept_first <= last:
                last = kept_first - 1
        return (first, last) if first <= last else None

    def _is_kept(self, seq: int) -> bool:
        return self._waiting(seq, seq) is None

    def _contents(self, first: int, last: int) -> "list[bytes]":
        """Give the records of a stretch that lie in the file of its first."""
        files = [one for one in self._files if one <= first]
        if not files:
            return []
        whole = _whole(self._disk.read(_name(files[-1])))
        return whole[first - files[-1] : last - files[-1] + 1]

    def _gone(self, first: int, last: int) -> "tuple[int, list[bytes]] | None":
        """Pass over numbers whose records were cut off, up to the next file: nobody will ever have them."""
        last = min([last] + [one - 1 for one in self._files if one > first])
        self._kept = _joined(self._kept + [[first, last]])  # noqa: RUF005 - as boards have it
        self._urgent = [seq for seq in self._urgent if not self._is_kept(seq)]
        return self.batch()

    def _resume(self, told: bytes) -> None:
        try:
            values: Any = read(told)
            self.previous, self._kept = values
        except (SmallCborError, ValueError, TypeError):
            return

    def _note(self) -> None:
        self._disk.write("told", written([self.previous, self._kept]))


def _name(first: int) -> str:
    return "r" + str(first)


def _whole(raw: bytes) -> "list[bytes]":
    """Give the records of a file up to the first that is not whole."""
    contents, at = [], 0
    while at + _HEAD_BYTES <= len(raw):
        begin = at + _HEAD_BYTES
        content = raw[begin : begin + int.from_bytes(raw[at : at + 2], "big")]
        if (crc32(content) & 0xFFFFFFFF).to_bytes(4, "big") != raw[at + 2 : begin] or not content:
            break
        contents.append(content)
        at = begin + len(content)
    return contents


def _joined(stretches: "list[list[int]]") -> "list[list[int]]":
    """Give stretches in their order, those that touch as one."""
    joined: list[list[int]] = []
    for first, last in sorted(stretches):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = [joined[-1][0], max(joined[-1][1], last)]
        else:
            joined.append([first, last])
    return joined
