"""What holds for any bytes and any report: EGTS."""

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, Motion, NoFix, Power, Strap
from baqylau.protocols.egts import EgtsDevice, EgtsSession, decode_frame
from baqylau.protocols.egts.codes import PacketType
from baqylau.protocols.egts.transport import packet
from baqylau.protocols.session import Event, Keep, Login, Outcome, Reading

FUZZ_S = 3.0

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
instants = st.datetimes(datetime(2010, 1, 1, 0, 0, 1), datetime(2099, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=0)
)
fixes = st.builds(
    Fix,
    latitude_deg=latitudes,
    longitude_deg=longitudes,
    altitude_m=st.none() | st.integers(-400, 9000).map(float),
    speed_m_s=st.integers(0, 16383).map(lambda tenths: tenths / 36),
    course_deg=st.integers(0, 359).map(float),
    satellites=st.none() | st.integers(0, 255),
    hdop=st.none() | st.integers(1, 9999).map(lambda hundredths: hundredths / 100),
).filter(lambda fix: abs(fix.latitude_deg) > 1e-6 or abs(fix.longitude_deg) > 1e-6)
no_fixes = st.builds(NoFix, satellites=st.none() | st.integers(0, 255))
places = st.tuples(fixes | no_fixes, st.builds(Motion, moving=st.booleans()))
levels = st.integers(0, 1000).map(lambda tenths: tenths / 10)
voltages = st.integers(1, 255).map(lambda tenths: tenths / 10)
batteries = st.builds(Battery, level_percent=levels, voltage_v=st.none() | voltages) | st.builds(
    Battery, voltage_v=voltages
)
states = st.tuples(
    st.none() | st.builds(Strap, open=st.booleans()),
    st.none() | st.builds(Enclosure, open=st.booleans()),
    st.none() | batteries,
    st.none() | st.builds(Power, external=st.booleans()),
).map(lambda told: tuple(body for body in told if body is not None))
bodies = st.builds(lambda place, state: (*place, *state), places | st.just(()), states)
reports = st.lists(st.tuples(instants, bodies), min_size=1, max_size=12)

EXAMPLES = [
    EgtsDevice("4001").hello(),
    EgtsDevice("350000000000017").hello(),
    EgtsDevice("4001", by_object_id=True).report(
        [
            (
                datetime(2026, 11, 4, tzinfo=UTC) + timedelta(minutes=minute),
                (
                    Fix(latitude_deg=43.25, longitude_deg=-76.95, altitude_m=700, satellites=9, hdop=1.1),
                    Motion(moving=True),
                    Strap(open=minute == 2),
                    Battery(level_percent=50, voltage_v=3.7),
                ),
            )
            for minute in range(3)
        ]
    ),
    packet(PacketType.RESPONSE, 5, b"\x01\x00\x00"),
]


def readings(events: Sequence[Event]) -> list[Reading]:
    return [reading for event in events if isinstance(event, Keep) for reading in event.readings]


def converse(chunks: Sequence[bytes]) -> tuple[list[Event], bytes]:
    """Feed a session and answer everything; give the events and all that was said."""
    session = EgtsSession()
    events: list[Event] = []
    said = b""
    for chunk in chunks:
        for event in session.receive(chunk):
            events.append(event)
            due = len(event.readings) if isinstance(event, Keep) else 1 if isinstance(event, Login) else 0
            said += session.answer(event, (Outcome.ACCEPTED,) * due)
    return events, said


def close(told: Body, meant: Body) -> bool:
    """Tell whether they are the same but for a hundredth of a metre."""
    if not (isinstance(told, Fix) and isinstance(meant, Fix)):
        return told == meant
    apart = max(abs(told.latitude_deg - meant.latitude_deg), abs(told.longitude_deg - meant.longitude_deg))
    same = replace(told, latitude_deg=meant.latitude_deg, longitude_deg=meant.longitude_deg)
    return apart < 1e-7 and same == meant


@given(st.binary(max_size=4000))
def test_any_bytes_give_events_and_never_an_exception(data: bytes) -> None:
    converse([data])
    assert decode_frame(data)


@given(st.sampled_from([PacketType.APPDATA, PacketType.SIGNED_APPDATA, PacketType.RESPONSE]), st.binary(max_size=600))
def test_any_content_of_a_right_packet_gives_events_and_never_an_exception(kind: PacketType, body: bytes) -> None:
    events, _ = converse([packet(kind, 1, body)])
    assert events


@given(
    st.lists(st.binary(max_size=300) | st.sampled_from(EXAMPLES), max_size=8).map(b"".join),
    st.lists(st.integers(0, 3000), max_size=20),
)
def test_any_cut_of_the_stream_gives_the_same_events_and_answers(stream: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[start:end] for start, end in pairwise(edges)]
    assert converse(chunks) == converse([stream])


@given(reports, st.booleans())
def test_what_was_reported_is_what_is_read(told: list[tuple[datetime, tuple[Body, ...]]], by_object_id: bool) -> None:  # noqa: FBT001
    device = EgtsDevice("4001", by_object_id=by_object_id)
    events, said = converse([device.hello() + device.report(told)])
    heard = readings(events)
    assert [reading.number for reading in heard] == ["4001"] * len(told)
    assert [reading.observed_at for reading in heard] == [at for at, _ in told]
    for reading, (_, meant) in zip(heard, told, strict=True):
        assert len(reading.bodies) == len(meant)
        assert all(close(one, other) for one, other in zip(reading.bodies, meant, strict=True))
    assert device.receive(said)


@given(reports)
def test_a_record_sent_again_in_another_packet_has_the_same_identity(
    told: list[tuple[datetime, tuple[Body, ...]]],
) -> None:
    device = EgtsDevice("4001", by_object_id=True)
    first, again = (readings(converse([device.report(told)])[0]) for _ in range(2))
    assert [reading.identity for reading in first] == [reading.identity for reading in again]


@given(st.sampled_from(EXAMPLES), st.lists(st.binary(max_size=20), max_size=4))
def test_a_right_packet_after_anything_broken_is_still_found(spoilt: bytes, babble: list[bytes]) -> None:
    broken = spoilt[:4] + b"".join(babble) + b"\xaa" * 12
    events, _ = converse([broken + EXAMPLES[2] + EXAMPLES[0]])
    assert readings(events)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_from_a_server_do_no_harm_to_a_device(data: bytes) -> None:
    device = EgtsDevice("4001")
    device.hello()
    device.receive(data)
    device.receive(packet(PacketType.APPDATA, 1, data))
    device.receive(packet(PacketType.RESPONSE, 1, data))


@pytest.mark.timeout(30)
def test_spoilt_packets_never_break_a_session() -> None:
    """A run bounded in time over packets with bytes changed, cut out, doubled; sums are often made right again."""
    dice = random.Random(20_261_104)  # noqa: S311
    until = time.monotonic() + FUZZ_S
    rounds = 0
    while time.monotonic() < until:
        spoilt = bytearray(dice.choice(EXAMPLES))
        for _ in range(dice.randrange(1, 6)):
            spoil(spoilt, dice)
        mended = packet(PacketType.APPDATA, 1, bytes(spoilt[11:-2]))
        stream = bytes(spoilt) + mended + EXAMPLES[2]
        cut = dice.randrange(len(stream))
        converse([stream[:cut], stream[cut:]])
        assert decode_frame(bytes(spoilt))
        rounds += 1
    assert rounds > 100


def spoil(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data)) if data else 0
    match dice.randrange(4):
        case 0 if data:
            data[at] = dice.randrange(256)
        case 1:
            del data[at : at + dice.randrange(4)]
        case 2:
            data[at:at] = dice.randbytes(dice.randrange(1, 4))
        case _:
            data[at:at] = data[at : at + dice.randrange(1, 12)]
