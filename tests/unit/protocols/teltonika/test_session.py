"""A conversation with a Teltonika device, byte for byte."""

import pytest

from baqylau.domain.observations import Battery, Fix, Grade, Interference, InterferenceKind, Motion, NoFix, Strap
from baqylau.protocols.session import Fault, Hangup, Keep, Login, Outcome, Ping, Rejected
from baqylau.protocols.teltonika import TeltonikaSession, decode_frame
from baqylau.protocols.teltonika.packets import CONTENT_MAX_BYTES, packet

HELLO = b"\x00\x0f353173060000001"
TIME = (1_772_353_800_000).to_bytes(8, "big")
PLACE = (769_000_000).to_bytes(4, "big") + (432_400_000).to_bytes(4, "big")
ALMATY = TIME + b"\x00" + PLACE + (812).to_bytes(2, "big") + (90).to_bytes(2, "big") + b"\x09" + (36).to_bytes(2, "big")
"""2026-03-01 08:30, east 76.9, north 43.24, 812 m, course 90, 9 satellites, 36 km/h."""


def eight(*records: bytes) -> bytes:
    """Give a packet of codec 8."""
    count = bytes([len(records)])
    return packet(b"\x08" + count + b"".join(records) + count)


def elements(**groups: str) -> bytes:
    """Give the elements of codec 8 from hexadecimal text: `one`, `two`, `four`, `eight`."""
    sizes = {"one": 2, "two": 3, "four": 5, "eight": 9}
    parts = [bytes.fromhex(groups.get(name, "")) for name in sizes]
    counts = [len(part) // size for part, size in zip(parts, sizes.values(), strict=True)]
    told = b"".join(bytes([count]) + part for count, part in zip(counts, parts, strict=True))
    return bytes([0, sum(counts)]) + told


def signed_in() -> TeltonikaSession:
    """Give a session whose device is known."""
    session = TeltonikaSession()
    [login] = session.receive(HELLO)
    assert session.answer(login, [Outcome.ACCEPTED]) == b"\x01"
    return session


def test_a_device_is_welcomed_or_not() -> None:
    session = TeltonikaSession()
    assert session.receive(HELLO[:5]) == ()
    [login] = session.receive(HELLO[5:])
    assert login == Login(number="353173060000001", password="", raw=HELLO)
    assert session.answer(login, [Outcome.UNKNOWN_DEVICE]) == b"\x00"
    [hangup] = session.receive(eight(ALMATY + elements()))
    assert isinstance(hangup, Hangup)
    assert hangup.rejected.fault is Fault.NOT_SIGNED_IN


def test_a_record_tells_time_place_and_elements() -> None:
    session = signed_in()
    told = elements(one="0101 f001 715a fc00".replace(" ", ""), two="430f3c", four="")
    [keep] = session.receive(eight(ALMATY + told))
    assert isinstance(keep, Keep)
    [reading] = keep.readings
    assert reading.observed_at is not None
    assert reading.observed_at.isoformat() == "2026-03-01T08:30:00+00:00"
    place, *states = reading.bodies
    assert isinstance(place, Fix)
    assert (place.latitude_deg, place.longitude_deg) == pytest.approx((43.24, 76.9))
    assert (place.altitude_m, place.course_deg, place.satellites) == (812.0, 90.0, 9)
    assert place.speed_m_s == pytest.approx(10.0)
    assert Strap(open=True) in states
    assert Motion(moving=True) in states
    assert Battery(level_percent=90.0, voltage_v=3.9) in states
    assert session.answer(keep, [Outcome.ACCEPTED]) == (1).to_bytes(4, "big")


def test_without_satellites_there_is_no_position_whatever_the_coordinates() -> None:
    blind = ALMATY[:21] + b"\x00" + ALMATY[22:]
    [keep] = signed_in().receive(eight(blind + elements()))
    assert isinstance(keep, Keep)
    assert keep.readings[0].bodies == (NoFix(satellites=0),)


def test_jamming_comes_in_grades() -> None:
    codec, count = b"\x8e", b"\x01"
    told = b"\x00\x00" + b"\x00\x01" + b"\x00\x01" + b"\x01\x3e\x02" + bytes(8)
    [keep] = signed_in().receive(packet(codec + count + ALMATY + told + count))
    assert isinstance(keep, Keep)
    assert keep.readings[0].bodies[1:] == (
        Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.CERTAIN, figure=2.0),
    )


def test_what_could_not_be_kept_is_sent_again() -> None:
    session = signed_in()
    [keep] = session.receive(eight(ALMATY + elements(), ALMATY[:7] + b"\x01" + ALMATY[8:] + elements()))
    assert session.answer(keep, [Outcome.ACCEPTED, Outcome.NOT_KEPT]) == bytes(4)


def test_a_record_with_a_wrong_place_or_time_is_named_and_still_confirmed() -> None:
    session = signed_in()
    nowhere = ALMATY[:13] + (910_000_000).to_bytes(4, "big") + ALMATY[17:]
    never = bytes(8) + ALMATY[8:]
    [keep] = session.receive(eight(nowhere + elements(), never + elements(), ALMATY + elements()))
    assert isinstance(keep, Keep)
    assert [one.fault for one in keep.rejected] == [Fault.PLACE_OUT_OF_RANGE, Fault.TIME_WRONG]
    assert session.answer(keep, [Outcome.ACCEPTED]) == (3).to_bytes(4, "big")


def test_a_wrong_checksum_is_answered_with_nothing_taken_and_the_line_goes_on() -> None:
    session = signed_in()
    whole = eight(ALMATY + elements())
    [rejected] = session.receive(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert isinstance(rejected, Rejected)
    assert rejected.fault is Fault.CHECKSUM_WRONG
    assert session.answer(rejected, ()) == bytes(4)
    assert isinstance(session.receive(whole)[0], Keep)


def test_a_length_bomb_ends_the_line_at_once() -> None:
    session = signed_in()
    [hangup] = session.receive(bytes(4) + (CONTENT_MAX_BYTES + 1).to_bytes(4, "big"))
    assert isinstance(hangup, Hangup)
    assert hangup.rejected.fault is Fault.TOO_LONG
    assert session.receive(HELLO) == ()


def test_a_line_that_lives_says_so_and_a_command_is_answered_without_records() -> None:
    session = signed_in()
    assert session.receive(b"\xff") == (Ping(raw=b"\xff"),)
    answered = packet(b"\x0c\x01\x06\x00\x00\x00\x02OK\x01")
    assert session.receive(answered) == (Ping(raw=answered),)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"\x00\x49\xca\xfe", Fault.NOT_THIS_PROTOCOL),
        (b"\x00\x03abc", Fault.FIELD_WRONG),
        (b"GET / HTTP/1.1\r\n", Fault.NOT_THIS_PROTOCOL),
        (packet(b"\x07\x01\x00\x01"), Fault.UNSUPPORTED),
        (bytes(8), Fault.FIELD_WRONG),
        (eight(ALMATY + elements())[:-6], Fault.TRUNCATED),
        (packet(b"\x08\x02" + ALMATY + elements() + b"\x02"), Fault.TRUNCATED),
    ],
)
def test_what_is_not_a_packet_has_a_name(raw: bytes, fault: Fault) -> None:
    said = decode_frame(raw)[-1]
    found = said.rejected if isinstance(said, Hangup | Keep) else said
    assert (found[0] if isinstance(found, tuple) else found).fault is fault  # type: ignore[union-attr]
