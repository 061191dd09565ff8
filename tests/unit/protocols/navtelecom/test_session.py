"""A conversation with a Navtelecom device, byte for byte."""

import json
from pathlib import Path
from typing import Any

import pytest

from baqylau.domain.commands import CommandState, ReportNow, Restart, SetRate
from baqylau.domain.observations import (
    Battery,
    Cell,
    Enclosure,
    Fix,
    Grade,
    Interference,
    InterferenceKind,
    NoFix,
    Panic,
    Power,
    Sky,
    Strap,
)
from baqylau.protocols.navtelecom import NavtelecomSession, decode_frame
from baqylau.protocols.navtelecom.fields import LENGTHS, mask_of
from baqylau.protocols.navtelecom.flex import message as telemetry
from baqylau.protocols.navtelecom.ntcb import Line, message
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Rejected

FILE: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "vectors" / "navtelecom.json").read_text(encoding="utf-8")
)
LINE, BACK = Line(to=1, by=123), Line(to=123, by=1)
HELLO = message(LINE, b"*>S:353173060000001")
TIME_S = 1_772_353_800
TIME = TIME_S.to_bytes(4, "little")
PLACE = TIME + (25_944_000).to_bytes(4, "little") + (46_140_000).to_bytes(4, "little")
"""2026-03-01 08:30, north 43.24, east 76.9."""


def agreement(fields: set[int], count: int = 122, version: int = 0x14) -> bytes:
    """Give the packet in which a device tells which fields its records have."""
    return message(LINE, b"*>FLEX" + bytes([0xB0, version, version, count]) + mask_of(fields, count))


def agreed(*fields: int) -> NavtelecomSession:
    """Give a session whose device is known, and what its records are made of."""
    session = NavtelecomSession()
    [login] = session.receive(HELLO)
    assert session.answer(login, [Outcome.ACCEPTED]) == message(BACK, b"*<S")
    [ping] = session.receive(agreement(set(fields)))
    assert session.answer(ping, ()) == message(BACK, b"*<FLEX\xb0\x14\x14")
    return session


def bodies_of(event: Event) -> tuple[object, ...]:
    """Give what the only record of an event says."""
    assert isinstance(event, Keep)
    [reading] = event.readings
    return reading.bodies


def fault_of(event: Event) -> Fault:
    """Give the name of what an event could not take."""
    found = event.rejected if isinstance(event, Hangup) else event
    assert isinstance(found, Rejected)
    return found.fault


@pytest.mark.parametrize("vector", FILE["vectors"], ids=[one["name"] for one in FILE["vectors"]])
def test_messages_written_from_the_description_say_what_it_means(vector: dict[str, Any]) -> None:
    session = NavtelecomSession()
    _, _, keep = session.receive(bytes.fromhex(FILE["hello"] + vector["agree"] + vector["hex"]))
    assert isinstance(keep, Keep)
    assert [one.observed_at.isoformat() for one in keep.readings if one.observed_at] == vector["times"]
    assert [repr(one.bodies[0]).split("(", maxsplit=1)[0] for one in keep.readings] == vector["places"]
    for reading, place in zip(keep.readings, vector["degrees"], strict=True):
        if isinstance(reading.bodies[0], Fix):
            assert [reading.bodies[0].latitude_deg, reading.bodies[0].longitude_deg] == pytest.approx(place)
    assert [one.fault for one in keep.rejected] == vector.get("rejected", [])
    assert session.answer(keep, [Outcome.ACCEPTED] * len(keep.readings)).hex() == vector["answer"]


def test_every_field_of_every_version_has_a_length() -> None:
    assert len(LENGTHS) == 255
    assert (sum(LENGTHS[:69]), LENGTHS[72], LENGTHS[76], LENGTHS[96], LENGTHS[254]) == (146, 16, 37, 48, 8)


def test_a_device_that_is_not_ours_is_not_answered_and_not_heard() -> None:
    session = NavtelecomSession()
    [login] = session.receive(HELLO)
    assert login == Login(number="353173060000001", password="", raw=HELLO)
    assert session.answer(login, [Outcome.UNKNOWN_DEVICE]) == b""
    [hangup] = session.receive(agreement({3}))
    assert fault_of(hangup) is Fault.NOT_SIGNED_IN
    assert session.receive(HELLO) == ()


def test_a_version_that_we_do_not_know_is_answered_with_one_that_we_do() -> None:
    session = agreed(3)
    [ping] = session.receive(agreement({3}, version=0x28))
    assert session.answer(ping, ()) == message(BACK, b"*<FLEX\xb0\x1e\x1e")
    [hangup] = session.receive(telemetry(b"~C", TIME))
    assert fault_of(hangup) is Fault.NOT_SIGNED_IN, "nothing is agreed until the device says it again"


def test_a_record_tells_place_state_and_what_disturbs_it() -> None:
    session = agreed(3, 4, 5, 6, 7, 8, 9, 10, 11, 19, 20, 29, 70, 71)
    states = b"\x04\x28\x05\x15\x2f" + PLACE + b"\xe0\x2e\x3c\x0f\x01" + bytes([5, 6, 0, 0, 0, 0, 0, 0]) + b"\x08\x0c"
    [keep] = session.receive(telemetry(b"~A\x01", TIME + states))
    place, *told = bodies_of(keep)
    assert place == Fix(latitude_deg=43.24, longitude_deg=76.9, satellites=11, hdop=0.8)
    assert told == [
        Panic(),
        Power(external=True),
        Battery(voltage_v=3.9),
        Strap(open=True),
        Enclosure(open=False),
        Cell(registered=True, signal_dbm=-71.0),
        Sky(satellites=11),
        Interference(kind=InterferenceKind.CELL_JAM, grade=Grade.CERTAIN, figure=1.0),
        Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.CERTAIN, figure=1.0),
    ]


@pytest.mark.parametrize(("receiver", "age_s"), [(b"\x2d", 0), (b"\x2f", 61)])
def test_a_place_from_memory_is_no_position(receiver: bytes, age_s: int) -> None:
    told = (TIME_S + age_s).to_bytes(4, "little")
    [keep] = agreed(3, 8, 9, 10, 11).receive(telemetry(b"~C", told + receiver + PLACE))
    assert bodies_of(keep) == (NoFix(satellites=11),)


def test_a_record_with_a_wrong_place_or_time_is_named_and_still_confirmed() -> None:
    session = agreed(3, 8, 10, 11)
    nowhere = TIME + b"\x2f" + (54_600_001).to_bytes(4, "little") + bytes(4)
    never = bytes(4) + b"\x2f" + PLACE[4:]
    [keep] = session.receive(telemetry(b"~A\x02", nowhere + never))
    assert isinstance(keep, Keep)
    assert [one.fault for one in keep.rejected] == [Fault.PLACE_OUT_OF_RANGE, Fault.TIME_WRONG]
    assert session.answer(keep, []) == telemetry(b"~A\x02")


def test_a_speed_that_is_no_number_is_left_out() -> None:
    [keep] = agreed(3, 8, 10, 11, 13).receive(telemetry(b"~C", TIME + b"\x2f" + PLACE[4:] + b"\x00\x00\xc0\x7f"))
    [fix] = bodies_of(keep)
    assert isinstance(fix, Fix)
    assert fix.speed_m_s is None


def test_what_could_not_be_kept_is_not_answered_so_that_it_comes_again() -> None:
    session = agreed(3)
    [keep] = session.receive(telemetry(b"~A\x01", TIME))
    assert session.answer(keep, [Outcome.NOT_KEPT]) == b""


def test_a_wrong_checksum_is_not_answered_and_the_line_goes_on() -> None:
    session, whole = agreed(3), telemetry(b"~A\x01", TIME)
    [rejected] = session.receive(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert fault_of(rejected) is Fault.CHECKSUM_WRONG
    assert session.answer(rejected, ()) == b""
    assert isinstance(session.receive(whole)[0], Keep)


def test_signs_of_life_are_not_answered() -> None:
    session = agreed(3)
    for sign in (b"\x7f", message(LINE, b""), message(LINE, b"*@CNCT_DRC OK")):
        [ping] = session.receive(sign)
        assert ping == Ping(raw=sign)
        assert session.answer(ping, ()) == b""


def test_a_length_bomb_ends_the_line_before_it_is_awaited() -> None:
    session = agreed(3)
    assert session.receive(b"~E\xff" + (40_000).to_bytes(2, "little") + bytes(40_000)) == ()
    [hangup] = session.receive((40_000).to_bytes(2, "little"))
    assert fault_of(hangup) is Fault.TOO_LONG
    assert session.receive(HELLO) == ()


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"GET / HTTP/1.1\r\n", Fault.NOT_THIS_PROTOCOL),
        (HELLO[:10] + b"\xff" + HELLO[11:], Fault.CHECKSUM_WRONG),
        (HELLO[:-1] + b"2", Fault.CHECKSUM_WRONG),
        (HELLO[:-1], Fault.TRUNCATED),
        (message(LINE, b"*>S:no number"), Fault.FIELD_WRONG),
        (message(LINE, b"*>PICT"), Fault.UNSUPPORTED),
        (message(LINE, b"*>FLEX\xb0\x0a"), Fault.TRUNCATED),
        (agreement(set()), Fault.FIELD_WRONG),
        (message(LINE, b"*>FLEX\xb0\x0a\x0a\x45\xff"), Fault.FIELD_WRONG),
        (telemetry(b"~C", TIME), Fault.NOT_SIGNED_IN),
        (b"~Zz", Fault.UNKNOWN_KIND),
    ],
)
def test_what_cannot_be_taken_has_a_name(raw: bytes, fault: Fault) -> None:
    assert fault_of(decode_frame(raw)[-1]) is fault


@pytest.mark.parametrize(
    ("body", "fault"),
    [(b"*>T\x01" + bytes(40), Fault.UNSUPPORTED), (b"*>A\x02\x25" + bytes(20), Fault.TRUNCATED)],
)
def test_an_old_record_that_cannot_be_read_is_named_and_confirmed(body: bytes, fault: Fault) -> None:
    session = agreed(3)
    [keep] = session.receive(message(LINE, body))
    assert isinstance(keep, Keep)
    assert [one.fault for one in keep.rejected] == [fault]
    assert session.answer(keep, []) != b""


def test_an_order_travels_as_text_and_its_answer_belongs_to_it() -> None:
    session = agreed(3)
    assert session.order(5, Restart()) == message(BACK, b"*!DEV_RESET")
    [answer] = session.receive(message(LINE, b"*@DEV_RESET"))
    assert isinstance(answer, Carried)
    assert (answer.number, answer.state, answer.detail) == (5, CommandState.DONE, "*@DEV_RESET")
    assert session.answer(answer, ()) == b""
    assert session.order(6, ReportNow()) == message(BACK, b"*?DATA")
    assert session.order(7, SetRate(fix_every_s=15)) is None
