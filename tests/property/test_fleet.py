"""What holds for every fleet protocol, whatever comes over the line."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baqylau.domain.observations import Battery, Body, Fix, NoFix
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.openings import OPENINGS, AnySession
from baqylau.protocols.session import Confirmed, Event, Keep, Login, Outcome, Reading, Reply, Session, Welcomed

calm = settings(deadline=None, max_examples=60)
"""A busy machine is no fault of the protocol."""
NUMBER = "353173060000001"
BEGIN = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
PROTOCOLS = sorted(set(FLEET) - {"egts"})
"""EGTS counts devices by numbers of its own (`test_egts`)."""


def report(number: int, *, valid: bool = True) -> tuple[datetime, tuple[Body, ...]]:
    """Give one record of a drive."""
    place: Body = (
        Fix(latitude_deg=43.24 + number / 1000, longitude_deg=76.9, speed_m_s=5.0, course_deg=90.0, satellites=9)
        if valid
        else NoFix(satellites=0)
    )
    return BEGIN + timedelta(seconds=10 * number), (place, Battery(level_percent=50.0))


def heard(session: Session, data: bytes, cuts: Sequence[int] = ()) -> list[Event]:
    """Give what a session makes of bytes that come in pieces."""
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    events = [event for begin, end in pairwise(edges) for event in session.receive(data[begin:end])]
    for event in events:
        session.answer(event, [Outcome.ACCEPTED] * (len(event.readings) if isinstance(event, Keep) else 1))
    return events


def readings(events: Sequence[Event]) -> list[Reading]:
    """Give all records among the events."""
    return [reading for event in events if isinstance(event, Keep) for reading in event.readings]


@pytest.mark.parametrize("name", PROTOCOLS)
def test_what_a_device_reports_is_heard_and_confirmed(name: str) -> None:
    session, device = FLEET[name].session(), FLEET[name].device(NUMBER, "")
    replies: list[Reply] = []
    for data in (device.hello(), device.report([report(0)]), device.report([report(1), report(2, valid=False)])):
        for event in session.receive(data):
            count = len(event.readings) if isinstance(event, Keep) else 1
            replies += device.receive(session.answer(event, [Outcome.ACCEPTED] * count))
            if isinstance(event, Login):
                assert event.number == NUMBER
    assert [type(reply) for reply in replies if isinstance(reply, Welcomed)] in ([Welcomed], [])
    assert sum(reply.count for reply in replies if isinstance(reply, Confirmed)) == 3


@pytest.mark.parametrize("name", PROTOCOLS)
@calm
@given(cuts=st.lists(st.integers(0, 5000), max_size=12))
def test_any_cut_of_a_stream_gives_the_same_records(name: str, cuts: list[int]) -> None:
    device = FLEET[name].device(NUMBER, "")
    stream = device.hello() + device.report([report(0)]) + device.report([report(n, valid=n != 3) for n in range(1, 6)])
    whole, cut = heard(FLEET[name].session(), stream), heard(FLEET[name].session(), stream, cuts)
    assert readings(cut) == readings(whole)
    assert len(readings(whole)) == 6
    assert [one.observed_at for one in readings(whole)] == [report(n)[0] for n in range(6)]


@pytest.mark.parametrize("name", PROTOCOLS)
@calm
@given(noise=st.lists(st.binary(max_size=80), max_size=6), at=st.integers(0, 400), length=st.integers(0, 40))
def test_spoilt_bytes_are_named_and_break_nothing(name: str, noise: list[bytes], at: int, length: int) -> None:
    device = FLEET[name].device(NUMBER, "")
    stream = device.hello() + device.report([report(0), report(1)])
    spoilt = stream[:at] + b"".join(noise) + stream[at + length :]
    heard(FLEET[name].session(), spoilt)
    for piece in noise:
        heard(FLEET[name].session(), piece)
        FLEET[name].decode_frame(piece)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_record_that_is_sent_again_is_the_same_fact(name: str) -> None:
    first, second = (heard(FLEET[name].session(), bytes_of(name)) for _ in range(2))
    assert [one.identity for one in readings(first)] == [one.identity for one in readings(second)]
    assert len({one.identity for one in readings(first)}) == 2


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_thousand_random_cuts_change_nothing(name: str) -> None:
    device = FLEET[name].device(NUMBER, "")
    begun = device.hello()
    stream = begun + b"".join(device.report([report(n), report(n + 1)]) for n in range(0, 200, 2))
    random = Random(name)  # noqa: S311 - the same cuts every time
    cuts = [random.randrange(len(stream)) for _ in range(1_000)]
    assert readings(heard(FLEET[name].session(), stream, cuts)) == readings(heard(FLEET[name].session(), stream))
    assert len(readings(heard(FLEET[name].session(), stream))) == 200


def any_session() -> AnySession:
    """Give the server's side behind the door that all protocols share."""
    return AnySession({name: row.session for name, row in FLEET.items()})


@pytest.mark.parametrize("name", PROTOCOLS)
@calm
@given(cuts=st.lists(st.integers(0, 40), max_size=12))
def test_behind_the_shared_door_the_first_bytes_tell_the_protocol(name: str, cuts: list[int]) -> None:
    session = any_session()
    assert readings(heard(session, bytes_of(name), cuts)) == readings(heard(FLEET[name].session(), bytes_of(name)))
    assert session.protocol == name


def test_no_two_protocols_begin_alike() -> None:
    assert set(OPENINGS) == set(FLEET)
    for name in PROTOCOLS:
        assert [other for other, begins in OPENINGS.items() if begins(bytes_of(name))] == [name]


@calm
@given(noise=st.lists(st.binary(max_size=40), max_size=6))
def test_noise_at_the_shared_door_is_named_and_breaks_nothing(noise: list[bytes]) -> None:
    session = any_session()
    for piece in noise:
        heard(session, piece)


def bytes_of(name: str) -> bytes:
    """Give a sign-in and two records."""
    device = FLEET[name].device(NUMBER, "")
    return device.hello() + device.report([report(0), report(1)])
