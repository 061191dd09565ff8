"""The keys of one device that sends beacons, kept ready. Nothing here gives the root back. Runs in MicroPython."""

from baqylau.protocols.beacon.frame import seal
from baqylau.protocols.beacon.instants import delay_ms
from baqylau.protocols.beacon.keys import epoch_of, identity, identity_key, period_key, period_of, status_key
from baqylau.protocols.beacon.orders import open_order, order_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.protocols.beacon.modes import Block, Cipher


class BeaconKeys:
    """Derives what a second needs, and remembers the last period and epoch: deriving takes long on a small board."""

    def __init__(self, root: bytes, cipher: "Cipher") -> None:
        """Take the device's root of 32 bytes."""
        self._root = root
        self._cipher = cipher
        self._order = cipher(order_key(root))
        self._period = -1
        self._epoch = -1
        self._eid = b""
        self._identity: Block = self._order
        self._status: Block = self._order

    def is_of(self, root: bytes) -> bool:
        """Tell whether these are the keys of that root."""
        return self._root == root

    def delay_ms(self, at_s: int, sub: int) -> int:
        """Give how long after its second a frame goes out."""
        self._turn(at_s)
        return delay_ms(self._identity, at_s, sub)

    def frame(self, kind: int, at_s: int, sub: int, status: bytes) -> bytes:
        """Give the 27 bytes of a pair that is used this once."""
        self._turn(at_s)
        epoch = epoch_of(at_s)
        if epoch != self._epoch:
            self._eid, self._epoch = identity(self._identity, epoch), epoch
        return seal(self._status, self._eid, kind, at_s, sub, status)

    def opened(self, order: bytes) -> "tuple[int, int, int] | None":
        """Give kind, number and figure of an order to this device."""
        return open_order(self._order, order)

    def _turn(self, at_s: int) -> None:
        period = period_of(epoch_of(at_s))
        if period != self._period:
            of_period = period_key(self._root, period)
            self._identity, self._status = self._cipher(identity_key(of_period)), self._cipher(status_key(of_period))
            self._period = period
