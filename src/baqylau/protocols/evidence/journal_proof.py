"""From each record to a head of the journal that the installation signed: digests, trees, signatures."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any

from baqylau.crypto.merkle import ProofWrongError, carried, proven_root
from baqylau.crypto.signing import signed_by
from baqylau.protocols.evidence.parts import FIELD_ACT, octets, record_leaf, said
from baqylau.protocols.evidence.signatures import batch_signed, is_signed, shared_digest, signer_of, written_signed
from baqylau.protocols.evidence.unpacking import UnreadableError, plain, unpacked
from baqylau.protocols.evidence.words import LEDGER

_HEAD_FIELDS = 5
_KEY_BYTES = 32


NO_PROOF = (KeyError, TypeError, ValueError, ProofWrongError, RecursionError)
Heads = dict[int, tuple[int, int, bytes]]
"""First entry, size and root of the last tree of each partition."""


def signed_heads(line: dict[str, Any], installation_key: str) -> tuple[str, Heads] | str:
    """Give when a statement of all heads was signed and what it says, or the word of a fault."""
    try:
        statement, signature = octets(line["statement"]), octets(line["signature"])
        at, heads = unpacked(statement)
        told = {
            one[0]: (int(one[3]), int(one[1]) - int(one[3]) + 2, bytes(one[4]))
            for one in heads
            if len(one) == _HEAD_FIELDS
        }
        right = signed_by(bytes.fromhex(installation_key), statement, signature)
    except (KeyError, TypeError, ValueError, IndexError, UnreadableError):
        return "unreadable"
    if not right or not isinstance(at, datetime):
        return "head_signature"
    return plain(at), told


class JournalProof:
    """Takes the lines of a bundle's parts one by one; each `take` gives the word of a fault, or nothing."""

    def __init__(self, installation_key: str) -> None:
        self._installation_key = installation_key
        self.device_keys: dict[str, list[bytes]] = defaultdict(list)
        self._leaves: dict[int, dict[int, bytes]] = defaultdict(dict)
        self._sorted: dict[int, list[int]] = {}
        self._roots: dict[int, list[tuple[int, int, bytes]]] = defaultdict(list)
        """First entry, size and root of each tree of each partition, in their order."""
        self._covered: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._heads: Heads | None = None
        self._shared: set[bytes] = set()
        """Digests of batches that tell of several people."""
        self.heads_at = ""
        self.count = self.withheld = self.unproven = self.proven = self.unauthenticated = 0
        self.device_signed = self.written_signed = 0

    def key(self, line: dict[str, Any]) -> str:
        """Take a device's public key."""
        if "withheld" in line:
            return ""
        try:
            device_id, public = str(line["device_id"]), bytes.fromhex(line["public"])
        except (KeyError, TypeError, ValueError):
            return "unreadable"
        if len(public) != _KEY_BYTES:
            return "unreadable"
        self.device_keys[device_id].append(public)
        return ""

    def record(self, line: dict[str, Any]) -> str:
        """Take a record: what it says in words has to be what its proven bytes say."""
        try:
            place, seq = int(line["partition"]), int(line["seq"])
            if "withheld" in line:
                self._leaves[place][seq] = bytes.fromhex(line["leaf"])
                self.withheld += 1
                return ""
            told = said(octets(line["bound"]), octets(line["content"]))
            leaf = record_leaf(line)
        except (KeyError, TypeError, ValueError, UnreadableError):
            return "unreadable"
        if place >= LEDGER or not self.leaf(place, seq, leaf):
            return "twice"
        self.count += 1
        if told != line.get("said") or (told["partition"], told["seq"]) != (place, seq):
            return "said"
        return self._signed_by_device(told)

    def leaf(self, place: int, seq: int, leaf: bytes) -> bool:
        """Know a digest of a tree; False when another has its place."""
        if seq in self._leaves[place]:
            return False
        self._leaves[place][seq] = leaf
        return True

    def _signed_by_device(self, told: dict[str, Any]) -> str:
        raw = octets(told["raw"])
        if (digest := shared_digest(raw)) is not None:
            self._shared.add(digest)
        if told["authentication"] == "unauthenticated_device":
            self.unauthenticated += 1
        if told["authentication"] != "device_key" or not is_signed(raw):
            return ""
        return self._proven(raw)

    def _proven(self, raw: bytes) -> str:
        keys = self.device_keys.get(signer_of(raw) or "", [])
        if any(batch_signed(raw, one) for one in keys):
            self.device_signed += 1
        elif any(written_signed(raw, one) for one in keys):
            self.written_signed += 1
        else:
            return "device_signature"
        return ""

    def register(self, line: dict[str, Any]) -> str:
        """Take a row of the registers; what an officer did on a console is there with what the console signed."""
        body = line.get("body")
        if line.get("kind") != FIELD_ACT or not isinstance(body, dict):
            return ""
        try:
            raw = octets(body.get("signed"))
        except UnreadableError:
            return "unreadable"
        return self._proven(raw) if is_signed(raw) else ""

    def batch(self, line: dict[str, Any]) -> str:
        """Take a batch that tells of several people: a record has to hold its digest, a device to have signed it."""
        if "withheld" in line:
            return ""
        try:
            raw = octets(line["raw"])
        except (KeyError, UnreadableError):
            return "unreadable"
        if sha256(raw).digest() not in self._shared:
            return "batch"
        return self._proven(raw) if is_signed(raw) else ""

    @property
    def shared(self) -> int:
        """How many records rest on a batch that tells of several people."""
        return len(self._shared)

    def tree(self, line: dict[str, Any]) -> str:
        """Take the proof of one day of one partition; days come in their order."""
        try:
            place, first, size, root = self.root(line)
        except NO_PROOF:
            return "tree"
        if self._roots[place] and first <= self._roots[place][-1][0]:
            return "tree"
        self._roots[place].append((first, size, root))
        self._covered[place].append((first, first + size - 1))
        return ""

    def root(self, line: dict[str, Any]) -> tuple[int, int, int, bytes]:
        """Give partition, first entry, size and root of a tree from its proof. Raises what is in `NO_PROOF`."""
        place, first, size = int(line["partition"]), int(line["first"]), int(line["size"])
        nodes = [bytes.fromhex(one) for one in line["nodes"]]
        leaves, seqs = self._leaves[place], self._in_order(place)
        known = {seq - first + 1: leaves[seq] for seq in _between(seqs, first, first + size - 1)}
        before = [root for begun, _, root in self._roots[place] if begun < first]
        if before:
            known[0] = carried(before[-1], bytes.fromhex(line["chain"]))
        return place, first, size, proven_root(size, known, nodes)

    def up_to(self, place: int, end: int) -> int:
        """Give how many records of a partition come before an entry."""
        return bisect_left(self._in_order(place), end)

    def _in_order(self, place: int) -> list[int]:
        if place not in self._sorted:
            self._sorted[place] = sorted(self._leaves[place])
        return self._sorted[place]

    def head(self, line: dict[str, Any]) -> str:
        """Take the signed statement of all heads."""
        told = signed_heads(line, self._installation_key)
        if isinstance(told, str):
            return told
        self.heads_at, self._heads = told
        return ""

    def ended(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give what does not lead to the signed heads."""
        for place, leaves in self._leaves.items():
            spans = self._covered.get(place, [])
            outside = sum(not any(first <= seq < end for first, end in spans) for seq in leaves)
            if place == LEDGER:
                if outside or self._heads is None or self._heads.get(place) != self._roots[place][-1]:
                    yield "ledger_head", {}
                continue
            self.unproven += outside
            if spans and (self._heads is None or self._heads.get(place) != self._roots[place][-1]):
                yield "tree_head", {"partition": place}
            else:
                self.proven += len(leaves) - outside


def _between(seqs: list[int], first: int, end: int) -> list[int]:
    return seqs[bisect_left(seqs, first) : bisect_left(seqs, end)]
