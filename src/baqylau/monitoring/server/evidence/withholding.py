"""A bundle without some of its lines: everything else stays proved. No key is needed for it."""

from collections.abc import Sequence
from contextlib import ExitStack
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

from baqylau.protocols.evidence import container, parts


class NoSuchLineError(Exception):
    """There is no such line to withhold."""

    def __init__(self, part: str, line: int) -> None:
        super().__init__(part, line)
        self.part = part
        self.line = line


def withhold(file: IO[bytes], chosen: Sequence[tuple[str, int]], out: IO[bytes]) -> None:
    """Write a bundle without the chosen lines: a part and a number from 1 each. `NoSuchLineError`, `ContainerError`."""
    members = container.open_container(file).members
    wanted = {(parts.lines_name(part), number): (part, number) for part, number in chosen}
    with ExitStack() as stack:
        contents: list[tuple[str, IO[bytes]]] = []
        for name, member in members.items():
            copied: IO[bytes] = stack.enter_context(TemporaryFile())
            for number, line in enumerate(container.lines(file, member, parts.LINE_BYTES_MAX), 1):
                copied.write(parts.withheld(line) if wanted.pop((name, number), None) else line)
                copied.write(b"\n")
            contents.append((name, copied if name.endswith(".jsonl") else BytesIO(_plain(file, member))))
        if wanted:
            raise NoSuchLineError(*next(iter(wanted.values())))
        container.write(out, contents)


def _plain(file: IO[bytes], member: container.Member) -> bytes:
    return b"".join(container.pieces(file, member))
