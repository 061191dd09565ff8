"""The text of a PDF as a reader would copy it out: drawn glyphs, through each font's own table of letters."""

import re
import zlib
from collections.abc import Iterator, Mapping

_OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
_STREAM = re.compile(rb"(<<.*?/Length (\d+)\b.*?>>)\s*stream\r?\n", re.DOTALL)
_LETTERS = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
_DRAWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(|ET")
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """Give all text of all pages, a line for each run."""
    return "\n".join(pages_of(pdf))


def pages_of(pdf: bytes) -> list[str]:
    """Give the text of each page."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    return ["\n".join(_lines(page, objects)) for page in _pages(objects)]


def _pages(objects: Mapping[int, bytes]) -> Iterator[bytes]:
    for body in objects.values():
        if re.search(rb"/Type\s*/Page\b(?!s)", body):
            yield body


def _lines(page: bytes, objects: Mapping[int, bytes]) -> Iterator[str]:
    fonts = {name: _letters(objects[int(number)], objects) for name, number in _fonts(page, objects)}
    contents = re.search(rb"/Contents (\d+) 0 R", page)
    assert contents is not None
    letters: Mapping[int, str] = {}
    line = ""
    content, at = _plain(objects[int(contents.group(1))]), 0
    while found := _DRAWN.search(content, at):
        at = found.end()
        if found.group(1):
            letters = fonts[found.group(1)]
        elif found.group(0) == b"ET":
            yield line
            line = ""
        else:
            at = _end(content, at)
            codes = _ESCAPED.sub(_unescaped, content[found.end() : at - 1])
            line += "".join(letters[int.from_bytes(codes[one : one + 2])] for one in range(0, len(codes), 2))


def _end(content: bytes, at: int) -> int:
    """Give where a string ends that begins before `at`: brackets within it are in pairs, or escaped."""
    depth = 1
    while depth:
        depth += {b"(": 1, b")": -1}.get(content[at : at + 1], 0)
        at += 2 if content[at : at + 1] == b"\\" else 1
    return at


def _fonts(page: bytes, objects: Mapping[int, bytes]) -> list[tuple[bytes, bytes]]:
    resources = re.search(rb"/Resources (\d+) 0 R", page)
    body = objects[int(resources.group(1))] if resources else page
    return re.findall(rb"/(f\d+) (\d+) 0 R", body)


def _letters(font: bytes, objects: Mapping[int, bytes]) -> dict[int, str]:
    table = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert table is not None, "a font without a table of letters"
    found = _LETTERS.findall(_plain(objects[int(table.group(1))]))
    return {int(code, 16): bytes.fromhex(letter.decode()).decode("utf-16-be") for code, letter in found}


def _plain(body: bytes) -> bytes:
    stream = _STREAM.search(body)
    assert stream is not None
    # Its length says where it ends: its last byte may look like the end of a line.
    content = body[stream.end() : stream.end() + int(stream.group(2))]
    return zlib.decompress(content) if b"FlateDecode" in stream.group(1) else content


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found.group(1)
    return bytes([int(said, 8)]) if said.isdigit() else _NAMED.get(said, said)
