"""What a bundle is made of: a signed manifest, and parts of lines that each are committed to by themselves.

A line is JSON with salt in it. The manifest holds a digest over the digests of a part's lines, so that anybody may
withhold a line and leave its digest in its place: all others are still proven, and nobody can guess what was there.
"""

import json
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Iterable
from hashlib import sha256
from re import compile as pattern
from typing import Any

from baqylau.crypto.canonical import canonical
from baqylau.protocols.evidence.unpacking import UnreadableError, plain, unpacked
from baqylau.protocols.evidence.words import leaves_of

FORMAT, VERSION = "baqylau-evidence", 5
VERSIONS = (1, 2, 3, 4, 5)
"""Those that are read for ever: 1 knew no time-stamps and no papers, 2 no ledger, 3 nothing that consoles signed.

4 had neither audit nor registers in the ledger.
"""
WITH_LEDGER, WITH_REGISTERS = 3, 5
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
STAMP = "manifest.tst"
"""A time-stamp over the manifest: by then all of the bundle was as it is."""
CONTEXT = b"baqylau evidence 1\n"
"""Signed before the manifest, so that no other signature of the key passes for one of a bundle."""
SALT_BYTES = 16
LINE_BYTES_MAX = 16 << 20
MANIFEST_BYTES_MAX = 1 << 20
LINES_MAX = 1_000_000
"""A record of each minute of almost two years. What is larger is given in several bundles."""
DIGEST_LINE_BYTES = 65
RECORDS, TREES, HEADS = "records", "trees", "heads"
FINDINGS, ALARMS, ACTS, AUDIT = "findings", "alarms", "acts", "audit"
REGISTERS, KEYS, RULES, JUDGING = "registers", "keys", "rules", "judging"
RECORDINGS, BATCHES, STAMPS = "recordings", "batches", "stamps"
PARTS = (
    *(RECORDS, TREES, HEADS, FINDINGS, ALARMS, ACTS, AUDIT, REGISTERS, KEYS, RULES, JUDGING),
    *(RECORDINGS, BATCHES, STAMPS),
)
FIELD_ACT = "field_act"
"""The kind of a row of `registers` that an officer wrote on a console."""
LATER = frozenset({BATCHES, STAMPS})
"""Bundles from before there were these have none."""
FILE_NAME = pattern(r"[a-z0-9][a-z0-9._-]{0,60}")
FILES_MAX = 100
_CLEAR = (
    *("partition", "seq", "id", "person_id", "device_id", "observed_at", "received_at", "instant"),
    *("authentication", "key_id"),
)
_SPOKEN = ("bodies", "raw", "via")
"""Behind them comes the salt."""


def lines_name(part: str) -> str:
    """Give the member that holds the lines of a part."""
    return f"{part}.jsonl"


def digests_name(part: str) -> str:
    """Give the member that holds the digest of each line of a part: by it a changed line is named."""
    return f"{part}.digests"


def read_json(line: bytes) -> dict[str, Any] | None:
    """Give the object that a line is, or None."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


WITHHELD = (b'{"leaf":', b'{"leaves":', b'{"sum":')
"""How a line begins that stands for another."""


def digest(line: bytes) -> bytes:
    """Give what stands for a line: of a withheld one, what stood for it before."""
    value = read_json(line) if line.startswith(WITHHELD) else None
    if value is not None and "withheld" in value and _sums_up(line, value):
        return bytes.fromhex(value["withheld"])
    return sha256(line).digest()


def _sums_up(line: bytes, value: dict[str, Any]) -> bool:
    try:
        bytes.fromhex(value["withheld"])
    except (ValueError, TypeError):
        return False
    return line == _summed({name: one for name, one in value.items() if name != "sum"})


def _summed(value: dict[str, Any]) -> bytes:
    return canonical({**value, "sum": sha256(canonical(value)).hexdigest()[:16]})


def withheld(line: bytes) -> bytes:
    """Give what takes the place of a line that is not given away: its digest, and the places of what it shows."""
    value = read_json(line) or {}
    left: dict[str, Any] = {"withheld": digest(line).hex()}
    if "bound" in value:
        left |= {name: value[name] for name in ("partition", "seq")}
        left["leaf"] = record_leaf(value).hex()
    if leaves := leaves_of(value):
        left["leaves"] = leaves
    return _summed(left)


def place_alone(partition: int, seq: int, leaf: bytes) -> bytes:
    """Give the line of a record that nobody can read any more: its place and what stood for it."""
    return _summed({"leaf": leaf.hex(), "partition": partition, "seq": seq, "withheld": leaf.hex()})


def commitment(digests: Iterable[bytes]) -> str:
    """Give what the manifest says of a part."""
    over = sha256()
    for one in digests:
        over.update(one)
    return over.hexdigest()


def octets(value: Any) -> bytes:
    """Give bytes from base64; `UnreadableError` for anything else."""
    try:
        return b64decode(value, validate=True)
    except (NotBase64Error, ValueError, TypeError) as wrong:
        raise UnreadableError from wrong


def record_leaf(record: dict[str, Any]) -> bytes:
    """Give the digest by which the journal's tree knows a record; `UnreadableError` when it is none."""
    bound, content = octets(record.get("bound")), octets(record.get("content"))
    return sha256(b"\x00" + len(bound).to_bytes(4, "big") + bound + content).digest()


def said(bound: bytes, content: bytes) -> dict[str, Any]:
    """Give in words what a record's proven bytes say; `UnreadableError` when they say nothing."""
    clear, spoken = unpacked(bound), unpacked(content)
    if not isinstance(clear, list) or not isinstance(spoken, list) or len(clear) != len(_CLEAR):
        raise UnreadableError
    fields = dict(zip((*_CLEAR, *_SPOKEN), (*clear, *spoken), strict=False))
    told: dict[str, Any] = plain(fields)
    told["id"] = clear[2].hex() if isinstance(clear[2], bytes) else ""
    return told
