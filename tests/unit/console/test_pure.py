"""The console's pure parts: when a caseload goes, what a check says, what is prescribed, the store's batches."""

from datetime import timedelta
from pathlib import Path

import pytest

from baqylau.crypto.sealing import Seal
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Supervision
from baqylau.monitoring.console import checking, expiry
from baqylau.monitoring.console.checking import Added, PhotoWrongError, Scan
from baqylau.monitoring.console.nearby import Air
from baqylau.monitoring.console.prescribed import prescribed
from baqylau.monitoring.console.store import Store, sealed_for_diary
from baqylau.protocols.batch.records import ClockQuality, Record, Sealed
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
