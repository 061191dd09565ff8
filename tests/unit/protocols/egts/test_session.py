"""Conversations of a terminal and of a platform with the server, in memory."""

import struct
from datetime import UTC, datetime

import pytest

from baqylau.domain.observations import Battery, Enclosure, Fix, Motion, NoFix, Strap
from baqylau.protocols.egts import EgtsDevice, EgtsSession, Inputs, records
from baqylau.protocols.egts.codes import Auth, PacketType, ResultCode, Service, Teledata
from baqylau.protocols.egts.position import write
from baqylau.protocols.egts.session import FOREIGN_MOST
from baqylau.protocols.egts.splitter import Splitter
from baqylau.protocols.egts.transport import DATA_MOST, Packet, Route, packet
from baqylau.protocols.session import Event, Fault, Hangup, Keep, Login, Outcome, Ping, Rejected

AT = datetime(2026, 11, 4, 12, tzinfo=UTC)
PLACE = Fix(latitude_deg=43.25, longitude_deg=76.95, speed_m_s=1.5, course_deg=90.0)
POSITION = records.subrecord(Teledata.POS_DATA, write(AT, PLACE, moving=False))
IDENTITY = records.subrecord(Auth.TERM_IDENTITY, struct.pack("<IB", 4001, 0x10))


def teledata(number: int, content: bytes = POSITION, oid: int | None = None) -> bytes:
    return records.record(number, Service.TELEDATA, content, oid=oid)


def authorisation(number: int, content: bytes) -> bytes:
    return records.record(number, Service.AUTH, content)


def sent(*content: bytes, pid: int = 7, route: Route | None = None) -> bytes:
    return packet(PacketType.APPDATA, pid, b"".join(content), route)


def packets(said: bytes) -> list[Packet]:
    items = Splitter().feed(said)
    assert sum(len(item.raw) for item in items) == len(said)
    return [item for item in items if isinstance(item, Packet)]


def codes(answer: Packet) -> dict[int, int]:
    """Give the code of each record out of a response."""
    assert answer.kind == PacketType.RESPONSE
    return {
        number: code
        for record in records.split(answer.content)[0]
        for number, code in records.responded(record.data, records.parts(record.data)[0])
    }


def one(session: EgtsSession, data: bytes) -> Event:
    (event,) = session.receive(data)
    return event


def kept(session: EgtsSession, data: bytes) -> Keep:
    event = one(session, data)
    assert isinstance(event, Keep)
    return event


def test_a_known_terminal_signs_in() -> None:
    session = EgtsSession()
    event = one(session, sent(authorisation(3, IDENTITY), pid=1))
    assert isinstance(event, Login)
    assert event.number == "4001"
    response, verdict = packets(session.answer(event, (Outcome.ACCEPTED,)))
    assert response.body[:3] == b"\x01\x00\x00"
    assert codes(response) == {3: 0}
    assert verdict.kind == PacketType.APPDATA
    assert records.split(verdict.body)[0][0].data == bytes((Auth.RESULT_CODE, 1, 0, 0))


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.UNKNOWN_DEVICE, 153), (Outcome.WRONG_PASSWORD, 151), (Outcome.NOT_KEPT, 156)],
)
def test_a_refused_sign_in_says_why_and_signs_nobody_in(outcome: Outcome, code: int) -> None:
    session = EgtsSession()
    event = one(session, sent(authorisation(3, IDENTITY)))
    response, verdict = packets(session.answer(event, (outcome,)))
    assert codes(response) == {3: 0}
    assert records.split(verdict.body)[0][0].data[3] == code
    assert kept(session, sent(teledata(4))).rejected[0].fault is Fault.NOT_SIGNED_IN


def test_a_terminal_that_asks_for_services_is_told_which_there_are() -> None:
    session = EgtsSession()
    asks = records.subrecord(Auth.TERM_IDENTITY, struct.pack("<IB", 4001, 0))
    firmware = records.subrecord(Auth.SERVICE_INFO, bytes((Service.FIRMWARE, 0, 0x80)))
    event = one(session, sent(authorisation(3, asks + firmware)))
    _, verdict = packets(session.answer(event, (Outcome.ACCEPTED,)))
    told = records.split(verdict.body)[0][0].data
    assert [told[start:end] for _, start, end in records.parts(told)[0]] == [b"\0", b"\x02\0\0", b"\x04\x80\0"]


def test_a_request_for_services_after_the_sign_in_is_answered_too() -> None:
    session = EgtsSession()
    event = kept(session, sent(authorisation(3, records.subrecord(Auth.SERVICE_INFO, b"\x02\x00\x80"))))
    _, offer = packets(session.answer(event, ()))
    assert records.split(offer.body)[0][0].data == bytes((Auth.SERVICE_INFO, 3, 0, 2, 0, 0))


def test_records_after_the_sign_in_are_the_terminals() -> None:
    session = EgtsSession()
    session.answer(one(session, sent(authorisation(3, IDENTITY))), (Outcome.ACCEPTED,))
    event = kept(session, sent(teledata(4), teledata(5, oid=77)))
    assert [reading.number for reading in event.readings] == ["4001", "77"]


def test_sign_in_and_data_in_one_packet_are_answered_by_one_response() -> None:
    session = EgtsSession()
    login, keep = session.receive(sent(authorisation(3, IDENTITY), teledata(4)))
    assert session.answer(login, (Outcome.ACCEPTED,)) == b""
    response, verdict = packets(session.answer(keep, (Outcome.ACCEPTED,)))
    assert codes(response) == {3: 0, 4: 0}
    assert verdict.kind == PacketType.APPDATA


def test_a_refused_sign_in_does_not_wait_for_the_data() -> None:
    session = EgtsSession()
    login, keep = session.receive(sent(authorisation(3, IDENTITY), teledata(4)))
    response, _ = packets(session.answer(login, (Outcome.UNKNOWN_DEVICE,)))
    assert codes(response) == {3: 0}
    (rest,) = packets(session.answer(keep, (Outcome.UNKNOWN_DEVICE,)))
    assert codes(rest) == {4: 153}


def test_a_platform_that_signs_in_is_no_device() -> None:
    session = EgtsSession()
    dispatcher = records.subrecord(Auth.DISPATCHER_IDENTITY, struct.pack("<BI", 0, 4001))
    event = one(session, sent(authorisation(3, dispatcher)))
    session.answer(event, (Outcome.ACCEPTED,))
    assert isinstance(event, Login)
    assert event.number == "dispatcher-4001"
    assert kept(session, sent(teledata(4))).rejected[0].fault is Fault.NOT_SIGNED_IN
    assert kept(session, sent(teledata(4, oid=5))).readings[0].number == "5"


def test_a_password_after_the_sign_in_is_the_same_devices() -> None:
    session = EgtsSession()
    session.answer(one(session, sent(authorisation(3, IDENTITY))), (Outcome.ACCEPTED,))
    event = one(session, sent(authorisation(4, records.subrecord(Auth.AUTH_INFO, b"someone\0secret\0"))))
    assert isinstance(event, Login)
    assert (event.number, event.password) == ("4001", "secret")


def test_a_password_beside_the_identity_is_taken_with_it() -> None:
    credentials = records.subrecord(Auth.AUTH_INFO, b"someone\0secret\0")
    event = one(EgtsSession(), sent(authorisation(3, IDENTITY), authorisation(4, credentials)))
    assert isinstance(event, Login)
    assert (event.number, event.password) == ("4001", "secret")


def test_records_of_nobody_are_refused_by_name() -> None:
    session = EgtsSession()
    event = kept(session, sent(teledata(4), teledata(5, oid=0)))
    assert [bad.fault for bad in event.rejected] == [Fault.NOT_SIGNED_IN] * 2
    (response,) = packets(session.answer(event, ()))
    assert codes(response) == {4: 151, 5: 151}


def test_one_response_holds_a_code_for_every_record() -> None:
    session = EgtsSession()
    event = kept(session, sent(*(teledata(number, oid=number) for number in (10, 11, 12)), pid=300))
    (response,) = packets(session.answer(event, (Outcome.ACCEPTED, Outcome.UNKNOWN_DEVICE, Outcome.WRONG_PASSWORD)))
    assert response.body[:3] == struct.pack("<HB", 300, 0)
    assert codes(response) == {10: 0, 11: 153, 12: 151}


def test_what_was_not_kept_is_asked_for_again_on_both_levels() -> None:
    session = EgtsSession()
    event = kept(session, sent(teledata(1, oid=1), teledata(2, oid=1)))
    (response,) = packets(session.answer(event, (Outcome.ACCEPTED, Outcome.NOT_KEPT)))
    assert response.body[2] == ResultCode.NO_RESOURCES
    assert codes(response) == {1: 0, 2: 156}


def test_a_record_with_several_positions_is_answered_by_the_worst() -> None:
    session = EgtsSession()
    event = kept(session, sent(teledata(1, POSITION + POSITION, oid=1)))
    assert len(event.readings) == 2
    (response,) = packets(session.answer(event, (Outcome.ACCEPTED, Outcome.NOT_KEPT)))
    assert codes(response) == {1: 156}


def test_packets_can_be_answered_in_any_order() -> None:
    session = EgtsSession()
    first, second = session.receive(sent(teledata(1, oid=1), pid=21) + sent(teledata(2, oid=1), pid=22))
    assert packets(session.answer(second, (Outcome.ACCEPTED,)))[0].body[0] == 22
    assert packets(session.answer(first, (Outcome.ACCEPTED,)))[0].body[0] == 21
    assert session.answer(first, (Outcome.ACCEPTED,)) == b""


@pytest.mark.parametrize(("service", "code"), [(Service.COMMANDS, 148), (99, 150)])
def test_a_service_we_do_not_offer_is_refused_and_the_rest_goes_on(service: int, code: int) -> None:
    session = EgtsSession()
    event = kept(session, sent(records.record(1, service, POSITION, oid=1), teledata(2, oid=1)))
    assert [bad.fault for bad in event.rejected] == [Fault.UNSUPPORTED]
    (response,) = packets(session.answer(event, (Outcome.ACCEPTED,)))
    assert codes(response) == {1: code, 2: 0}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (records.subrecord(Teledata.POS_DATA, bytes(20)), 139),
        (records.subrecord(Teledata.POS_DATA, bytes((0,) * 4) + b"\x01" * 9 + bytes(8)), 154),
        (b"\x10\xff\xff", 139),
        (b"", 139),
    ],
)
def test_a_record_that_gives_nothing_is_answered_with_its_reason(content: bytes, code: int) -> None:
    session = EgtsSession()
    event = kept(session, sent(teledata(1, content, oid=1)))
    assert not event.readings
    (response,) = packets(session.answer(event, ()))
    assert codes(response) == {1: code}


def test_a_tail_that_is_no_record_makes_the_packet_wrong_but_not_its_records() -> None:
    session = EgtsSession()
    event = kept(session, sent(teledata(1, oid=1), b"\xff\xff\x01"))
    (response,) = packets(session.answer(event, (Outcome.ACCEPTED,)))
    assert response.body[2] == ResultCode.WRONG_DATA_LENGTH
    assert codes(response) == {1: 0}


def test_a_packet_full_of_the_smallest_records_is_answered_record_by_record() -> None:
    session = EgtsSession()
    count = DATA_MOST // 7
    event = kept(session, sent(*(records.record(number, number % 256, b"") for number in range(count))))
    (response,) = packets(session.answer(event, ()))
    assert len(codes(response)) == count


def test_a_packet_full_of_requests_for_services_is_answered() -> None:
    session = EgtsSession()
    requests = b"".join(records.subrecord(Auth.SERVICE_INFO, bytes((i % 256, 0, 0x80))) for i in range(10_000))
    (_, offer) = packets(session.answer(kept(session, sent(authorisation(1, requests))), ()))
    assert len(records.parts(records.split(offer.body)[0][0].data)[0]) == 256


def test_a_confirmation_is_not_confirmed_in_turn() -> None:
    session = EgtsSession()
    event = one(session, packet(PacketType.RESPONSE, 9, b"\x01\x00\x00"))
    assert isinstance(event, Ping)
    assert session.answer(event, ()) == b""
    confirms = sent(teledata(1, records.responses([(1, ResultCode.OK)])))
    (response,) = packets(session.answer(kept(session, confirms), ()))
    assert codes(response) == {}


def test_data_that_travel_on_a_confirmation_are_kept_and_confirmed() -> None:
    session = EgtsSession()
    event = kept(session, packet(PacketType.RESPONSE, 9, b"\x01\x00\x00" + teledata(4, oid=1)))
    (response,) = packets(session.answer(event, (Outcome.ACCEPTED,)))
    assert codes(response) == {4: 0}


def test_an_empty_packet_is_a_sign_of_life() -> None:
    session = EgtsSession()
    event = one(session, sent())
    assert isinstance(event, Ping)
    assert packets(session.answer(event, ()))[0].body == b"\x07\x00\x00"


def test_the_answer_to_a_routed_packet_goes_back_the_same_way() -> None:
    session = EgtsSession()
    event = kept(session, sent(teledata(1, oid=1), route=Route(peer=5, recipient=6)))
    (response,) = packets(session.answer(event, (Outcome.ACCEPTED,)))
    assert response.route == Route(peer=6, recipient=5)


def test_a_record_sent_again_is_the_same_fact_and_another_is_not() -> None:
    session = EgtsSession()
    first = kept(session, sent(teledata(1, oid=1), pid=1)).readings[0]
    again = kept(session, sent(teledata(9, oid=1), pid=2)).readings[0]
    other = kept(session, sent(teledata(1, oid=2), pid=1)).readings[0]
    assert first.identity == again.identity
    assert first.identity != other.identity


def test_a_record_sent_again_from_memory_is_the_same_fact() -> None:
    session = EgtsSession()
    from_memory = bytearray(POSITION)
    from_memory[3 + 12] |= 0x08
    live, again = kept(session, sent(teledata(1, oid=1), teledata(2, bytes(from_memory), oid=1))).readings
    assert live.bodies == again.bodies
    assert live.identity == again.identity


def test_records_without_any_time_are_told_apart_by_their_numbers() -> None:
    session = EgtsSession()
    state = records.subrecord(Teledata.STATE_DATA, bytes((2, 0, 0, 39, 4)))
    first, second = kept(session, sent(teledata(1, state, oid=1), teledata(2, state, oid=1))).readings
    assert first.observed_at is None
    assert first.identity != second.identity


def test_a_place_without_a_time_is_left_out_and_the_tamper_gets_through() -> None:
    session = EgtsSession(inputs=Inputs(strap=1, case=2))
    unset = bytearray(write(AT, PLACE, moving=True, inputs=0b11))
    unset[:4] = bytes(4)
    event = kept(session, sent(teledata(1, records.subrecord(Teledata.POS_DATA, bytes(unset)), oid=1)))
    assert event.readings[0].bodies == (Strap(open=True), Enclosure(open=True))
    assert [bad.fault for bad in event.rejected] == [Fault.TIME_WRONG]
    assert packets(session.answer(event, (Outcome.ACCEPTED,)))


def test_an_impossible_altitude_is_left_out_and_named() -> None:
    session = EgtsSession()
    high = write(AT, PLACE, moving=False) + b"\xff\xff\xff"
    event = kept(session, sent(teledata(1, records.subrecord(Teledata.POS_DATA, high), oid=1)))
    (place, _) = event.readings[0].bodies
    assert isinstance(place, Fix)
    assert place.altitude_m is None
    assert [bad.detail for bad in event.rejected] == ["ALT"]


def test_no_fix_is_a_fact_too_whatever_its_time() -> None:
    session = EgtsSession()
    never = bytes(21)
    event = kept(session, sent(teledata(1, records.subrecord(Teledata.POS_DATA, never), oid=1)))
    assert event.readings[0].bodies == (NoFix(), Motion(moving=False))
    assert event.readings[0].observed_at is None


def test_the_place_where_both_coordinates_are_zero_is_an_empty_one() -> None:
    session = EgtsSession()
    empty = write(AT, Fix(latitude_deg=0, longitude_deg=0), moving=False)
    event = kept(session, sent(teledata(1, records.subrecord(Teledata.POS_DATA, empty), oid=1)))
    assert event.readings[0].bodies == (NoFix(), Motion(moving=False))


def test_unknown_subrecords_are_counted() -> None:
    session = EgtsSession()
    liquid = records.subrecord(Teledata.LIQUID_LEVEL_SENSOR, bytes(7))
    event = kept(session, sent(teledata(1, records.subrecord(21, bytes(5)) + liquid + POSITION, oid=1)))
    assert len(event.readings) == 1
    assert session.skipped_subrecords == 1


def test_the_second_block_of_inputs_has_its_own_numbers() -> None:
    session = EgtsSession(inputs=Inputs(strap=73, case=None))
    shut = records.subrecord(Teledata.AD_SENSORS_DATA, bytes((1, 0, 0, 0)))
    open_ = records.subrecord(Teledata.AD_SENSORS_DATA, bytes((1, 0, 0, 1)))
    event = kept(session, sent(teledata(1, shut + open_, oid=1)))
    assert event.readings[0].bodies == (Strap(open=True),)


def test_a_battery_speaks_through_state_and_charge_at_once() -> None:
    session = EgtsSession()
    state = records.subrecord(Teledata.STATE_DATA, bytes((2, 0, 37, 0, 4)))
    charge = records.subrecord(Teledata.ABS_AN_SENS_DATA, b"\xff\x20\x03\x00")
    event = kept(session, sent(teledata(1, state + charge, oid=1)))
    assert event.readings[0].bodies == (Battery(level_percent=80.0, voltage_v=3.7),)


def test_a_line_that_only_babbles_is_given_up() -> None:
    session = EgtsSession()
    events = [event for _ in range(200) for event in session.receive(b"\xaa" * 1000)]
    assert isinstance(events[-1], Hangup)
    assert sum(len(event.raw) for event in events if isinstance(event, Rejected)) < FOREIGN_MOST
    assert session.receive(sent(teledata(1, oid=1))) == []
    assert session.answer(events[-1], ()) == b""


def test_a_sign_in_by_the_device_side_is_understood() -> None:
    session = EgtsSession()
    event = one(session, EgtsDevice("4001").hello())
    assert isinstance(event, Login)
    assert event.number == "4001"
