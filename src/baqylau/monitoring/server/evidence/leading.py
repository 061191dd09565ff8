"""What leads from the lines of a bundle to signed and stamped heads. Pure."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from baqylau.crypto import merkle
from baqylau.storage.evidence import DayTree
from baqylau.storage.journal.published import Stamped

STAMPS_MAX = 12
"""As many stamped heads a bundle holds: each tells a reader by when something was there."""


def proof_of(tree: DayTree, seqs: Sequence[int], begun: int) -> dict[str, Any]:
    """Prove the entries of these numbers in a tree; `begun`: with which entry the first tree begins that is given."""
    end = tree.first_seq + len(tree.leaves) - 1
    known = [seq - tree.first_seq + 1 for seq in seqs[bisect_left(seqs, tree.first_seq) : bisect_left(seqs, end)]]
    carried = [0] if tree.first_seq > begun else []
    return {
        "partition": tree.partition,
        "first": tree.first_seq,
        "size": len(tree.leaves),
        "chain": tree.chained.hex(),
        "nodes": [one.hex() for one in merkle.proof(tree.leaves, [*carried, *known])],
    }


def few(stamped: Sequence[Stamped], until: datetime) -> Sequence[Stamped]:
    """Choose some of the stamped heads: spread over the time, with the first after it and the last of all."""
    if len(stamped) <= STAMPS_MAX:
        return stamped
    after = next((place for place, one in enumerate(stamped) if one.at >= until), len(stamped) - 1)
    step = -(-(after + 1) // (STAMPS_MAX - 2))
    return [stamped[place] for place in sorted({*range(0, after, step), after, len(stamped) - 1})]
