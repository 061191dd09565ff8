"""A conversation with a watch, byte for byte."""

import pytest

from baqylau.domain.observations import Battery, Fix, NoFix, Panic, Strap
from baqylau.protocols.session import Fault, Hangup, Keep, Outcome, Ping, Rejected
from baqylau.protocols.watch import WatchSession, decode_frame
from baqylau.protocols.watch.frames import FRAME_MAX_BYTES, frame

PLACE = "010326,083015,A,43.240000,N,76.900000,E,36.00,90.0,812.0,9,100,57,0,0,{state},0,0"


def said(kind: str = "UD", state: str = "00000000", words: str = PLACE, index: str = "") -> bytes:
    """Give a frame of one watch."""
    return frame("3G", "8800000015", index, f"{kind},{words.format(state=state)}")


def test_a_place_tells_where_when_and_how_much_charge() -> None:
    [keep] = WatchSession().receive(said())
    assert isinstance(keep, Keep)
    [reading] = keep.readings
    assert (reading.number, str(reading.observed_at)) == ("8800000015", "2026-03-01 08:30:15+00:00")
    fix, battery = reading.bodies
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg, fix.course_deg, fix.satellites) == (43.24, 76.9, 90.0, 9)
    assert fix.speed_m_s == pytest.approx(10.0)
    assert battery == Battery(level_percent=57.0)


def test_a_watch_that_was_taken_off_says_so_and_is_answered_once_that_is_kept() -> None:
    session = WatchSession()
    [keep] = session.receive(said("AL", "00110000", index="0033"))
    assert isinstance(keep, Keep)
    assert keep.readings[0].bodies[2:] == (Strap(open=True), Panic())
    assert session.answer(keep, [Outcome.NOT_KEPT]) == b""
    [keep] = session.receive(said("AL", "00110000", index="0033"))
    assert session.answer(keep, [Outcome.ACCEPTED]) == b"[3G*8800000015*0033*0002*AL]"


@pytest.mark.parametrize(
    ("place", "sides"),
    [("43.240000,S,76.900000,W", (-43.24, -76.9)), ("-43.240000,S,-76.900000,W", (-43.24, -76.9))],
)
def test_south_and_west_are_told_by_letter_or_by_sign(place: str, sides: tuple[float, float]) -> None:
    [keep] = WatchSession().receive(said(words=PLACE.replace("43.240000,N,76.900000,E", place)))
    assert isinstance(keep, Keep)
    fix = keep.readings[0].bodies[0]
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg) == sides


def test_an_invalid_place_is_no_position_whatever_the_coordinates() -> None:
    [keep] = WatchSession().receive(said("UD_LTE", words=PLACE.replace(",A,", ",V,")))
    assert isinstance(keep, Keep)
    assert keep.readings[0].bodies[0] == NoFix(satellites=9)


def test_a_sign_of_life_is_answered() -> None:
    session = WatchSession()
    [ping] = session.receive(frame("SG", "8800000015", "", "LK,0,0,85"))
    assert isinstance(ping, Ping)
    assert session.answer(ping, ()) == b"[SG*8800000015*0002*LK]"


def test_the_line_goes_on_behind_foreign_bytes_and_ends_without_any_frame() -> None:
    rejected, keep = WatchSession().receive(b"noise" + said())
    assert isinstance(rejected, Rejected)
    assert isinstance(keep, Keep)
    session = WatchSession()
    [hangup] = session.receive(b"[" + b"9" * FRAME_MAX_BYTES)
    assert isinstance(hangup, Hangup)
    assert hangup.rejected.fault is Fault.TOO_LONG
    assert session.receive(said()) == ()


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"GET / HTTP/1.1\r\n", Fault.NOT_THIS_PROTOCOL),
        (b"[3G*x*0002*LK]", Fault.FIELD_WRONG),
        (said(words="010326,083015,A"), Fault.FIELD_MISSING),
        (said(words=PLACE.replace("010326", "310226")), Fault.TIME_WRONG),
        (said(words=PLACE.replace("43.240000", "943.24")), Fault.PLACE_OUT_OF_RANGE),
        (said(words=PLACE.replace("43.240000", "nan")), Fault.FIELD_WRONG),
        (said(words=PLACE, state="0000000G"), Fault.FIELD_WRONG),
        (frame("3G", "8800000015", "", "TK,sound"), Fault.UNSUPPORTED),
        (said()[:-1], Fault.TRUNCATED),
    ],
)
def test_what_is_not_understood_has_a_name(raw: bytes, fault: Fault) -> None:
    found = decode_frame(raw)[0]
    assert isinstance(found, Rejected | Hangup)
    assert (found.rejected if isinstance(found, Hangup) else found).fault is fault
