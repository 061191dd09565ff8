"""The outer form of a bundle: a ZIP archive of plain members, of which every byte is determined by their contents.

Nothing is compressed, so that a changed byte stays where it is and nothing grows on reading. Names, lengths and sums
stand twice; when one copy was changed, the other still leads to the contents.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import Struct, error
from typing import IO
from zlib import crc32

MEMBERS_MAX = 10_000
NAME_BYTES_MAX = 200
BYTES_MAX = 0xFFFF_FFFF
PIECE_BYTES = 1 << 20
_LOCAL = Struct("<4s5H3I2H")
_CENTRAL = Struct("<4s6H3I5H2I")
_END = Struct("<4s4H2IH")
_FORM = (20, 0x0800, 0, 0, 0x21)
"""Version 2.0, names in UTF-8, stored, at the first instant that the form knows: nothing here depends on a clock."""


class ContainerError(Exception):
    """Not a container of this form; the text is a word of the verdict."""


@dataclass(frozen=True)
class Member:
    """One file within the container. `offset` is where its contents begin."""

    name: str
    offset: int
    size: int
    sum: int

    @property
    def header_at(self) -> int:
        """Where its header begins."""
        return self.offset - _LOCAL.size - len(self.name.encode())

    def header(self) -> bytes:
        """Give its header as it must be."""
        name = self.name.encode()
        return _LOCAL.pack(b"PK\x03\x04", *_FORM, self.sum, self.size, self.size, len(name), 0) + name

    def entry(self) -> bytes:
        """Give its entry in the directory as it must be."""
        name = self.name.encode()
        sizes = (self.sum, self.size, self.size, len(name), 0, 0, 0, 0, 0, self.header_at)
        return _CENTRAL.pack(b"PK\x01\x02", 20, *_FORM, *sizes) + name


@dataclass(frozen=True)
class Opened:
    """What a container holds, and which of its members or ends are not as they must be."""

    members: dict[str, Member]
    wrong: tuple[str, ...]
    """Names of members whose header or entry was changed; empty text for the end of the container."""


def write(out: IO[bytes], contents: Iterable[tuple[str, IO[bytes]]]) -> None:
    """Write a container. `ContainerError` when it becomes larger than the form allows."""
    members = []
    for name, content in contents:
        member = _measured(name, content, out.tell())
        out.write(member.header())
        content.seek(0)
        while piece := content.read(PIECE_BYTES):
            out.write(piece)
        members.append(member)
    directory = b"".join(member.entry() for member in members)
    if out.tell() + len(directory) > BYTES_MAX or len(members) > MEMBERS_MAX:
        msg = "too_large"
        raise ContainerError(msg)
    begin = out.tell()
    out.write(directory + _end(len(members), len(directory), begin))


def _measured(name: str, content: IO[bytes], at: int) -> Member:
    content.seek(0)
    size = total = 0
    while piece := content.read(PIECE_BYTES):
        size, total = size + len(piece), crc32(piece, total)
    if at + size > BYTES_MAX:
        msg = "too_large"
        raise ContainerError(msg)
    return Member(name, at + _LOCAL.size + len(name.encode()), size, total)


def _end(count: int, size: int, begin: int) -> bytes:
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, size, begin, 0)


def open_container(file: IO[bytes]) -> Opened:
    """Find the members. `ContainerError` when neither the headers nor the directory lead to any."""
    size = file.seek(0, 2)
    if size > BYTES_MAX:
        msg = "too_large"
        raise ContainerError(msg)
    begin, listed = _directory(file, size)
    told, ends_at = _headers(file, size)
    if listed == told and listed is not None and ends_at == begin:
        return Opened({member.name: member for member in listed}, ())
    found = listed or told
    if not found:
        msg = "no_container"
        raise ContainerError(msg)
    wrong = [member.name for member in found if _at(file, member.header_at, len(member.header())) != member.header()]
    if listed is None or not wrong:
        wrong.append("")
    others = {member.name for member in told or ()} - {member.name for member in found}
    members = {member.name: member for member in (*(told or ()), *found)}
    return Opened(members, tuple(dict.fromkeys((*wrong, *sorted(others)))))


def _at(file: IO[bytes], offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _directory(file: IO[bytes], size: int) -> tuple[int, list[Member] | None]:
    """Give where the directory begins and what it lists; None when it is not as it must be."""
    try:
        end = _END.unpack(_at(file, max(size - _END.size, 0), _END.size))
    except error:
        return 0, None
    count, length, begin = end[4], end[5], end[6]
    if begin + length + _END.size != size or _END.pack(*end) != _end(count, length, begin):
        return 0, None
    if count > MEMBERS_MAX or length > MEMBERS_MAX * (_CENTRAL.size + NAME_BYTES_MAX):
        return 0, None
    return begin, _listed(_at(file, begin, length), count, begin)


def _listed(directory: bytes, count: int, end: int) -> list[Member] | None:
    members: list[Member] = []
    at = offset = 0
    for _ in range(count):
        try:
            fields = _CENTRAL.unpack_from(directory, at)
            name = directory[at + _CENTRAL.size : at + _CENTRAL.size + fields[10]].decode()
        except (error, UnicodeDecodeError):
            return None
        member = Member(name, offset + _LOCAL.size + fields[10], fields[8], fields[7])
        entry = member.entry()
        if directory[at : at + len(entry)] != entry:
            return None
        members.append(member)
        at, offset = at + len(entry), member.offset + member.size
    return members if at == len(directory) and offset == end else None


def _headers(file: IO[bytes], size: int) -> tuple[list[Member] | None, int]:
    """Go from header to header; give what was found up to the first that is not as it must be, and where that is."""
    members: list[Member] = []
    at = 0
    while at + _LOCAL.size < size and len(members) < MEMBERS_MAX:
        fields = _LOCAL.unpack(_at(file, at, _LOCAL.size))
        try:
            name = _at(file, at + _LOCAL.size, min(fields[9], NAME_BYTES_MAX)).decode()
        except UnicodeDecodeError:
            break
        member = Member(name, at + _LOCAL.size + fields[9], fields[7], fields[6])
        if _at(file, at, len(member.header())) != member.header() or member.offset + member.size > size:
            break
        members.append(member)
        at = member.offset + member.size
    return members or None, at


def pieces(file: IO[bytes], member: Member) -> Iterator[bytes]:
    """Give the contents of a member, a piece at a time."""
    at, left = member.offset, member.size
    while left > 0:
        piece = _at(file, at, min(left, PIECE_BYTES))
        if not piece:
            return
        yield piece
        at, left = at + len(piece), left - len(piece)


def lines(file: IO[bytes], member: Member, longest: int) -> Iterator[bytes]:
    """Give the lines of a member without their ends; of one longer than `longest`, its beginning alone."""
    rest, skipping = b"", False
    for piece in pieces(file, member):
        *whole, rest = (rest + piece).split(b"\n")
        for one in whole:
            if not skipping:
                yield one[:longest]
            skipping = False
        if skipping or len(rest) > longest:
            if not skipping:
                yield rest[:longest]
            rest, skipping = b"", True
    if rest and not skipping:
        yield rest


def whole(file: IO[bytes], member: Member, longest: int) -> bytes:
    """Give the contents of a small member; of a longer one, its beginning."""
    return _at(file, member.offset, min(member.size, longest))
