"""Compressed packets of a Galileosky device, bit for bit (spec S9)."""

from datetime import UTC, datetime, timedelta

import pytest

from baqylau.domain.observations import Battery, Fix, NoFix, Panic
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.reading import read
from baqylau.protocols.crc16 import crc16
from baqylau.protocols.galileosky import GalileoskySession, decode_frame
from baqylau.protocols.session import Fault, Hangup, Keep, Outcome, Reading, Rejected
from tests.unit.protocols.galileosky.test_session import TIME, signed_in
from tests.unit.server.site import NUMBER, prescribed

HALF_PAST_EIGHT = timedelta(days=59, hours=8, minutes=30)
"""The first of March of a year that is none of the long ones."""


def minimal(*, valid: bool = True, alarm: bool = False, since: timedelta = HALF_PAST_EIGHT) -> bytes:
    """Give ten bytes: north 43.24, east 76.9."""
    figures = (
        (0, 1),
        (int(since.total_seconds()), 25),
        (int(not valid), 1),
        (round((76.9 + 180) / 360 * 2**22), 22),
        (round((43.24 + 90) / 180 * 2**21), 21),
        (int(alarm), 1),
        (0, 9),
    )
    return int("".join(f"{value:0{bits}b}" for value, bits in figures), 2).to_bytes(10, "big")


def compressed(*records: bytes) -> bytes:
    """Give a packet."""
    head = b"\x08" + len(b"".join(records)).to_bytes(2, "little") + b"".join(records)
    return head + crc16(head, 0xFFFF).to_bytes(2, "little")


BATTERY = b"\x01\x42" + (3900).to_bytes(2, "little")


def test_a_compressed_packet_tells_place_and_state_and_is_confirmed() -> None:
    session, whole = signed_in(), compressed(minimal() + BATTERY, minimal(valid=False, alarm=True) + b"\0")
    [keep] = session.receive(whole)
    assert isinstance(keep, Keep)
    first, second = keep.readings
    fix, battery = first.bodies
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg) == pytest.approx((43.24, 76.9), abs=1e-4)
    assert battery == Battery(voltage_v=3.9)
    assert (first.observed_at, first.since_new_year) == (None, HALF_PAST_EIGHT)
    assert second.bodies == (NoFix(), Panic())
    assert session.answer(keep, [Outcome.ACCEPTED] * 2) == b"\x02" + whole[-2:]


def test_a_time_among_its_tags_is_the_time() -> None:
    [keep] = decode_frame(compressed(minimal() + b"\x01" + TIME))
    assert isinstance(keep, Keep)
    assert str(keep.readings[0].observed_at) == "2026-03-01 08:30:00+00:00"
    assert keep.readings[0].since_new_year is None


@pytest.mark.parametrize(
    ("content", "fault", "whole"),
    [
        (minimal() + BATTERY + minimal()[:9], Fault.TRUNCATED, 1),
        (minimal() + BATTERY[:-1], Fault.TRUNCATED, 0),
        (minimal() + b"\x05\x42", Fault.TRUNCATED, 0),
        (minimal() + b"\x01\x99\0", Fault.UNSUPPORTED, 0),
        (minimal(since=timedelta(days=380)) + b"\0", Fault.TIME_WRONG, 0),
    ],
)
def test_what_cannot_be_read_of_it_is_named(content: bytes, fault: Fault, whole: int) -> None:
    [keep] = decode_frame(compressed(content))
    assert isinstance(keep, Keep)
    assert len(keep.readings) == whole
    assert [one.fault for one in keep.rejected] == [fault]


def test_it_never_says_who_it_is_from() -> None:
    [hangup] = GalileoskySession().receive(compressed(minimal() + b"\0"))
    assert isinstance(hangup, Hangup)
    assert hangup.rejected.fault is Fault.NOT_SIGNED_IN
    [spoilt] = GalileoskySession().receive(compressed(minimal() + b"\0")[:-1] + b"\0")
    assert isinstance(spoilt, Rejected)
    assert spoilt.fault is Fault.CHECKSUM_WRONG


@pytest.mark.parametrize(
    ("since", "now", "observed"),
    [
        (HALF_PAST_EIGHT, datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        (HALF_PAST_EIGHT, datetime(2026, 2, 28, 9, tzinfo=UTC), datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        (HALF_PAST_EIGHT, datetime(2026, 2, 1, tzinfo=UTC), datetime(2025, 3, 1, 8, 30, tzinfo=UTC)),
        (timedelta(seconds=5), datetime(2025, 12, 31, 23, 59, tzinfo=UTC), datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)),
    ],
)
def test_its_year_is_the_last_that_can_be(since: timedelta, now: datetime, observed: datetime) -> None:
    registry = prescribed()
    fleet = Fleet(registry.devices, ())
    tracker = fleet.find("wialon", NUMBER)
    assert tracker is not None
    told = Reading(number=NUMBER, observed_at=None, since_new_year=since, bodies=(NoFix(),), raw=b"r", identity=b"r")
    [entry] = read(fleet, tracker, told, now=now)
    assert entry.observation.observed_at == observed
    [again] = read(fleet, tracker, told, now=now + timedelta(hours=1))
    assert again.observation.id == entry.observation.id, "sent again it is the same fact"
    [year_after] = read(fleet, tracker, told, now=now + timedelta(days=370))
    assert year_after.observation.id != entry.observation.id
