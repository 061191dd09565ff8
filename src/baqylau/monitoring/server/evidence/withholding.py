"""A bundle without some of its lines: everything else stays proved. No key is needed for it."""

import json
from collections.abc import Collection
from contextlib import ExitStack
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

from baqylau.protocols.evidence import container, parts

_LINES = parts.lines_name("")


class NoSuchLineError(Exception):
    """There is no such line to withhold."""

    def __init__(self, part: str, line: int) -> None:
        super().__init__(part, line)
        self.part = part
        self.line = line


def withhold(
    file: IO[bytes],
    chosen: Collection[tuple[str, int]],
    out: IO[bytes],
    *,
    files: Collection[str] = (),
    words: Collection[str] = (),
) -> int:
    """Write a bundle without the chosen lines, and give how many. `NoSuchLineError`, `ContainerError`.

    Chosen are a part and a number from 1 each, and every line that holds one of the `words`; `files` are papers.
    """
    opened = container.open_container(file)
    if opened.wrong:
        msg = "damaged"
        raise container.ContainerError(msg)
    members = opened.members
    wanted = {(parts.lines_name(part), number): (part, number) for part, number in chosen}
    sought = [json.dumps(word, ensure_ascii=False)[1:-1].encode() for word in words]
    gone = 0
    with ExitStack() as stack:
        contents: list[tuple[str, IO[bytes]]] = []
        for name, member in members.items():
            if not name.endswith(_LINES):
                contents += [(name, BytesIO(_plain(file, member)))] if name not in files else []
                continue
            copied: IO[bytes] = stack.enter_context(TemporaryFile())
            for number, line in enumerate(container.lines(file, member, parts.LINE_BYTES_MAX), 1):
                hide = wanted.pop((name, number), None) is not None or any(word in line for word in sought)
                copied.write((parts.withheld(line) if hide else line) + b"\n")
                gone += hide
            contents.append((name, copied))
        if wanted or set(files) - members.keys():
            raise NoSuchLineError(*next(iter((*wanted.values(), *((one, 0) for one in files)))))
        container.write(out, contents)
    return gone


def _plain(file: IO[bytes], member: container.Member) -> bytes:
    return b"".join(container.pieces(file, member))
