"""Which records of a bundle were there when somebody else said what time it was: stamped heads of the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baqylau.crypto.timestamps import StampWrongError, stamped
from baqylau.protocols.evidence.journal_proof import NO_PROOF, Heads, JournalProof, signed_heads
from baqylau.protocols.evidence.parts import octets, read_json
from baqylau.protocols.evidence.unpacking import UnreadableError, plain
from baqylau.protocols.evidence.words import LEDGER


@dataclass(frozen=True)
class StampTold:
    """What one time-stamp proves."""

    authority: str
    fingerprint: str
    at: str
    head_at: str
    count: int
    """So many of the bundle's records were in the journal by then."""
    words: int
    """So many of its findings and acts were in the ledger by then."""


class StampsProof:
    """Takes stamped heads one by one, after all trees; each `take` gives the word of a fault, or nothing."""

    def __init__(self, journal: JournalProof, installation_key: str, known: Sequence[bytes]) -> None:
        """`known`: certificates (DER) of authorities that whoever checks believes."""
        self._journal = journal
        self._installation_key = installation_key
        self._known = known
        self.told: list[StampTold] = []
        self.compared = bool(known)

    def take(self, line: dict[str, Any]) -> str:
        """Take a stamped head: the token is over the head's bytes, and the records lead to the head."""
        if "withheld" in line:
            return ""
        try:
            head, token, trees = octets(line["head"]), octets(line["token"]), list(line["trees"])
            stamp = stamped(token, head, self._known)
        except StampWrongError as wrong:
            return f"stamp_{wrong}"
        except (KeyError, TypeError, UnreadableError):
            return "unreadable"
        said = signed_heads(read_json(head) or {}, self._installation_key)
        if isinstance(said, str):
            return said
        try:
            led = [self._led(said[1], tree) for tree in trees]
        except NO_PROOF:
            return "stamp_tree"
        count = sum(found for place, found in led if place != LEDGER)
        words = sum(found for place, found in led if place == LEDGER)
        self.told.append(StampTold(stamp.authority, stamp.fingerprint, plain(stamp.at), said[0], count, words))
        return ""

    def _led(self, heads: Heads, tree: dict[str, Any]) -> tuple[int, int]:
        place, first, size, root = self._journal.root(tree)
        if heads[place] != (first, size, root):
            raise ValueError(place)
        return place, self._journal.up_to(place, first + size - 1)
