"""Wialon IPS under everything that a line can do to it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, Motion, NoFix, Power, Strap
from baqylau.protocols.session import Event, Keep, Outcome
from baqylau.protocols.wialon import WialonDevice, WialonSession, decode_frame

Version = Literal["1.1", "2.0"]
calm = settings(deadline=None)
"""A busy machine is no fault of the protocol."""
Report = tuple[datetime, tuple[Body, ...]]

HELLO = b"#L#4711;NA\r\n"
FRAMES = (
    HELLO,
    WialonDevice("4711", "secret").hello(),
    b"#P#\r\n",
    b"#SD#010326;083015;5110.0200;N;07126.7600;E;36;90;347;9\r\n",
    b"#D#010326;083015;5110.0200;N;07126.7600;E;36;90;347;9;1.2;NA;NA;12.1,NA;NA;strap:1:1,battery:2:3.9\r\n",
    b"#B#010326;083015;NA;NA;NA;NA;NA;NA;NA;0|rubbish|010326;083045;5110.02;N;07126.76;E;0;0;0;5|0F3C\r\n",
    b"#I#6;0;1;010326;083015;a.jpg\r\n\x00\n#\xff\r\n",
    b"#M#hello\r\n",
    b"\n#ZZ#\r\nnoise\r\n\xff",
)
SNIPPETS = (
    b"#",
    b";",
    b"|",
    b"NA",
    b"nan",
    b"-1e9",
    b"\n",
    b"\r\n",
    b":",
    b",",
    b"\x00",
    b"\xff",
    b"9" * 40,
    b"#D#",
    b"#B#",
)


def conversation(chunks: Sequence[bytes]) -> list[Event]:
    """Feed the chunks; every event must have an answer, whatever became of it."""
    session = WialonSession()
    events = [event for chunk in chunks for event in session.receive(chunk)]
    for event in events:
        for outcome in Outcome:
            count = len(event.readings) if isinstance(event, Keep) else 1
            assert isinstance(session.answer(event, (outcome,) * count), bytes)
    return events


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


streams = st.lists(st.one_of(st.sampled_from(FRAMES), st.binary(max_size=40)), max_size=8).map(b"".join)


@calm
@given(st.binary(max_size=400))
@example(b"#B#" + b";" * 100 + b"\n")
def test_any_bytes_give_events_and_never_an_exception(data: bytes) -> None:
    conversation([data])
    conversation([HELLO, data])
    decode_frame(data)


@calm
@given(streams, st.lists(st.integers(min_value=0), max_size=6))
def test_any_cut_of_the_stream_gives_the_same_events(data: bytes, places: list[int]) -> None:
    whole = conversation([data])
    assert conversation(cut(data, places)) == whole
    assert conversation([bytes([byte]) for byte in data]) == whole


def figures(low: float, high: float) -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(low, high)


fixes = st.builds(
    Fix,
    latitude_deg=st.floats(-90, 90),
    longitude_deg=st.floats(-180, 180),
    altitude_m=figures(-1000, 50_000),
    speed_m_s=figures(0, 500),
    course_deg=figures(0, 360),
    satellites=st.none() | st.integers(0, 200),
    hdop=figures(0.01, 1000),
    accuracy_m=figures(0.01, 1_000_000),
).filter(lambda fix: abs(fix.latitude_deg) > 1e-6 or abs(fix.longitude_deg) > 1e-6)
batteries = st.builds(Battery, level_percent=figures(0, 100), voltage_v=figures(0, 60)).filter(
    lambda battery: battery != Battery()
)
flags = st.booleans()
others = st.tuples(
    st.none() | st.builds(Strap, open=flags),
    st.none() | st.builds(Enclosure, open=flags),
    st.none() | batteries,
    st.none() | st.builds(Power, external=flags),
    st.none() | st.builds(Motion, moving=flags),
)
positions = st.none() | fixes | st.builds(NoFix, satellites=st.none() | st.integers(0, 200))
bodies = st.tuples(positions, others).map(
    lambda parts: tuple(body for body in (parts[0], *parts[1]) if body is not None)
)
instants = st.datetimes(datetime(1980, 1, 1), datetime(2079, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001 - naive bounds are asked for
    lambda at: at.replace(microsecond=0)
)
reports = st.lists(st.tuples(instants, bodies.filter(bool)), min_size=1, max_size=5)

PRECISION: dict[str, float] = {
    "latitude_deg": 1e-8,
    "longitude_deg": 1e-8,
    "altitude_m": 0.0051,
    "speed_m_s": 0.00015,
    "course_deg": 0.0051,
    "hdop": 0.0051,
    "accuracy_m": 0.0051,
    "level_percent": 0.0051,
    "voltage_v": 0.00051,
}


def alike(said: Body, meant: Body) -> bool:
    """Say whether two bodies are equal within what the wire writes."""
    if type(said) is not type(meant):
        return False
    for name in said.__struct_fields__:
        one, other = getattr(said, name), getattr(meant, name)
        if name in PRECISION and one is not None and other is not None:
            if abs(one - other) > PRECISION[name]:
                return False
        elif one != other:
            return False
    return True


@pytest.mark.parametrize("version", ["1.1", "2.0"])
@calm
@given(said=reports)
def test_what_a_device_writes_is_what_the_server_reads(version: Version, said: list[Report]) -> None:
    device, server = WialonDevice("4711", "secret", version), WialonSession()
    server.receive(device.hello())
    (keep,) = server.receive(device.report(said))
    assert isinstance(keep, Keep)
    assert keep.rejected == ()
    for reading, (at, meant) in zip(keep.readings, said, strict=True):
        assert reading.observed_at == at
        assert all(alike(one, other) for one, other in zip(reading.bodies, meant, strict=True))


@calm
@given(said=reports)
def test_a_record_sent_again_is_the_same_fact(said: list[Report]) -> None:
    old, new = WialonDevice("4711", version="1.1"), WialonDevice("4711", version="2.0")
    (batch,) = decode_frame(new.report([*said, *said]))
    assert isinstance(batch, Keep)
    identities = [reading.identity for reading in batch.readings]
    assert identities[: len(said)] == identities[len(said) :]
    for report, identity in zip(said, identities, strict=False):
        (single,) = decode_frame(old.report([report]))
        assert isinstance(single, Keep)
        assert single.readings[0].identity == identity


def spoilt(frame: bytes, dice: Random) -> bytes:
    """Change a frame in one to four places."""
    spoiling = bytearray(frame)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(spoiling) + 1)
        match dice.randrange(3):
            case 0:
                spoiling[place : place + dice.randint(1, 8)] = b""
            case 1:
                spoiling[place:place] = dice.choice(SNIPPETS)
            case _:
                spoiling[place : place + 1] = bytes([dice.randrange(256)])
    return bytes(spoiling)


def test_many_spoilt_frames_do_no_harm() -> None:
    dice = Random(20_260_301)  # noqa: S311 - a fuzz run that can be repeated
    for _ in range(30_000):
        frame = spoilt(dice.choice(FRAMES), dice)
        decode_frame(frame)
        conversation([HELLO, frame, b"\r\n"])
