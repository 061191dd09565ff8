"""Recordings of checks within a bundle: the manifest that the unit signed, and the recordings that it names.

A recording comes in pieces, a line each, so that no line is long and anybody may withhold one. The manifest holds the
digest of each recording; a device's signature over it, and not the installation's alone, says what was recorded.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from re import compile as pattern
from typing import IO, Any

from baqylau.protocols.evidence.container import lines, open_container
from baqylau.protocols.evidence.parts import LINE_BYTES_MAX, RECORDINGS, lines_name, octets, read_json
from baqylau.protocols.evidence.signatures import manifest_payload, signer_of
from baqylau.protocols.evidence.unpacking import UnreadableError

RECORDING_PIECE_BYTES = 4 << 20
_ENDINGS = {"image/jpeg": "jpg", "video/webm": "webm", "audio/wav": "wav", "application/cbor": "cbor"}
_SAFE = pattern(r"[A-Za-z0-9_-]{1,80}")


def manifest_line(check: str, raw: bytes) -> dict[str, Any]:
    """Give the line of a check's signed manifest."""
    return {"check": check, "manifest": b64encode(raw).decode()}


def destroyed_line(check: str, manifest: bytes, why: str, at: Any) -> dict[str, Any]:
    """Give the line of a check whose recordings were destroyed: that they were, and which."""
    return {"check": check, "destroyed": manifest.hex(), "why": why, "at": at}


def piece_lines(check: str, index: int, content_type: str, content: bytes) -> Iterator[dict[str, Any]]:
    """Give the lines of a recording."""
    count = max(1, -(-len(content) // RECORDING_PIECE_BYTES))
    for piece in range(count):
        begin = piece * RECORDING_PIECE_BYTES
        yield {
            "check": check,
            "index": index,
            "piece": piece,
            "pieces": count,
            "content_type": content_type,
            "sha256": sha256(content).hexdigest(),
            "content": b64encode(content[begin : begin + RECORDING_PIECE_BYTES]).decode(),
        }


class RecordingsProof:
    """Takes the lines of recordings one by one; each `take` gives the word of a fault, or nothing."""

    def __init__(self, device_keys: Mapping[str, list[bytes]]) -> None:
        """`device_keys`: the public keys that each device had; the register of a bundle fills it beforehand."""
        self._device_keys = device_keys
        self._signed: dict[str, bytes] = {}
        self._sum = sha256()
        self._next: tuple[str, int, int] | None = None
        self.checks = self.recordings = self.withheld = self.destroyed = 0

    def take(self, line: dict[str, Any]) -> str:
        """Take a line."""
        try:
            if "withheld" in line:
                self._next = None
                self.withheld += 1
                return ""
            if "destroyed" in line:
                self.destroyed += 1
                return ""
            if "manifest" in line:
                return self._manifest(str(line["check"]), octets(line["manifest"]))
            return self._piece(line)
        except (KeyError, TypeError, ValueError, UnreadableError):
            return "unreadable"

    def _manifest(self, check: str, raw: bytes) -> str:
        keys = self._device_keys.get(signer_of(raw) or "", [])
        payloads = (manifest_payload(raw, one) for one in keys)
        payload = next((one for one in payloads if one is not None), None)
        if payload is None:
            return "recording_signature"
        self._signed[check] = payload
        self.checks += 1
        return ""

    def _piece(self, line: dict[str, Any]) -> str:
        """Take a piece; with the last one the whole has to be what the unit signed."""
        check, index, piece, pieces = str(line["check"]), int(line["index"]), int(line["piece"]), int(line["pieces"])
        if piece == 0:
            self._sum, self._next = sha256(), (check, index, 0)
        if self._next is None:
            return ""
        if (check, index, piece) != self._next:
            return "recording_order"
        self._sum.update(octets(line["content"]))
        self._next = (check, index, piece + 1)
        if piece + 1 < pieces:
            return ""
        self._next = None
        found = self._sum.digest()
        if found.hex() != line["sha256"] or found not in self._signed.get(check, b""):
            return "recording"
        self.recordings += 1
        return ""


def save_recordings(file: IO[bytes], folder: Path) -> int:
    """Write each recording of a bundle that was proved into a new folder; give how many. `OSError`."""
    member = open_container(file).members[lines_name(RECORDINGS)]
    folder.mkdir()
    names = set()
    for line in map(read_json, lines(file, member, LINE_BYTES_MAX)):
        if line is not None and "content" in line:
            names.add(name := _file_name(line))
            with (folder / name).open("ab") as out:
                out.write(octets(line["content"]))
    return len(names)


def _file_name(line: dict[str, Any]) -> str:
    """Name a file after its check and number. Nothing that a line says leads out of the folder."""
    check, kind = str(line["check"]), str(line["content_type"]).partition(";")[0]
    name = check if _SAFE.fullmatch(check) else sha256(check.encode()).hexdigest()[:16]
    return f"{name}-{int(line['index']):03d}.{_ENDINGS.get(kind, 'bin')}"
