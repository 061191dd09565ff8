"""The console's pure parts: when a caseload goes, what a check says, what is prescribed, the store's batches."""

from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest

from baqylau.crypto.boxes import boxed
from baqylau.crypto.cose import PublicKey, sealed
from baqylau.crypto.sealing import Seal
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Supervision
from baqylau.monitoring.console import checking, expiry
from baqylau.monitoring.console.checking import Added, PhotoWrongError, Scan
from baqylau.monitoring.console.nearby import Air
from baqylau.monitoring.console.prescribed import prescribed
from baqylau.monitoring.console.store import Store, sealed_for_diary
from baqylau.protocols.batch.records import ClockQuality, Record, Sealed
from baqylau.protocols.batch.wire import down_bytes
from baqylau.protocols.console.envelope import (
    WRITTEN,
    Written,
    brought_of,
    opened_brought,
    sealed_brought,
    server_key,
)
from baqylau.protocols.console.words import Looked
from baqylau.protocols.evidence.journal_proof import JournalProof
from baqylau.protocols.evidence.parts import FIELD_ACT
from baqylau.rules.spans import Duty
from tests.unit.server.link.household import AINUR, household
from tests.unit.server.site import START

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("hours", "clock_hours", "same_boot", "left_hours"),
    [(10, 10, True, 38), (50, 50, True, -2), (50, -5, True, -2), (10, -5, False, 48), (50, 50, False, -2)],
)
def test_a_clock_that_is_set_back_does_not_lengthen_a_package(
    hours: int, clock_hours: int, left_hours: int, *, same_boot: bool
) -> None:
    times = expiry.Times(expires_at=START + timedelta(hours=48), latest_at=START, came_ms=0, same_boot=same_boot)
    assert expiry.left(times, START + timedelta(hours=clock_hours), hours * HOUR_MS) == timedelta(hours=left_hours)


def test_what_is_due_comes_first_and_says_until_when() -> None:
    known = household()
    supervision = Supervision(person_id=AINUR, orders=known.orders, restrictions=known.restrictions)
    at_night = START.replace(hour=20)
    (one,) = prescribed(supervision, at_night)
    assert (one.duty, one.place, one.kind) == (Duty.DUE, "Home", "presence")
    (one,) = prescribed(supervision, START)
    assert one.duty is Duty.FREE


def test_a_picture_that_is_none_or_too_large_is_not_taken() -> None:
    scan = Scan(check_id="1", person_id=PersonId("p"), transmitter_id=DeviceId("t"), begun_ms=0)
    for photo in (b"no picture", b"\xff\xd8\xff" + bytes(300_000)):
        with pytest.raises(PhotoWrongError):
            checking.record(scan, Air(), None, Added(officer="o", photo=photo), (START, 9000, "b"))
    checked = checking.record(scan, Air(), None, Added(officer="o", photo=b"\xff\xd8\xff"), (START, 9000, "b"))
    assert (checked.frames, checked.rssi_dbm, checked.listened_s) == (0, None, 9.0)


def test_numbers_go_on_after_everything_was_kept_and_a_batch_is_bounded(tmp_path: Path) -> None:
    store, seal = Store(tmp_path / "c.db"), Seal(bytes(32))
    record = Record(
        seq=1, observed_at=START, monotonic_ms=1, clock=ClockQuality.FREE, said=Sealed(content=bytes(250_000))
    )
    assert [store.write(record, sealed_for_diary(seal, b"x", bytes([at] * 12))) for at in range(5)] == [1, 2, 3, 4, 5]
    batch = store.batch(DeviceId("c"))
    assert batch is not None
    assert [one.seq for one in batch.records] == [1, 2]
    store.kept(5)
    assert (store.batch(DeviceId("c")), store.waiting(), store.write(record)) == (None, 0, 6)
    assert [seq for seq, _ in store.diary(seal)] == [5, 4, 3, 2, 1]
    assert list(store.diary(Seal(bytes([1] * 32)))) == []
    store.close()


def test_what_is_written_bears_the_consoles_signature_and_anothers_is_not_believed() -> None:
    box, console, said = server_key(bytes(32)), DeviceId("con-1"), looked()

    def opened(signer: Signer) -> Written | None:
        brought = sealed_brought(said, console, signer, box.public_key, bytes(32))
        return opened_brought(brought, console, box, lambda _: PublicKey(Signer(bytes([1] * 32)).public_key))

    kept = opened(Signer(bytes([1] * 32)))
    assert kept is not None
    assert (kept.said, brought_of(kept.raw)) == (said, said)
    assert opened(Signer(bytes([2] * 32))) is None


def test_what_an_older_console_wrote_without_a_signature_of_its_own_is_read() -> None:
    box, console = server_key(bytes(32)), DeviceId("con-1")
    bare = boxed(down_bytes(looked()), (box.public_key,), seed=bytes(32), context=b"baqylau console record 1 con-1")
    kept = opened_brought(bare, console, box, lambda _: None)
    assert kept == Written(looked(), down_bytes(looked()))


def test_a_bundle_whose_act_bears_another_signature_than_the_consoles_says_so() -> None:
    proof = JournalProof("")
    proof.device_keys["con-1"].append(Signer(bytes([1] * 32)).public_key)

    def fault(seed: bytes) -> str:
        signed = sealed(down_bytes(looked()), kid=b"con-1", key=Signer(seed), aad=WRITTEN)
        return proof.register({"kind": FIELD_ACT, "body": {"signed": b64encode(signed).decode()}})

    assert [fault(bytes([one] * 32)) for one in (1, 2)] == ["", "device_signature"]
    assert proof.register({"kind": FIELD_ACT, "body": {"signed": 4}}) == "unreadable"
    assert (proof.written_signed, proof.device_signed) == (1, 0)


def looked() -> Looked:
    return Looked(officer="dana", person_id=AINUR, what="person", at=START, monotonic_ms=5, boot="b")
