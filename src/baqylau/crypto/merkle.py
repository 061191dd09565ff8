"""Trees of digests: one root stands for any number of records, and each proves its place with few digests.

The shape is that of RFC 6962, 2.1: the left part is the largest power of two below the whole. Nothing here needs more
than the standard library: the verifier that courts get is made of this file too.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

DIGEST_BYTES = 32
NOTHING = bytes(DIGEST_BYTES)


class ProofWrongError(Exception):
    """A proof has too few digests, or too many."""


def leaf(bound: bytes, content: bytes) -> bytes:
    """Give the digest of a record: of its clear fields and of its content, in which there is salt."""
    return sha256(b"\x00" + len(bound).to_bytes(4, "big") + bound + content).digest()


def carried(root: bytes, chained: bytes) -> bytes:
    """Give the first digest of a tree: it stands for the tree before it, and for the chain up to here."""
    return sha256(b"\x02" + root + chained).digest()


def joined(left: bytes, right: bytes) -> bytes:
    """Give the digest above two others."""
    return sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree that only grows. It remembers one digest for each bit of its size."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def add(self, digest: bytes) -> None:
        """Put a digest at the end."""
        full = self.size
        while full & 1:
            digest = joined(self.peaks.pop(), digest)
            full >>= 1
        self.peaks.append(digest)
        self.size += 1

    def root(self) -> bytes:
        """Give the root; of an empty tree nothing but zeros."""
        root = self.peaks[-1] if self.peaks else NOTHING
        for peak in reversed(self.peaks[:-1]):
            root = joined(peak, root)
        return root


def root_of(digests: Sequence[bytes]) -> bytes:
    """Give the root over all of these."""
    tree = Growing()
    for one in digests:
        tree.add(one)
    return tree.root()


def proof(digests: Sequence[bytes], known: Sequence[int]) -> list[bytes]:
    """Give what somebody lacks who knows only some of the digests: the places of those, in order, from 0."""
    return list(_lacking(digests, known, 0, len(digests)))


def _lacking(digests: Sequence[bytes], known: Sequence[int], begin: int, end: int) -> Iterator[bytes]:
    first = bisect_left(known, begin)
    if first == len(known) or known[first] >= end:
        yield root_of(digests[begin:end])
    elif end - begin > 1:
        middle = begin + _left(end - begin)
        yield from _lacking(digests, known, begin, middle)
        yield from _lacking(digests, known, middle, end)


def proven_root(size: int, known: Mapping[int, bytes], given: Sequence[bytes]) -> bytes:
    """Give the root of a tree of which some digests are known, by their places, and all others are in a proof.

    `ProofWrongError` when the proof is not one for these places.
    """
    places = sorted(known)
    if size < 1 or (places and not 0 <= places[0] <= places[-1] < size):
        raise ProofWrongError
    rest = iter(given)
    try:
        root = _above(places, known, rest, 0, size)
    except StopIteration:
        raise ProofWrongError from None
    if next(rest, None) is not None:
        raise ProofWrongError
    return root


def _above(places: Sequence[int], known: Mapping[int, bytes], given: Iterator[bytes], begin: int, end: int) -> bytes:
    first = bisect_left(places, begin)
    if first == len(places) or places[first] >= end:
        return next(given)
    if end - begin == 1:
        return known[begin]
    middle = begin + _left(end - begin)
    return joined(_above(places, known, given, begin, middle), _above(places, known, given, middle, end))


def _left(size: int) -> int:
    """Give the largest power of two below a size of two or more."""
    return 1 << (size - 1).bit_length() - 1
