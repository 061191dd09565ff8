"""An invented bracelet: what it sends, and a receiver that has its keys."""

from baqylau.crypto.blocks import aes
from baqylau.domain.ids import DeviceId
from baqylau.protocols.beacon import frame, keys
from baqylau.protocols.beacon.recognising import Clock, Recogniser
from baqylau.protocols.beacon.status import Status

ROOT = bytes(range(32))
BRACELET = DeviceId("bracelet-1")
BEGIN_S = 200_000_000


def sent(
    at_s: int, sub: int = 0, status: Status | None = None, root: bytes = ROOT, kind: int = frame.BRACELET
) -> bytes:
    """Give the beacon that the bracelet sends at a second of its own clock."""
    epoch = keys.epoch_of(at_s)
    of_period = keys.period_key(root, keys.period_of(epoch))
    eid = keys.identity(aes(keys.identity_key(of_period)), epoch)
    return frame.seal(aes(keys.status_key(of_period)), eid, kind, at_s, sub, (status or Status()).pack())


def receiver(periods: range | None = None, clock: Clock | None = None) -> Recogniser:
    """Give a receiver that was given the keys of these periods; of every one for None."""

    def key(_device_id: DeviceId, period: int) -> bytes | None:
        return keys.period_key(ROOT, period) if periods is None or period in periods else None

    return Recogniser(aes, key, {BRACELET: clock or Clock(learned_s=BEGIN_S)})
