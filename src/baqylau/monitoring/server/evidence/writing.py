"""Writing a bundle: parts line by line, then the manifest over them, then the container."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from hashlib import sha256
from io import BytesIO
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

import msgspec

from baqylau.crypto.canonical import canonical
from baqylau.crypto.signing import Signer
from baqylau.protocols.evidence import container
from baqylau.protocols.evidence.parts import (
    CONTEXT,
    FORMAT,
    LINES_MAX,
    MANIFEST,
    PARTS,
    SALT_BYTES,
    SIGNATURE,
    STAMP,
    VERSION,
    commitment,
    digest,
    digests_name,
    lines_name,
    withheld,
)


class TooLargeError(Exception):
    """More than one bundle holds: give a shorter time."""


class Bundle:
    """A bundle under way. What was written is in files without names, which go when it is closed."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        """`random` gives the salt of each line."""
        self._random = random
        self._files = ExitStack()
        self._lines: dict[str, IO[bytes]] = {}
        self._digests: dict[str, list[bytes]] = {part: [] for part in PARTS}
        self._papers: dict[str, bytes] = {}

    def __enter__(self) -> Self:
        """Make a file for each part."""
        self._lines = {part: self._files.enter_context(TemporaryFile()) for part in PARTS}  # noqa: SIM115 - the stack's
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the files go."""
        self._files.close()

    def put(self, part: str, value: Mapping[str, Any], *, give: bool = True) -> None:
        """Add a line to a part; when it is not given away, only what stands for it."""
        line = canonical({"salt": self._random(SALT_BYTES).hex(), **msgspec.to_builtins(value)})
        self.put_line(part, line if give else withheld(line))

    def put_file(self, name: str, content: bytes) -> None:
        """Add a paper as a file that people open."""
        self._papers[name] = content

    def put_line(self, part: str, line: bytes) -> None:
        """Add a line as it is. `TooLargeError` when it is one too many."""
        if len(self._digests[part]) >= LINES_MAX:
            raise TooLargeError
        self._lines[part].write(line + b"\n")
        self._digests[part].append(digest(line))

    def write(
        self,
        out: IO[bytes],
        statement: Mapping[str, Any],
        signer: Signer,
        stamp: Callable[[bytes], bytes] | None = None,
    ) -> None:
        """Sign what was put under a statement of what it is, and write everything. `TooLargeError`.

        `stamp` gives an authority's token over some bytes, and raises what it likes.
        """
        promised = {
            part: {"commitment": commitment(digests), "lines": len(digests)} for part, digests in self._digests.items()
        }
        files = {name: sha256(content).hexdigest() for name, content in self._papers.items()}
        form = {"format": FORMAT, "version": VERSION, "installation_key": signer.public_key.hex()}
        fixed = {**form, "parts": promised, "files": files}
        manifest = canonical({**msgspec.to_builtins(statement), **fixed}) + b"\n"
        contents: list[tuple[str, IO[bytes]]] = [
            (MANIFEST, BytesIO(manifest)),
            (SIGNATURE, BytesIO(signer.sign(CONTEXT + manifest))),
            *([(STAMP, BytesIO(stamp(manifest)))] if stamp else ()),
            *((name, BytesIO(content)) for name, content in self._papers.items()),
        ]
        for part, digests in self._digests.items():
            contents.append((lines_name(part), self._lines[part]))
            contents.append((digests_name(part), BytesIO(b"".join(one.hex().encode() + b"\n" for one in digests))))
        try:
            container.write(out, contents)
        except container.ContainerError as large:
            raise TooLargeError from large
