"""The device's side against the server's, and against servers that behave otherwise."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, LinkEvent, LinkHealth, Power, Strap
from baqylau.protocols.egts import EgtsDevice, EgtsSession, Inputs, records
from baqylau.protocols.egts.codes import Auth, PacketType, ResultCode, Service
from baqylau.protocols.egts.transport import packet
from baqylau.protocols.session import (
    Confirmed,
    DeviceSide,
    Event,
    Keep,
    Login,
    Outcome,
    Ping,
    Reading,
    Refused,
    Reply,
    Session,
    Welcomed,
)

AT = datetime(2026, 11, 4, 12, tzinfo=UTC)
PLACE = Fix(latitude_deg=43.25, longitude_deg=76.95)


def place(minutes: int) -> tuple[datetime, tuple[Body, ...]]:
    return AT + timedelta(minutes=minutes), (PLACE,)


def talk(session: Session, device: DeviceSide, data: bytes, *outcomes: Outcome) -> list[Reply]:
    """Carry bytes to the server and its answers back."""
    return [
        reply
        for event in session.receive(data)
        for reply in device.receive(session.answer(event, outcomes if isinstance(event, Keep | Login) else ()))
    ]


def readings(session: EgtsSession, data: bytes) -> tuple[Reading, ...]:
    (event,) = session.receive(data)
    assert isinstance(event, Keep)
    return event.readings


def test_a_device_signs_in_and_its_reports_are_confirmed() -> None:
    session, device = EgtsSession(), EgtsDevice("4001")
    assert talk(session, device, device.hello(), Outcome.ACCEPTED) == [Welcomed()]
    frame = device.report([place(0), place(1)])
    assert talk(session, device, frame, Outcome.ACCEPTED, Outcome.ACCEPTED) == [Confirmed(count=2)]


def test_a_device_confirms_the_result_of_its_sign_in_before_its_next_report() -> None:
    session, device = EgtsSession(), EgtsDevice("4001")
    talk(session, device, device.hello(), Outcome.ACCEPTED)
    confirmation, keep = session.receive(device.report([place(0)]))
    assert isinstance(confirmation, Ping)
    assert isinstance(keep, Keep)
    assert keep.readings[0].number == "4001"


def test_a_refused_sign_in_is_told() -> None:
    session, device = EgtsSession(), EgtsDevice("350000000000017")
    assert talk(session, device, device.hello(), Outcome.UNKNOWN_DEVICE) == [Refused(code="153", again=False)]


def test_a_device_by_object_id_needs_no_sign_in() -> None:
    session, device = EgtsSession(), EgtsDevice("4001", by_object_id=True)
    assert device.hello() == b""
    (reading,) = readings(session, device.report([place(0)]))
    assert reading.number == "4001"


@pytest.mark.parametrize(
    ("outcomes", "reply"),
    [
        ((Outcome.NOT_KEPT, Outcome.ACCEPTED), Refused(code="156", again=True)),
        ((Outcome.ACCEPTED, Outcome.NOT_KEPT), Confirmed(count=1)),
        ((Outcome.UNKNOWN_DEVICE, Outcome.UNKNOWN_DEVICE), Refused(code="153", again=False)),
    ],
)
def test_what_became_of_each_record_decides_what_is_sent_again(outcomes: Sequence[Outcome], reply: Reply) -> None:
    session, device = EgtsSession(), EgtsDevice("4001", by_object_id=True)
    assert talk(session, device, device.report([place(0), place(1)]), *outcomes) == [reply]


def test_a_packet_spoilt_on_the_way_is_to_be_sent_again() -> None:
    session, device = EgtsSession(), EgtsDevice("4001", by_object_id=True)
    frame = bytearray(device.report([place(0)]))
    frame[-1] ^= 1
    assert talk(session, device, bytes(frame)) == [Refused(code="138", again=True)]


def test_replies_keep_the_order_of_the_frames() -> None:
    session, device = EgtsSession(), EgtsDevice("4001", by_object_id=True)
    events: list[Event] = [*session.receive(device.report([place(0)])), *session.receive(device.report([place(1)]))]
    late, early = (session.answer(event, (Outcome.ACCEPTED,)) for event in events)
    assert device.receive(early) == []
    assert device.receive(late) == [Confirmed(count=1), Confirmed(count=1)]


def test_a_server_may_confirm_records_apart_from_packets_and_number_the_result_otherwise() -> None:
    device = EgtsDevice("4001")
    device.hello()
    result = records.record_to_device(1, Service.AUTH, records.subrecord(Auth.AUTH_INFO, b"\0"))
    assert device.receive(packet(PacketType.APPDATA, 1, result)) == [Welcomed()]
    device.report([place(0)])
    assert device.receive(packet(PacketType.RESPONSE, 2, b"\x02\x00\x00")) == []
    apart = records.record_to_device(2, Service.TELEDATA, records.responses([(2, ResultCode.OK)]))
    assert device.receive(packet(PacketType.APPDATA, 3, apart)) == [Confirmed(count=1)]


def test_a_sign_in_that_the_transport_refuses_is_told() -> None:
    device = EgtsDevice("4001")
    device.hello()
    assert device.receive(packet(PacketType.RESPONSE, 1, b"\x01\x00\x80")) == [Refused(code="128", again=False)]


@pytest.mark.parametrize("inputs", [Inputs(), Inputs(strap=1, case=8), Inputs(strap=9, case=72)])
@pytest.mark.parametrize("bodies", [(Strap(open=True),), (Enclosure(open=True),), (PLACE, Strap(open=True))])
def test_a_tamper_travels_by_whatever_inputs_are_agreed_on(inputs: Inputs, bodies: tuple[Body, ...]) -> None:
    device = EgtsDevice("4001", by_object_id=True, inputs=inputs)
    (reading,) = readings(EgtsSession(inputs=inputs), device.report([(AT, bodies)]))
    assert reading.observed_at == AT
    assert bodies[-1] in reading.bodies


def test_a_report_without_a_place_carries_its_own_time() -> None:
    bodies = (Strap(open=True), Battery(level_percent=12.5, voltage_v=3.6), Power(external=False))
    device = EgtsDevice("4001", by_object_id=True)
    (reading,) = readings(EgtsSession(), device.report([(AT, bodies)]))
    assert (reading.observed_at, reading.bodies) == (AT, bodies)


def test_a_report_that_says_nothing_is_a_sign_of_life() -> None:
    device = EgtsDevice("4001", by_object_id=True)
    (reading,) = readings(EgtsSession(), device.report([(AT, (LinkHealth(event=LinkEvent.PING),))]))
    assert (reading.observed_at, reading.bodies) == (AT, ())


@pytest.mark.parametrize(
    "make",
    [
        lambda: EgtsDevice("a7"),
        lambda: EgtsDevice("0"),
        lambda: EgtsDevice(""),
        lambda: EgtsDevice("1234567890123456"),
        lambda: EgtsDevice("350000000000017", by_object_id=True),
        lambda: EgtsDevice("4001", inputs=Inputs(strap=73)),
        lambda: EgtsDevice("4001").report([(datetime(1999, 12, 31, tzinfo=UTC), (PLACE,))]),
        lambda: EgtsDevice("4001").report([place(0)] * 3000),
    ],
)
def test_what_the_wire_cannot_carry_is_said_in_a_sentence(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"EGTS|input"):
        make()
