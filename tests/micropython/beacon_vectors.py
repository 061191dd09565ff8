"""Makes and opens beacons and says how many came out right; the same script on the host and on the device."""

import json
from binascii import unhexlify

from baqylau.protocols.beacon import frame, keys, status
from tests.micropython.board import aes, given

right = 0
for root, kind, at_s, sub, said, beacon in json.loads(given):
    epoch = keys.epoch_of(at_s)
    of_period = keys.period_key(unhexlify(root), keys.period_of(epoch))
    eid = keys.identity(aes(keys.identity_key(of_period)), epoch)
    block, whole = aes(keys.status_key(of_period)), unhexlify(beacon)
    packed = unhexlify(said)
    made = frame.seal(block, eid, kind, at_s, sub, packed)
    spoilt = whole[:-1] + bytes([whole[-1] ^ 1])
    right += (
        made == whole
        and frame.unseal(block, whole, *frame.told_time(whole, epoch)) == packed
        and frame.unseal(block, spoilt, at_s, sub) is None
        and status.unpack(packed).pack()[3:] == packed[3:]
    )
print(right)  # noqa: T201 - its only way to tell who runs it
