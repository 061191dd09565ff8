"""A thousand beacons of a second implementation, in both directions."""

import json
from pathlib import Path

from baqylau.crypto.blocks import aes
from baqylau.protocols.beacon import frame, keys

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "beacon.json").read_text(encoding="utf-8"))["vectors"]


def test_there_are_a_thousand() -> None:
    assert len(VECTORS) == 1000


def test_every_vector_is_made_and_opened() -> None:
    for root, kind, at_s, sub, status, beacon in VECTORS:
        epoch = keys.epoch_of(at_s)
        of_period = keys.period_key(bytes.fromhex(root), keys.period_of(epoch))
        eid = keys.identity(aes(keys.identity_key(of_period)), epoch)
        block, whole = aes(keys.status_key(of_period)), bytes.fromhex(beacon)
        assert frame.seal(block, eid, kind, at_s, sub, bytes.fromhex(status)) == whole
        assert frame.eid_of(whole) == eid
        assert frame.told_time(whole, epoch) == (at_s, sub)
        assert frame.unseal(block, whole, at_s, sub) == bytes.fromhex(status)
