"""One word by SMS: short, proven, and nothing else passes for it."""

import pytest

from baqylau.protocols.batch.on_device import sealed_poll
from baqylau.protocols.batch.short_message import BYTES_MAX, STRAP, NotBelievedError, Short, named, opened

SECRET = bytes(range(32))


def said(name: str = "TR-000042") -> Short:
    return Short(name, 1_790_000_000_500, STRAP, (43.2389491, -76.8897123), 71.5)


def test_a_message_says_who_when_what_and_where() -> None:
    raw = said().sealed(SECRET)
    assert len(raw) <= 48
    assert named(raw) == "TR-000042"
    told = opened(raw, SECRET)
    assert (told.device_id, told.at_ms, told.word) == ("TR-000042", 1_790_000_000_000, STRAP)
    assert (told.place, told.battery_percent) == ((43.2389491, -76.8897123), 71)


def test_without_a_place_it_says_none() -> None:
    raw = Short("t", 0, STRAP, (None, None), 0.0).sealed(SECRET)
    assert opened(raw, SECRET).place == (None, None)


def test_a_name_that_does_not_fit_is_refused() -> None:
    assert len(said("n" * 90).sealed(SECRET)) <= BYTES_MAX
    with pytest.raises(ValueError, match="nnn"):
        said("n" * 120).sealed(SECRET)


@pytest.mark.parametrize("at", range(0, 44, 3))
def test_no_bit_can_be_turned(at: int) -> None:
    raw = bytearray(said().sealed(SECRET))
    raw[at % len(raw)] ^= 1 << at % 8
    with pytest.raises(NotBelievedError):
        opened(bytes(raw), SECRET)


@pytest.mark.parametrize("raw", [b"", b"\x80", sealed_poll("TR-000042", SECRET, 0, 0, 0), bytes(200)])
def test_nothing_else_passes_for_one(raw: bytes) -> None:
    with pytest.raises(NotBelievedError):
        opened(raw, SECRET)
