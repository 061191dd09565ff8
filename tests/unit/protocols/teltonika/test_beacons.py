"""Beacons that a Teltonika device heard, byte for byte (spec T9)."""

from datetime import UTC, datetime, timedelta

from baqylau.domain.observations import Battery
from baqylau.protocols.session import Keep, Sighting
from baqylau.protocols.teltonika import TeltonikaDevice
from baqylau.protocols.teltonika.beacons import sightings_of
from baqylau.protocols.teltonika.packets import packet
from baqylau.protocols.teltonika.session import decode_frame
from tests.unit.protocols.teltonika.test_session import ALMATY

IBEACON = "5f0ac1d2b3a4495c8d7e6f50413223140007002a"
EDDYSTONE = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def told(number: int, value: bytes) -> tuple[Sighting, ...]:
    """Give the beacons of one record of codec 8 Extended that has one element of any length."""
    element = number.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value
    groups = number.to_bytes(2, "big") + b"\0\1" + bytes(8) + b"\0\1" + element
    [keep] = decode_frame(packet(b"\x8e\x01" + ALMATY + groups + b"\x01"))
    assert isinstance(keep, Keep)
    assert not keep.rejected
    return keep.readings[0].sightings


def test_a_list_tells_ibeacons_and_eddystones_with_their_strengths() -> None:
    one = b"\x21" + bytes.fromhex(IBEACON) + b"\xc4"
    two = b"\x07" + bytes.fromhex(EDDYSTONE) + b"\xa9" + b"\x0b\xb8" + b"\x01\x10"
    three = b"\x20" + bytes.fromhex(IBEACON)
    assert told(385, b"\x11" + one + two + three) == (
        Sighting(number=IBEACON, rssi_dbm=-60.0),
        Sighting(number=EDDYSTONE, rssi_dbm=-87.0),
        Sighting(number=IBEACON, rssi_dbm=None),
    )
    assert told(10500, b"\x11" + one) == (Sighting(number=IBEACON, rssi_dbm=-60.0),)
    assert told(385, b"\x11") == told(385, b"") == ()


def test_advanced_capturing_tells_them_by_parameters_and_eye_beacons_by_their_address() -> None:
    advanced = b"\x00\x01\xb1" + b"\x01\x10" + bytes.fromhex(EDDYSTONE) + b"\x02\x03\x02\x01\x06"
    eye = b"\x00\x01\xe5" + b"\x0f\x06" + bytes.fromhex("0200005e1001") + b"\x0d\x01\x00" + b"\x0e\x02\x0b\xfe"
    both = b"\x01" + b"".join(bytes([len(one)]) + one for one in (advanced, eye))
    found = (
        Sighting(number=EDDYSTONE, rssi_dbm=-79.0),
        Sighting(number="0200005e1001", rssi_dbm=-27.0),
    )
    assert told(548, both) == found
    assert told(10828, both) == told(10829, both) == told(10831, both) == found
    assert told(548, b"\x01\x03\x00\x01\xb1") == (), "one that does not say what it is is nobody"


def test_what_a_device_hears_is_read_as_it_was_heard() -> None:
    heard = (Sighting(number=IBEACON, rssi_dbm=-60.0), Sighting(number=EDDYSTONE, rssi_dbm=None))
    noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
    device = TeltonikaDevice("356307042441013", lambda at: heard if at == noon else ())
    [keep] = decode_frame(device.report([(noon, (Battery(level_percent=80.0),)), (noon + timedelta(seconds=1), ())]))
    assert isinstance(keep, Keep)
    assert [one.sightings for one in keep.readings] == [heard, ()]
    assert keep.readings[0].bodies[-1] == Battery(level_percent=80.0)


def test_a_list_that_is_cut_off_counts_as_far_as_it_is_whole() -> None:
    whole = b"\x11" + b"\x21" + bytes.fromhex(IBEACON) + b"\xc4"
    assert [len(sightings_of({385: (whole + whole[1:])[:length]})) for length in (0, 1, 22, 23, 44, 45)] == [
        *(0, 0, 0),
        *(1, 1, 2),
    ]
    assert sightings_of({548: b"\x01\x16\x01\x10" + bytes(16)}) == ()


def test_other_elements_of_any_length_are_no_beacons() -> None:
    assert told(256, b"XTA11111111111111") == ()
