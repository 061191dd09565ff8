"""A conversation with a Galileosky device, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from baqylau.domain.commands import CommandState, LocateMode, ReportNow, Restart, SetRate
from baqylau.domain.observations import (
    Battery,
    Enclosure,
    Fix,
    FixSource,
    Grade,
    Interference,
    InterferenceKind,
    Motion,
    NoFix,
    Panic,
    Power,
    Strap,
)
from baqylau.protocols.crc16 import crc16
from baqylau.protocols.galileosky import GalileoskySession, decode_frame
from baqylau.protocols.galileosky.commands import carried
from baqylau.protocols.galileosky.packets import packet
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Rejected

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "vectors" / "galileosky.json").read_text(encoding="utf-8")
)["vectors"]
NUMBER = "353173060000001"
HELLO = packet(b"\x01\x11\x02\xdf\x03" + NUMBER.encode() + b"\x04\x32\x00")
TIME = b"\x20" + (1_772_353_800).to_bytes(4, "little")
PLACE = b"\x30\x09" + (43_240_000).to_bytes(4, "little") + (76_900_000).to_bytes(4, "little")
ALMATY = TIME + PLACE + b"\x33" + (360).to_bytes(2, "little") + (900).to_bytes(2, "little") + b"\x34\x2c\x03\x35\x08"
"""2026-03-01 08:30, north 43.24, east 76.9, 9 satellites, 36 km/h, course 90, 812 m, HDOP 0.8."""


def confirmed(raw: bytes) -> bytes:
    """Give what confirms a packet."""
    return b"\x02" + raw[-2:]


def signed_in() -> GalileoskySession:
    """Give a session whose device is known."""
    session = GalileoskySession()
    for event in session.receive(HELLO):
        session.answer(event, [Outcome.ACCEPTED])
    return session


def bodies_of(event: Event) -> tuple[object, ...]:
    """Give what the only record of an event says."""
    assert isinstance(event, Keep)
    [reading] = event.readings
    return reading.bodies


@pytest.mark.parametrize("vector", VECTORS, ids=[one["name"] for one in VECTORS])
def test_packets_written_from_the_description_say_what_it_means(vector: dict[str, Any]) -> None:
    *_, keep = decode_frame(bytes.fromhex(vector["hex"]))
    assert isinstance(keep, Keep)
    assert [one.observed_at.isoformat() for one in keep.readings if one.observed_at] == vector["times"]
    assert [repr(one.bodies[0]).split("(", maxsplit=1)[0] for one in keep.readings] == vector["places"]
    for reading, place in zip(keep.readings, vector["degrees"], strict=True):
        if isinstance(reading.bodies[0], Fix):
            assert [reading.bodies[0].latitude_deg, reading.bodies[0].longitude_deg] == pytest.approx(place)
    assert [one.fault for one in keep.rejected] == vector.get("rejected", [])


def test_the_first_packet_says_who_it_is_and_is_confirmed_once() -> None:
    session = GalileoskySession()
    assert session.receive(HELLO[:9]) == ()
    login, ping = session.receive(HELLO[9:])
    assert login == Login(number=NUMBER, password="", raw=HELLO)
    assert session.answer(login, [Outcome.ACCEPTED]) == b""
    assert session.answer(ping, ()) == confirmed(HELLO)
    assert session.receive(HELLO) == (Ping(raw=HELLO),), "the same device says its number again"


def test_a_device_that_is_not_ours_is_not_answered_and_not_heard() -> None:
    session = GalileoskySession()
    login, _ = session.receive(HELLO)
    assert session.answer(login, [Outcome.UNKNOWN_DEVICE]) == b""
    [hangup] = session.receive(packet(ALMATY))
    assert isinstance(hangup, Hangup)
    assert hangup.rejected.fault is Fault.NOT_SIGNED_IN
    assert session.receive(HELLO) == ()


def test_a_record_tells_time_place_and_state() -> None:
    session = signed_in()
    told = ALMATY + b"\x40\x01\x00\x41\xe0\x2e\x42\x3c\x0f\x46\x01\x00"
    [keep] = session.receive(packet(told, more=True))
    place, *states = bodies_of(keep)
    assert place == Fix(
        latitude_deg=43.24,
        longitude_deg=76.9,
        altitude_m=812.0,
        speed_m_s=pytest.approx(10.0),  # type: ignore[arg-type]
        course_deg=90.0,
        satellites=9,
        hdop=0.8,
    )
    assert states == [
        Motion(moving=True),
        Power(external=True),
        Battery(voltage_v=3.9),
        Strap(open=True),
        Enclosure(open=False),
    ]
    assert session.answer(keep, [Outcome.ACCEPTED]) == confirmed(packet(told, more=True))


def test_a_place_that_is_not_right_now_is_no_position() -> None:
    [keep] = signed_in().receive(packet(TIME + b"\x30\x19" + PLACE[2:]))
    assert bodies_of(keep) == (NoFix(satellites=9),)


def test_a_place_from_the_network_says_so_and_how_wide_it_is() -> None:
    [keep] = signed_in().receive(packet(TIME + b"\x30\x20" + PLACE[2:] + b"\x35\x50"))
    [fix] = bodies_of(keep)
    assert isinstance(fix, Fix)
    assert (fix.source, fix.accuracy_m, fix.hdop, fix.satellites) == (FixSource.CELL, 800.0, None, None)


def test_alarm_and_jamming_are_told() -> None:
    [keep] = signed_in().receive(packet(TIME + b"\x40\x00\x80\x48\x14\x00"))
    assert bodies_of(keep) == (
        Motion(moving=False),
        Panic(),
        Interference(kind=InterferenceKind.CELL_JAM, grade=Grade.CERTAIN, figure=1.0),
        Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.CERTAIN, figure=1.0),
    )


def test_what_stands_before_an_unknown_tag_is_kept_and_the_rest_is_named() -> None:
    session = signed_in()
    whole = packet(ALMATY + ALMATY + b"\x9f\x01\x02\x03")
    [keep] = session.receive(whole)
    assert isinstance(keep, Keep)
    assert len(keep.readings) == 2
    assert [(one.fault, one.detail, one.raw) for one in keep.rejected] == [
        (Fault.UNSUPPORTED, "tag 0x9f", b"\x9f\x01\x02\x03")
    ]
    assert session.answer(keep, [Outcome.ACCEPTED] * 2) == confirmed(whole)


def test_tags_of_tags_are_passed_over_whatever_they_hold() -> None:
    [keep] = signed_in().receive(packet(ALMATY + b"\xea\x03abc\xfe\x04\x00\x21\x00\x4d\x03" + ALMATY))
    assert isinstance(keep, Keep)
    assert len(keep.readings) == 2
    assert not keep.rejected


def test_a_packet_that_ends_within_a_value_is_named() -> None:
    [keep] = signed_in().receive(packet(ALMATY + b"\xfe\xff\xff\x01"))
    assert isinstance(keep, Keep)
    assert [one.fault for one in keep.rejected] == [Fault.TRUNCATED]


def test_a_record_with_a_wrong_place_or_time_is_named_and_still_confirmed() -> None:
    session = signed_in()
    nowhere = TIME + b"\x30\x09" + (91_000_000).to_bytes(4, "little") + bytes(4)
    whole = packet(nowhere + b"\x20" + bytes(4) + PLACE + ALMATY)
    [keep] = session.receive(whole)
    assert isinstance(keep, Keep)
    assert [one.fault for one in keep.rejected] == [Fault.PLACE_OUT_OF_RANGE, Fault.TIME_WRONG]
    assert session.answer(keep, [Outcome.ACCEPTED]) == confirmed(whole)


def test_what_could_not_be_kept_is_not_confirmed_so_that_it_comes_again() -> None:
    session = signed_in()
    [keep] = session.receive(packet(ALMATY))
    assert session.answer(keep, [Outcome.NOT_KEPT]) == b""


def test_a_wrong_checksum_is_answered_with_the_right_one_and_the_line_goes_on() -> None:
    session, whole = signed_in(), packet(ALMATY)
    [rejected] = session.receive(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert isinstance(rejected, Rejected)
    assert rejected.fault is Fault.CHECKSUM_WRONG
    assert session.answer(rejected, ()) == confirmed(whole)
    assert isinstance(session.receive(whole)[0], Keep)


def test_part_of_a_picture_is_named_and_confirmed_so_that_positions_come() -> None:
    session = signed_in()
    head = b"\x07\x03\x00\x01\xff\xd8"
    whole = head + crc16(head, 0xFFFF).to_bytes(2, "little")
    [rejected] = session.receive(whole)
    assert isinstance(rejected, Rejected)
    assert rejected.fault is Fault.UNSUPPORTED
    assert session.answer(rejected, ()) == b"\x07" + whole[-2:]


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"GET / HTTP/1.1\r\n", Fault.NOT_THIS_PROTOCOL),
        (b"\x01\x00\x00\xff\xff\xff", Fault.FIELD_WRONG),
        (b"\x01\xff\xff\x01\x00\x1c" + bytes(20), Fault.TOO_LONG),
        (b"\x01\x00\x20\x01\x00\x1c" + bytes(0x1D), Fault.UNSUPPORTED),
        (b"\x08" + packet(ALMATY)[1:-2] + b"\0\0", Fault.CHECKSUM_WRONG),
        (packet(ALMATY)[:-4], Fault.TRUNCATED),
        (packet(b"\x03" + b"35317306000000x" + ALMATY), Fault.FIELD_WRONG),
        (packet(b"\x03" + NUMBER.encode() + ALMATY + b"\x03" + NUMBER[::-1].encode() + ALMATY), Fault.FIELD_WRONG),
    ],
)
def test_what_is_not_a_packet_has_a_name(raw: bytes, fault: Fault) -> None:
    said = decode_frame(raw)[-1]
    found = said.rejected if isinstance(said, Hangup) else said
    assert isinstance(found, Rejected)
    assert found.fault is fault


def test_the_longest_packet_is_bounded_by_its_own_field() -> None:
    session = signed_in()
    assert session.receive(b"\x01\xff\xff" + bytes(32_768)) == ()
    [rejected] = session.receive(b"\0")
    assert isinstance(rejected, Rejected)
    assert session.undecided == b""


def test_an_order_travels_as_text_and_its_answer_names_it() -> None:
    session = signed_in()
    session.receive(packet(b"\x04\x07\x00" + ALMATY))
    asked = session.order(77, SetRate(fix_every_s=15))
    assert asked == carried(NUMBER, b"\x07\x00", 77, "WrPeriod 15,15")
    whole = carried(NUMBER, b"\x07\x00", 77, "WRPERIOD move=15 parking=15")
    answer, ping = session.receive(whole)
    assert isinstance(answer, Carried)
    assert (answer.number, answer.state, answer.detail) == (77, CommandState.DONE, "WRPERIOD move=15 parking=15")
    assert session.answer(answer, ()) == b""
    assert session.answer(ping, ()) == confirmed(whole)
    assert session.receive(whole) == (Ping(raw=whole),), "what nobody awaits is a sign of life"


def test_only_what_the_device_has_words_for_can_be_ordered() -> None:
    session = signed_in()
    assert session.order(1, ReportNow()) == carried(NUMBER, b"\x32\x00", 1, "Status")
    assert session.order(2, Restart()) == carried(NUMBER, b"\x32\x00", 2, "Reset")
    assert session.order(3, LocateMode(for_s=60)) is None
    assert session.order(4, SetRate(fix_every_s=15, for_s=600)) is None
