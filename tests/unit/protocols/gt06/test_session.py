"""A conversation with a GT06 device, byte for byte."""

import pytest

from baqylau.domain.observations import Cell, Enclosure, Fix, NoFix, Panic, Power, Strap
from baqylau.protocols.gt06 import Gt06Session, decode_frame
from baqylau.protocols.gt06.frames import checksum, frame
from baqylau.protocols.session import Fault, Hangup, Keep, Login, Outcome, Ping, Rejected

HELLO = frame(0x01, bytes.fromhex("0353173060000001"), 1)
NORTH_EAST, SOUTH_WEST, NOWHERE = 0x1400, 0x1800, 0x0400
CELL = bytes(8)


def place(state: int = NORTH_EAST | 90, latitude: int = 77_832_000) -> bytes:
    """Give a place: 2026-03-01 08:30:15, 43.24, 76.9, 9 satellites, 36 km/h."""
    clock = bytes([26, 3, 1, 8, 30, 15])
    figures = latitude.to_bytes(4, "big") + (138_420_000).to_bytes(4, "big") + bytes([36]) + state.to_bytes(2, "big")
    return clock + bytes([0xC9]) + figures


def alarm(number: int, state: int = 0) -> bytes:
    """Give an alarm at that place."""
    return frame(0x26, place() + bytes([9]) + CELL + bytes([state, 4, 3, number, 2]), 7)


def signed_in() -> Gt06Session:
    """Give a session whose device is known."""
    session = Gt06Session()
    [login] = session.receive(HELLO)
    assert session.answer(login, [Outcome.ACCEPTED]).startswith(b"\x78\x78\x05\x01\x00\x01")
    return session


def test_the_checksum_is_x_25() -> None:
    assert checksum(b"123456789") == 0x906E


def test_a_device_is_welcomed_or_not_answered() -> None:
    session = Gt06Session()
    [login] = session.receive(HELLO)
    assert login == Login(number="353173060000001", password="", raw=HELLO)
    assert session.answer(login, [Outcome.UNKNOWN_DEVICE]) == b""
    [hangup] = session.receive(frame(0x22, place() + CELL, 2))
    assert isinstance(hangup, Hangup)
    assert hangup.rejected.fault is Fault.NOT_SIGNED_IN


def test_a_place_tells_where_and_when() -> None:
    [keep] = signed_in().receive(frame(0x22, place() + CELL + bytes(3), 2))
    assert isinstance(keep, Keep)
    [reading] = keep.readings
    assert str(reading.observed_at) == "2026-03-01 08:30:15+00:00"
    [fix] = reading.bodies
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg, fix.course_deg, fix.satellites) == (43.24, 76.9, 90.0, 9)
    assert fix.speed_m_s == pytest.approx(10.0)


def test_south_and_west_are_negative_and_not_positioned_is_no_position() -> None:
    [keep] = signed_in().receive(frame(0x12, place(SOUTH_WEST) + CELL, 2))
    assert isinstance(keep, Keep)
    [fix] = keep.readings[0].bodies
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg) == (-43.24, -76.9)
    [keep] = signed_in().receive(frame(0x12, place(NOWHERE) + CELL, 2))
    assert isinstance(keep, Keep)
    assert keep.readings[0].bodies == (NoFix(satellites=9),)


@pytest.mark.parametrize(
    ("number", "body"),
    [(0x13, Strap(open=True)), (0x18, Enclosure(open=True)), (0x01, Panic()), (0x02, Power(external=False))],
)
def test_an_alarm_tells_what_happened_and_is_answered_once_it_is_kept(number: int, body: object) -> None:
    session = signed_in()
    [keep] = session.receive(alarm(number, state=0x04))
    assert isinstance(keep, Keep)
    assert keep.readings[0].bodies[-1] == body
    assert keep.readings[0].bodies[1] == Power(external=True)
    assert session.answer(keep, [Outcome.NOT_KEPT]) == b""
    [keep] = session.receive(alarm(number))
    assert session.answer(keep, [Outcome.ACCEPTED]).startswith(b"\x78\x78\x05\x26\x00\x07")


def test_a_sign_of_life_is_answered() -> None:
    session, beat = signed_in(), frame(0x13, bytes([0x44, 4, 3, 0, 2]), 9)
    [ping] = session.receive(beat)
    assert ping == Ping(raw=beat)
    assert session.answer(ping, ()).startswith(b"\x78\x78\x05\x13\x00\x09")


def test_a_frame_that_lies_about_its_length_is_passed_over_and_the_line_goes_on() -> None:
    lying = bytearray(frame(0x22, place() + CELL, 2))
    lying[2] += 3
    rejected, keep = signed_in().receive(bytes(lying) + frame(0x22, place() + CELL, 3))
    assert isinstance(rejected, Rejected)
    assert rejected.fault is Fault.FIELD_WRONG
    assert isinstance(keep, Keep)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"GET / HTTP/1.1\r\n", Fault.NOT_THIS_PROTOCOL),
        (frame(0x22, place(), 1)[:-1] + b"\x00", Fault.FIELD_WRONG),
        (frame(0x22, place(), 1)[:-4] + b"\x00\x00\x0d\x0a", Fault.CHECKSUM_WRONG),
        (frame(0x22, place()[:10], 1), Fault.TRUNCATED),
        (frame(0x22, bytes([26, 13]) + place()[2:], 1), Fault.TIME_WRONG),
        (frame(0x22, place(latitude=170_000_000), 1), Fault.PLACE_OUT_OF_RANGE),
        (frame(0x94, b"\x00\x01", 1, long=True), Fault.UNSUPPORTED),
        (frame(0x01, b"\xff" * 8, 1), Fault.FIELD_WRONG),
        (frame(0x22, place(), 1)[:9], Fault.TRUNCATED),
    ],
)
def test_what_is_not_understood_has_a_name(raw: bytes, fault: Fault) -> None:
    said = decode_frame(raw)[0]
    assert isinstance(said, Rejected | Hangup)
    assert (said.rejected if isinstance(said, Hangup) else said).fault is fault


def kept(kind: int, content: bytes, *, long: bool = False) -> Keep:
    """Give what one frame says."""
    [keep] = signed_in().receive(frame(kind, content, 7, long=long))
    assert isinstance(keep, Keep)
    return keep


STATE = bytes([0x04, 4, 3])


def test_the_alarm_is_read_where_it_stands_whatever_makers_put_around_it() -> None:
    driver, fence, mileage = bytes.fromhex("c30000010000beef"), b"\xff", bytes(4)
    cells_4g = bytes([16]) + bytes(15)
    removed = bytes([0x13, 2])
    for kind, behind in (
        (0x16, bytes([9]) + CELL + STATE + removed + driver),
        (0x16, bytes([8]) + CELL + STATE + removed),
        (0x26, bytes([9]) + CELL + STATE + removed + mileage),
        (0x26, bytes([0]) + STATE + removed),
        (0x27, bytes([9]) + CELL + STATE + removed + fence),
        (0xA4, cells_4g + STATE + removed + fence),
        (0x16, bytes([9]) + CELL + bytes([0x04, 0, 93, 3]) + removed),
    ):
        assert kept(kind, place() + behind).readings[0].bodies[1:] == (Power(external=True), Strap(open=True))


def test_help_may_be_wanted_by_the_bits_of_the_state_alone() -> None:
    state = bytes([0b0010_0100, 4, 3, 0, 2])
    assert kept(0x16, place() + bytes([9]) + CELL + state).readings[0].bodies[1:] == (Power(external=True), Panic())


def test_an_alarm_that_nobody_knows_is_named_and_its_place_is_kept() -> None:
    [keep] = signed_in().receive(alarm(0xE8))
    assert isinstance(keep, Keep)
    assert isinstance(keep.readings[0].bodies[0], Fix)
    assert [(one.fault, one.detail) for one in keep.rejected] == [(Fault.UNKNOWN_KIND, "alarm 0xe8")]
    [known] = signed_in().receive(alarm(0x03))
    assert isinstance(known, Keep)
    assert known.rejected == ()


def test_a_place_is_read_behind_a_running_number_and_by_its_very_form() -> None:
    fix = kept(0x22, place() + CELL).readings[0].bodies[0]
    assert isinstance(fix, Fix)
    assert kept(0x34, bytes(3) + b"\x39" + place() + bytes(20)).readings[0].bodies[0] == fix
    assert kept(0xA2, place() + bytes(30)).readings[0].bodies == (fix,)
    for unlike in (bytes([26, 13]) + place()[2:], place()[:6] + b"\x09" + place()[7:], place()[:7] + bytes(11)):
        [named] = signed_in().receive(frame(0xA2, unlike, 7))
        assert isinstance(named, Rejected)
        assert named.fault is Fault.UNSUPPORTED
    [question] = signed_in().receive(frame(0x2A, place() + b"81234", 7))
    assert isinstance(question, Rejected)


def test_cells_alone_are_no_position() -> None:
    clock, serves = place()[:6], bytes.fromhex("0191 01 287d 001f71 3e")
    for kind in (0x18, 0x28, 0x2C, 0x2E):
        reading = kept(kind, clock + serves + bytes(10)).readings[0]
        assert reading.bodies == (NoFix(), Cell(registered=True, id="401-1-10365-8049"))
        assert str(reading.observed_at) == "2026-03-01 08:30:15+00:00"
    wide = bytes.fromhex("0191 01 000025fc 000000000618c102 01")
    assert kept(0xA1, clock + wide).readings[0].bodies[1] == Cell(registered=True, id="401-1-9724-102285570")
    assert kept(0x28, clock + bytes(9)).readings[0].bodies == (NoFix(),)
    [short] = signed_in().receive(frame(0x28, clock + serves[:7], 7))
    assert isinstance(short, Rejected)
    assert short.fault is Fault.TRUNCATED
