"""Foreign bytes in a conversation: what comes behind them is read where a frame proves itself; nothing is made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Event, Fault, Hangup, Rejected
from baqylau.protocols.stream import ASTRAY_MAX_BYTES
from tests.property.test_fleet import NUMBER, calm, heard, readings, report

GOES_ON = ("gt06", "h02", "queclink", "teltonika", "watch")
"""A checksum of 16 bits, or words between two marks, say where the next frame begins."""
ENDS = ("galileosky", "navtelecom")
"""A mark of one byte, or a checksum of one, proves no beginning: the line ends, and the device sends again."""
LIKE_A_FRAME = (b"xx", b"yy", b"+", b"*", b"$", b"X", b"[", b"\r\n", bytes(4))
"""What would be waited for, as a frame whose end is to come."""
MODEM = b"NO CARRIER"

foreign = st.binary(min_size=1, max_size=300).filter(lambda noise: not any(one in noise for one in LIKE_A_FRAME))


def conversation(name: str, noise: bytes, reports: int = 8) -> bytes:
    """Give a sign-in and two records, then foreign bytes, then records again."""
    device = FLEET[name].device(NUMBER, "")
    begun = device.hello() + device.report([report(0), report(1)])
    return begun + noise + b"".join(device.report([report(n)]) for n in range(2, 2 + reports))


def refused(events: list[Event]) -> bytes:
    """Give all bytes that were kept as evidence."""
    return b"".join(
        (event.rejected if isinstance(event, Hangup) else event).raw
        for event in events
        if isinstance(event, Rejected | Hangup)
    )


@pytest.mark.parametrize("name", GOES_ON)
@calm
@given(noise=foreign, cuts=st.lists(st.integers(0, 5000), max_size=12))
def test_behind_foreign_bytes_every_record_is_read_and_the_bytes_are_evidence(
    name: str, noise: bytes, cuts: list[int]
) -> None:
    stream = conversation(name, MODEM + noise)
    events = heard(FLEET[name].session(), stream, cuts)
    assert [one.observed_at for one in readings(events)] == [report(n)[0] for n in range(10)]
    assert MODEM in refused(events)
    assert heard(FLEET[name].session(), stream) == events


@pytest.mark.parametrize("name", ["galileosky", "gt06", "teltonika"])
@calm
@given(noise=st.binary(min_size=1, max_size=300), at=st.integers(0, 600), length=st.integers(0, 60))
def test_whatever_is_lost_or_comes_between_no_record_is_made_up(name: str, noise: bytes, at: int, length: int) -> None:
    whole = conversation(name, b"")
    found = readings(heard(FLEET[name].session(), whole[:at] + noise + whole[at + length :]))
    assert all(one.raw in whole for one in found)


@pytest.mark.parametrize("name", GOES_ON)
def test_a_line_on_which_nothing_comes_back_ends_after_a_bounded_piece(name: str) -> None:
    device = FLEET[name].device(NUMBER, "")
    session = FLEET[name].session()
    heard(session, device.hello() + device.report([report(0)]))
    events = [event for _ in range(ASTRAY_MAX_BYTES) for event in session.receive(b"Q")]
    assert isinstance(events[-1], Hangup)
    assert not session.undecided
    assert session.receive(device.report([report(1)])) == ()


@pytest.mark.parametrize("name", ENDS)
def test_where_no_frame_proves_itself_the_line_ends_at_once(name: str) -> None:
    events = heard(FLEET[name].session(), conversation(name, MODEM))
    assert len(readings(events)) == 2
    assert isinstance(events[-1], Hangup)
    assert events[-1].rejected.fault is Fault.NOT_THIS_PROTOCOL


@pytest.mark.parametrize("name", GOES_ON + ENDS)
def test_foreign_bytes_before_anything_else_end_the_line(name: str) -> None:
    [hangup] = FLEET[name].session().receive(b"GET / HTTP/1.1\n\n")
    assert isinstance(hangup, Hangup)
