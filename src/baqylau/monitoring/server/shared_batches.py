"""What a unit of several people signed, sealed so that only the keys of all of them together open it.

It tells of all its people at once, so it may lie under no one person's key. It is sealed with a key of its own; of that
key each person's entry in the journal holds one share, and all of them together are the key. Who is forgotten takes
their share along: then nobody can read the batch any more. The entries keep its digest.
"""

from collections.abc import Callable, Sequence
from functools import reduce

from baqylau.crypto.sealing import KEY_BYTES, NONCE_BYTES, Seal, SealBrokenError
from baqylau.domain.ids import DeviceId, ObservationId
from baqylau.protocols.batch.envelope import digest_of
from baqylau.protocols.evidence.signatures import SHARED, shared_digest
from baqylau.storage.journal.shared_batches import SharedBatch
from baqylau.storage.vault import KeyDestroyedError


def shared(
    raw: bytes, device_id: DeviceId, entries: Sequence[ObservationId], random: Callable[[int], bytes]
) -> tuple[SharedBatch, tuple[bytes, ...]]:
    """Seal a batch, and give what each of the entries keeps of it: its digest and a share of its key."""
    digest, key = digest_of(raw), random(KEY_BYTES)
    shares = [random(KEY_BYTES) for _ in entries[1:]]
    shares.append(reduce(_mixed, shares, key))
    sealed = Seal(key).close(raw, nonce=random(NONCE_BYTES), context=digest)
    batch = SharedBatch(digest=digest, device_id=device_id, entries=tuple(entries), sealed=sealed)
    return batch, tuple(SHARED + digest + share for share in shares)


def opened(batch: SharedBatch, raw_of: Callable[[ObservationId], bytes]) -> bytes | None:
    """Give exactly the bytes that were signed; None when one of the people was forgotten, or a share is missing.

    `raw_of` gives what an entry of the journal keeps, as `storage.journal.journal.Journal.raw`.
    """
    try:
        told = [raw_of(name) for name in batch.entries]
        shares = (one[-KEY_BYTES:] for one in told if shared_digest(one) == batch.digest)
        return Seal(reduce(_mixed, shares, bytes(KEY_BYTES))).open(batch.sealed, context=batch.digest)
    except (KeyDestroyedError, KeyError, SealBrokenError):
        return None


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
