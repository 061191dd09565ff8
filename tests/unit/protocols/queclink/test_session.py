"""A conversation with a Queclink tracker, byte for byte."""

from binascii import crc_hqx

import pytest

from baqylau.domain.commands import CommandState, LocateMode, ReportNow, Restart
from baqylau.domain.observations import (
    Battery,
    Body,
    Farewell,
    FarewellReason,
    Fix,
    Grade,
    Interference,
    InterferenceKind,
    NoFix,
    Panic,
    Power,
)
from baqylau.protocols.queclink import QueclinkSession, decode_frame
from baqylau.protocols.queclink.frames import FRAME_MAX_BYTES
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Outcome, Ping, Rejected

NUMBER = "353173060000002"
PLACE = "{accuracy},36.0,90,812.5,76.900000,43.240000,20260301083015,0401,0001,0A1B,00C0FFEE,00"
WORN = f"1A0102,{NUMBER},,0,0,1,{PLACE},57,20260301083020,00A7"


def said(content: str = WORN, kind: str = "FRI", talk: str = "RESP", **figures: str) -> bytes:
    """Give a message; a worn tracker's report unless told otherwise."""
    return f"+{talk}:GT{kind},{content.format(**{'accuracy': '1', **figures})}$".encode()


def bodies(raw: bytes) -> tuple[Body, ...]:
    """Give what the only record of a message says."""
    [keep] = decode_frame(raw)
    assert isinstance(keep, Keep)
    [reading] = keep.readings
    return reading.bodies


def test_a_place_tells_where_when_and_how_much_charge() -> None:
    login, keep = QueclinkSession().receive(said())
    assert isinstance(login, Login)
    assert login.number == NUMBER
    assert isinstance(keep, Keep)
    [reading] = keep.readings
    assert (reading.number, str(reading.observed_at)) == (NUMBER, "2026-03-01 08:30:15+00:00")
    fix, battery = reading.bodies
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg, fix.altitude_m, fix.course_deg) == (43.24, 76.9, 812.5, 90.0)
    assert fix.speed_m_s == pytest.approx(10.0)
    assert battery == Battery(level_percent=57.0)


def test_accuracy_zero_repeats_an_old_place_and_is_no_position() -> None:
    [keep] = decode_frame(said(accuracy="0"))
    assert isinstance(keep, Keep)
    [reading] = keep.readings
    assert reading.bodies[0] == NoFix()
    assert str(reading.observed_at) == "2026-03-01 08:30:20+00:00"


def test_several_places_of_one_message_are_records_of_their_own() -> None:
    later = PLACE.replace("083015", "083115")
    [keep] = decode_frame(said(f"1A0102,{NUMBER},,0,0,2,{PLACE},{later},57,20260301083120,00A8"))
    assert isinstance(keep, Keep)
    assert [str(one.observed_at)[14:19] for one in keep.readings] == ["30:15", "31:15"]
    assert [Battery(level_percent=57.0) in one.bodies for one in keep.readings] == [False, True]
    assert len({one.identity for one in keep.readings}) == 2


def test_a_message_that_was_stored_first_is_the_same_fact() -> None:
    kept = [decode_frame(said(talk=talk))[0] for talk in ("RESP", "BUFF")]
    assert len({one.readings[0].identity for one in kept if isinstance(one, Keep)}) == 1


def test_in_a_vehicle_the_battery_stands_before_the_state() -> None:
    vehicle = f"F10413,{NUMBER},name,00000002,,10,1,{PLACE},,39539.5,,,{{level}},220100,,0,20260301083020,20A7"
    assert bodies(said(vehicle, "ERI", level="98"))[1:] == (Battery(level_percent=98.0),)
    assert bodies(said(vehicle, "ERI", level="0"))[1:] == ()


@pytest.mark.parametrize(
    ("kind", "content", "also"),
    [
        ("SOS", WORN, (Battery(level_percent=57.0), Panic())),
        ("BPL", f"1A0102,{NUMBER},,3.52,{PLACE},20260301083020,00A7", (Battery(voltage_v=3.52),)),
        ("MPN", f"1A0102,{NUMBER},,{PLACE},20260301083020,00A7", (Power(external=True),)),
        ("MPF", f"1A0102,{NUMBER},,{PLACE},20260301083020,00A7", (Power(external=False),)),
        (
            "JDS",
            f"1A0102,{NUMBER},,2,{PLACE},20260301083020,00A7",
            (Interference(kind=InterferenceKind.CELL_JAM, grade=Grade.CERTAIN),),
        ),
        (
            "JDS",
            f"1A0102,{NUMBER},,1,{PLACE},20260301083020,00A7",
            (Interference(kind=InterferenceKind.CELL_JAM, grade=Grade.NONE),),
        ),
    ],
)
def test_what_a_message_is_called_tells_of_alarms(kind: str, content: str, also: tuple[Body, ...]) -> None:
    fix, *others = bodies(said(content, kind))
    assert isinstance(fix, Fix)
    assert set(others) == set(also)


def test_switching_off_and_the_state_of_the_supply_come_without_a_place() -> None:
    assert bodies(said(f"1A0102,{NUMBER},,20260301083020,00A7", "PFA")) == (
        Farewell(reason=FarewellReason.SWITCHED_OFF),
    )
    inventory = (
        f"1A0102,{NUMBER},,41,89997010000000000000,17,0,1,,,3.90,1,1,0,0,0,20260301083000,69,20260301083020,00A7"
    )
    assert bodies(said(inventory, "INF")) == (Power(external=True), Battery(voltage_v=3.9))


def test_a_message_is_confirmed_by_its_running_number_once_it_is_kept() -> None:
    session = QueclinkSession()
    _, keep = session.receive(said())
    assert session.answer(keep, [Outcome.NOT_KEPT]) == b""
    [keep] = session.receive(said())
    assert session.answer(keep, [Outcome.ACCEPTED]) == b"+SACK:00A7$"


def test_a_heartbeat_and_messages_that_say_nothing_of_ours_are_answered() -> None:
    session = QueclinkSession(introduced=True)
    beat, cells, news = session.receive(
        said(f"1A0102,{NUMBER},,20260301083020,11F0", "HBD", "ACK")
        + said(f"1A0102,{NUMBER},FRI,0401,0001,0a1b,62a2,16,20260301083020,11F1", "GSM")
        + said(f"1A0102,{NUMBER},,20260301083020,11F2", "XYZ")
    )
    assert isinstance(beat, Ping)
    assert session.answer(beat, ()) == b"+SACK:GTHBD,1A0102,11F0$"
    assert isinstance(cells, Ping)
    assert session.answer(cells, ()) == b"+SACK:11F1$"
    assert isinstance(news, Rejected)
    assert (news.fault, news.detail) == (Fault.UNSUPPORTED, "message XYZ")
    assert session.answer(news, ()) == b"+SACK:11F2$"


def test_an_order_travels_under_a_serial_number_that_the_device_repeats() -> None:
    session = QueclinkSession()
    assert session.order(7, ReportNow()) is None, "whose model nobody knows yet"
    session.receive(said())
    assert session.order(7, ReportNow()) == b"AT+GTRTO=gl300,1,,,,,,0007$"
    assert session.order(65_544, Restart()) == b"AT+GTRTO=gl300,3,,,,,,0008$"
    assert session.order(9, LocateMode(for_s=60)) is None
    done, other = session.receive(
        said(f"1A0102,{NUMBER},,REBOOT,0008,20260301083020,11F3", "RTO", "ACK")
        + said(f"1A0102,{NUMBER},,REBOOT,0008,20260301083020,11F4", "RTO", "ACK")
    )
    assert isinstance(done, Carried)
    assert (done.number, done.state) == (65_544, CommandState.ACKNOWLEDGED)
    assert isinstance(other, Ping)


def binary(*, spoilt: bool = False) -> bytes:
    """Give a frame of the maker's binary form."""
    told = bytes.fromhex("0700fc1fbf001845") + bytes(8)
    return b"+RSP" + told + (crc_hqx(told, 0xFFFF) ^ spoilt).to_bytes(2, "big") + b"\r\n"


def test_binary_frames_are_passed_over_whole_and_named() -> None:
    named, spoilt, _, keep = QueclinkSession().receive(binary() + binary(spoilt=True) + b"\r\n" + said())
    assert isinstance(named, Rejected)
    assert (named.fault, named.detail) == (Fault.UNSUPPORTED, "binary form")
    assert isinstance(spoilt, Rejected)
    assert spoilt.fault is Fault.CHECKSUM_WRONG
    assert isinstance(keep, Keep)


def test_the_line_goes_on_behind_foreign_bytes_and_ends_without_any_frame() -> None:
    rejected, _, keep = QueclinkSession().receive(b"noise" + said())
    assert isinstance(rejected, Rejected)
    assert isinstance(keep, Keep)
    session = QueclinkSession()
    [hangup] = session.receive(b"+RESP:GTFRI," + b"9" * FRAME_MAX_BYTES)
    assert isinstance(hangup, Hangup)
    assert hangup.rejected.fault is Fault.TOO_LONG
    assert session.receive(said()) == ()


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"GET / HTTP/1.1\r\n", Fault.NOT_THIS_PROTOCOL),
        (b"+RSP\x07\x00\xfc\x1f\xbf\xff\xff", Fault.FIELD_WRONG),
        (b"+RESP:GTFRI,1A0102$", Fault.FIELD_MISSING),
        (b"+RESP:FRI,1A0102,1,2,3$", Fault.FIELD_WRONG),
        (said(WORN.replace("20260301083015", "20261301083015")), Fault.TIME_WRONG),
        (said(WORN.replace("20260301083015", "00000301083015")), Fault.TIME_WRONG),
        (said(WORN.replace("43.240000", "943.240000")), Fault.PLACE_OUT_OF_RANGE),
        (said(WORN.replace("43.240000", "nan")), Fault.FIELD_MISSING),
        (said(WORN.replace("36.0", "fast")), Fault.FIELD_WRONG),
        (said(WORN.replace("36.0", "-36.0")), Fault.FIELD_WRONG),
        (said(accuracy="-1"), Fault.FIELD_WRONG),
        (said(f"1A0102,{NUMBER},,0,0,1,,,,,,,,,,,,57,2026,00A7"), Fault.TIME_WRONG),
    ],
)
def test_what_is_not_understood_has_a_name(raw: bytes, fault: Fault) -> None:
    assert fault_of(decode_frame(raw)[0]) is fault


def fault_of(event: Event) -> Fault:
    """Give why bytes were not taken."""
    assert isinstance(event, Rejected | Hangup)
    return (event.rejected if isinstance(event, Hangup) else event).fault
