"""Letters: parcels sealed so that only the other side reads them, and only the two of them can have written them.

Each is a box to the public key of whoever reads it (`crypto.boxes`). So a stolen disk of a site opens nothing that the
site has written, not even with the site's own key. The box is bound to a secret that both sides have and nobody else.
"""

from baqylau.crypto.boxes import BoxKey, boxed, derived, unboxed

UP, DOWN, NAME, CENTRE = (
    b"baqylau region up 1 ",
    b"baqylau region down 1 ",
    b"baqylau region name 1 ",
    b"baqylau regions box",
)


def centre_key(seed: bytes) -> BoxKey:
    """Give the centre's key, from the seed by which the centre signs what devices are told."""
    return BoxKey(derived(seed, CENTRE))


class Letters:
    """Writes and reads the letters of one site, on either side."""

    def __init__(self, region: str, own: BoxKey, other: bytes) -> None:
        """`other`: the public key of the other side; `crypto.sealing.SealBrokenError` for one that is none."""
        self._own, self._other = own, other
        shared = own.agreed(other)
        self._up, self._down = (purpose + region.encode() + derived(shared, purpose) for purpose in (UP, DOWN))
        self._name = derived(shared, NAME + region.encode())

    def up(self, plain: bytes, seed: bytes) -> bytes:
        """Write to the centre; `seed`: 32 fresh random bytes."""
        return boxed(plain, (self._other,), seed=seed, context=self._up)

    def down(self, plain: bytes, seed: bytes) -> bytes:
        """Write to the site; `seed`: 32 fresh random bytes."""
        return boxed(plain, (self._other,), seed=seed, context=self._down)

    def from_site(self, raw: bytes) -> bytes:
        """Read what the site wrote; `crypto.sealing.SealBrokenError` for what it did not write."""
        return unboxed(raw, (self._own,), context=self._up)

    def from_centre(self, raw: bytes) -> bytes:
        """Read what the centre wrote; `crypto.sealing.SealBrokenError` for what it did not write."""
        return unboxed(raw, (self._own,), context=self._down)

    def alias(self, name: str) -> str:
        """Give what something is called where everybody can read: nobody without a key learns the name from it."""
        return derived(self._name, name.encode()).hex()[:32]
