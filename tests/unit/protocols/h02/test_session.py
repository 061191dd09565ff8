"""A conversation with an H02 tracker, byte for byte."""

from datetime import UTC, datetime

import pytest

from baqylau.domain.commands import CommandState, ReportNow, Restart, SetRate, TellPerson
from baqylau.domain.observations import Battery, Body, Cell, Fix, NoFix, Panic, Power
from baqylau.domain.people import Language
from baqylau.protocols.h02 import H02Session, decode_frame
from baqylau.protocols.h02.frames import TEXT_MAX_BYTES
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Reading, Rejected

NUMBER = "4109990001"
PLACE = "083015,A,4314.4000,N,07654.0000,E,019.44,090,010326,{state}"
BINARY = bytes.fromhex("2441099900010830150103264314400006076540000e019090fffffbffff0024")
TAIL = bytes.fromhex("0900000000000000000000000a")
AT = datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)


def said(words: str = PLACE, kind: str = "V1", state: str = "FFFFFFFF") -> bytes:
    """Give a frame of text of one tracker."""
    return f"*HQ,{NUMBER},{kind},{words.format(state=state)}#".encode()


def readings(events: tuple[Event, ...]) -> list[Reading]:
    """Give all records among the events."""
    return [reading for event in events if isinstance(event, Keep) for reading in event.readings]


def only(raw: bytes) -> tuple[datetime | None, tuple[Body, ...]]:
    """Give the only record of a frame."""
    [reading] = readings(decode_frame(raw))
    assert reading.number == NUMBER
    return reading.observed_at, reading.bodies


@pytest.mark.parametrize("raw", [said(), BINARY, BINARY + TAIL])
def test_text_and_binary_tell_the_same_place(raw: bytes) -> None:
    at, (fix,) = only(raw)
    assert at == AT
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg, fix.course_deg) == pytest.approx((43.24, 76.9, 90.0))
    assert fix.speed_m_s == pytest.approx(10.0, abs=0.3)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("4314.4000,S,07654.0000,W", (-43.24, -76.9)),
        ("43144000,N,076540000,E", (43.24, 76.9)),
        ("-43-14.4,S,-76-54.0,W", (-43.24, -76.9)),
        ("714.4,N,54.0000,E", (7.24, 0.9)),
    ],
)
def test_makers_write_degrees_in_their_own_ways(place: str, expected: tuple[float, float]) -> None:
    _, (fix,) = only(said(PLACE.replace("4314.4000,N,07654.0000,E", place)))
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg) == pytest.approx(expected)


def test_an_invalid_place_is_no_position_whatever_the_coordinates() -> None:
    assert only(said(PLACE.replace(",A,", ",V,"))) == (AT, (NoFix(),))
    assert only(BINARY[:20] + b"\x00\x0c" + BINARY[22:])[1] == (NoFix(),)
    assert only(said(",V,,N,,E,0.00,0,,FFFFF7FF,f0,a,11a0,c0c6")) == (None, (NoFix(),))


@pytest.mark.parametrize(
    ("state", "also"),
    [
        ("FFFFFFFD", (Panic(),)),
        ("FFFBFFFF", (Panic(),)),
        ("FFF7FFFF", (Power(external=False),)),
        ("FFEFFFFF", (Power(external=False),)),
        ("FFFFFBFF", ()),
    ],
)
def test_a_bit_that_is_not_set_is_an_alarm(state: str, also: tuple[Body, ...]) -> None:
    assert only(said(state=state))[1][1:] == also
    raw = BINARY[:25] + bytes.fromhex(state) + BINARY[29:]
    assert only(raw)[1][1:] == also


def test_cells_and_charge_are_told_without_a_place() -> None:
    cell = Cell(registered=True, id="401-01-8106-32010")
    assert only(said("083015,401,01,0,1,8106,32010,23,010326,FFFFFBFF,5", "NBR")) == (AT, (cell,))
    assert only(said("083015,40101,01,8106,32010,156,-64,02E4,0,X,010326,FFFFFBFF", "V3")) == (AT, (cell,))
    assert only(said("V,401,01,8106,32010,0Y92", "VP1")) == (None, (NoFix(), cell))
    assert only(said("083015,15,0,84,0,0,010326,FFFFFBFF", "LINK")) == (AT, (Battery(level_percent=84.0),))
    assert only(said("71", "HTBT")) == (None, (Battery(level_percent=71.0),))


def test_a_place_is_confirmed_by_kind_and_time_once_it_is_kept() -> None:
    session = H02Session()
    login, keep = session.receive(said())
    assert isinstance(login, Login)
    assert login.number == NUMBER
    assert session.answer(keep, [Outcome.NOT_KEPT]) == b""
    [keep] = session.receive(said())
    assert session.answer(keep, [Outcome.ACCEPTED]) == b"*HQ,4109990001,V4,V1,20260301083015#"


def test_signs_of_life_are_answered_in_kind() -> None:
    session = H02Session(introduced=True)
    [ping] = session.receive(said("1,100", "XT"))
    assert isinstance(ping, Ping)
    assert session.answer(ping, ()) == b"*HQ,4109990001,XT#"
    [keep] = session.receive(said("71", "HTBT"))
    assert session.answer(keep, [Outcome.ACCEPTED]) == b"*HQ,4109990001,HTBT#"


@pytest.mark.parametrize("tail", [b"", TAIL, TAIL[:10], TAIL + b"\x00\x00I", b"\r\n", b"*\x01$\x99" + TAIL[4:]])
def test_what_follows_decides_how_long_a_binary_frame_is(tail: bytes) -> None:
    stream = (BINARY + tail) * 3 + said()
    session = H02Session(introduced=True)
    cut = [event for at in range(len(stream)) for event in session.receive(stream[at : at + 1])]
    assert readings(tuple(cut)) == readings(tuple(H02Session(introduced=True).receive(stream)))
    assert [type(event) for event in cut] == [Keep] * 4


def test_a_number_of_fifteen_digits_is_known_by_the_time_behind_it() -> None:
    raw = bytes.fromhex("2435317306000000120830150103264314400006076540000e019090feffffff")
    [reading] = readings(decode_frame(raw + TAIL[:10]))
    assert (reading.number, reading.observed_at) == ("353173060000001", AT)


def test_an_order_carries_a_time_that_its_answer_repeats() -> None:
    session = H02Session()
    assert session.order(3, ReportNow()) is None, "to whom nobody knows yet"
    session.receive(said())
    assert session.order(3, ReportNow()) == b"*HQ,4109990001,D1,000003,1,1#"
    assert session.order(4, Restart()) == b"*HQ,4109990001,R1,000004#"
    assert session.order(3_661, SetRate(fix_every_s=15)) == b"*HQ,4109990001,S17,010101,15#"
    assert session.order(5, SetRate(fix_every_s=15, for_s=60)) is None
    assert session.order(6, TellPerson(message_id="1", text="?", language=Language.EN)) is None
    carried, keep = session.receive(said(f"S17,010101,{PLACE}", "V4"))
    assert isinstance(carried, Carried)
    assert (carried.number, carried.state, carried.detail) == (3_661, CommandState.DONE, "S17")
    assert isinstance(keep, Keep)
    assert keep.readings[0].observed_at == AT


def test_the_line_goes_on_behind_foreign_bytes_and_ends_without_any_frame() -> None:
    rejected, _, keep = H02Session().receive(b"noise" + said())
    assert isinstance(rejected, Rejected)
    assert isinstance(keep, Keep)
    session = H02Session()
    [hangup] = session.receive(b"*HQ," + b"9" * TEXT_MAX_BYTES)
    assert isinstance(hangup, Hangup)
    assert hangup.rejected.fault is Fault.TOO_LONG
    assert session.receive(said()) == ()


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"GET / HTTP/1.1\r\n", Fault.NOT_THIS_PROTOCOL),
        (b"*HQ;1;V1#", Fault.FIELD_WRONG),
        (b"$" + bytes([0xFF]) * 31, Fault.FIELD_WRONG),
        (said("083015,A,4314"), Fault.FIELD_MISSING),
        (said(PLACE.replace("010326", "310226")), Fault.TIME_WRONG),
        (said(PLACE.replace("4314.4000", "9914.4000")), Fault.PLACE_OUT_OF_RANGE),
        (said(PLACE.replace("4314.4000", "4399.4000")), Fault.PLACE_OUT_OF_RANGE),
        (said(PLACE.replace("4314.4000", "--")), Fault.FIELD_WRONG),
        (said(PLACE.replace("019.44", ".")), Fault.FIELD_WRONG),
        (BINARY[:12] + b"\x99" + BINARY[13:], Fault.PLACE_OUT_OF_RANGE),
        (BINARY[:12] + b"\xaf" + BINARY[13:], Fault.FIELD_WRONG),
        (BINARY[:9] + b"\x31\x02" + BINARY[11:], Fault.TIME_WRONG),
        (said("1,2,3", "SMS"), Fault.UNSUPPORTED),
        (said("083015,1,2", "NBR"), Fault.FIELD_MISSING),
        (said()[:-1], Fault.TRUNCATED),
    ],
)
def test_what_is_not_understood_has_a_name(raw: bytes, fault: Fault) -> None:
    found = decode_frame(raw)[0]
    assert isinstance(found, Rejected | Hangup)
    assert (found.rejected if isinstance(found, Hangup) else found).fault is fault
