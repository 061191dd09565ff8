"""Bytes of satellite receivers, however they come and whatever stands between."""

from functools import reduce
from operator import xor
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baqylau.links.gnss.gpsd import Reports
from baqylau.links.gnss.reading import Reader, read_log
from baqylau.links.gnss.splitting import FRAME_BYTES_MAX, SENTENCE_BYTES_MAX
from baqylau.rules.gnss.epoch import FLAT_FIX, FULL_FIX, NO_FIX, Epoch


def sentence(text: str) -> bytes:
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n".encode()


def frame(kind: tuple[int, int], payload: bytes) -> bytes:
    body = bytes(kind) + len(payload).to_bytes(2, "little") + payload
    one = two = 0
    for byte in body:
        one = (one + byte) & 0xFF
        two = (two + one) & 0xFF
    return b"\xb5b" + body + bytes((one, two))


def pvt(second: int, *, fix: int = 3, year: int = 2026) -> bytes:
    """Give a NAV-PVT of 15:31 with a fix of that type."""
    payload = bytearray(92)
    payload[4:6] = year.to_bytes(2, "little")
    payload[6:12] = bytes((11, 22, 15, 31, second, 0b111))
    payload[20], payload[21], payload[23] = fix, 1, 14
    payload[24:28] = round(66.9e7).to_bytes(4, "little", signed=True)
    payload[28:32] = round(48.6e7).to_bytes(4, "little", signed=True)
    payload[40:44] = (5000).to_bytes(4, "little")
    payload[60:64] = (1400).to_bytes(4, "little")
    return frame((0x01, 0x07), bytes(payload))


def rf(gain: int, narrow: int, state: int) -> bytes:
    """Give a MON-RF of two inputs, of which the second is disturbed."""
    quiet = bytes((0, 0)) + bytes(12) + (6000).to_bytes(2, "little") + bytes((9,)) + bytes(7)
    loud = bytes((1, state)) + bytes(12) + gain.to_bytes(2, "little") + bytes((narrow,)) + bytes(7)
    return frame((0x0A, 0x38), bytes((0, 2, 0, 0)) + quiet + loud)


def verdict(jam: int, spoof: int) -> bytes:
    """Give a SEC-SIG of the first form."""
    return frame((0x27, 0x09), bytes((1, 0, 0, 0, 1 | jam << 1, 0, 0, 0, 1 | spoof << 1, 0, 0, 0)))


RMC = sentence("GNRMC,101500.00,A,4836.0000,N,06654.0000,E,2.0,90.0,221126,,,A")
GGA = sentence("GNGGA,101500.00,4836.0000,N,06654.0000,E,1,09,0.9,345.0,M,-40.0,M,,")
SKY = sentence("GPGSV,1,1,02,03,40,083,46,17,20,308,38,1") + sentence("GPGSV,1,1,02,03,40,083,31,17,20,308,,8")
LATER = sentence("GNRMC,101501.00,V,4836.0000,N,06654.0000,E,,,221126,,,N")
UBX = pvt(5) + rf(2000, 130, 2) + verdict(3, 2) + frame((0x01, 0x61), bytes(4))
MIXED = b"\x00\xb5" + RMC + GGA + SKY + b"$GPXXX," + LATER + UBX + pvt(6) + b"\xb5b\x01"


def fields(epoch: Epoch) -> tuple[object, ...]:
    return tuple(getattr(epoch, name) for name in Epoch.__slots__)


def epochs(content: bytes) -> list[Epoch]:
    return read_log(content)[0]


def test_a_position_of_a_binary_receiver_with_what_its_input_says() -> None:
    (epoch,) = epochs(UBX)
    assert (epoch.mode, epoch.satellites, epoch.speed_m_s) == (FULL_FIX, 14, 1.4)
    assert (epoch.latitude_deg, epoch.longitude_deg) == pytest.approx((48.6, 66.9))
    assert epoch.stated_m == pytest.approx(8.65)
    assert (epoch.agc, epoch.jam_figure, epoch.receiver_jam, epoch.receiver_spoof) == (2000, 130, 3, 2)


@pytest.mark.parametrize(("fix", "mode"), [(0, NO_FIX), (1, NO_FIX), (2, FLAT_FIX), (4, FULL_FIX), (5, NO_FIX)])
def test_dead_reckoning_and_time_alone_are_no_fix(fix: int, mode: int) -> None:
    (epoch,) = epochs(pvt(5, fix=fix))
    assert epoch.mode == mode


def test_an_impossible_date_of_a_binary_receiver_is_none() -> None:
    (epoch,) = epochs(pvt(5, year=0))
    assert epoch.at_s is None


def test_a_satellite_that_is_heard_on_two_bands_counts_once_with_the_stronger() -> None:
    (epoch,) = epochs(RMC + SKY)
    assert epoch.cn0_dbhz == (46.0, 38.0)


def test_a_sky_that_was_not_told_is_not_an_empty_one() -> None:
    (untold,) = epochs(RMC)
    (empty,) = epochs(RMC + sentence("GPGSV,1,1,00"))
    assert (untold.cn0_dbhz, empty.cn0_dbhz) == (None, ())


def test_a_receiver_that_tells_gns_in_place_of_gga_is_read() -> None:
    (epoch,) = epochs(RMC + sentence("GNGNS,101500.00,4836.0000,N,06654.0000,E,AA,13,0.8,345.0,-40.0,,"))
    assert (epoch.satellites, epoch.hdop, epoch.altitude_m) == (13, 0.8, 345.0)
    (lost,) = epochs(sentence("GNGNS,101500.00,,,,,NN,00,,,,,"))
    assert lost.mode == NO_FIX


def test_binary_and_sentences_of_one_receiver_are_told_once() -> None:
    assert [epoch.mode for epoch in epochs(pvt(5) + RMC + pvt(6) + LATER)] == [FULL_FIX, FULL_FIX]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, len(MIXED)), max_size=12))
def test_any_cuts_give_the_same_epochs(cuts: list[int]) -> None:
    reader, found = Reader(), list[Epoch]()
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(MIXED)], strict=True):
        found += reader.feed(MIXED[begin:end])
    found += reader.flush()
    assert [fields(one) for one in found] == [fields(one) for one in epochs(MIXED)]
    assert [one.mode for one in found] == [3, 0, 3, 3]


def test_three_hundred_broken_streams_break_nothing() -> None:
    random = Random(20)  # noqa: S311 - noise, not secrets
    for _ in range(300):
        broken = bytearray(MIXED)
        for _ in range(random.randrange(1, 8)):
            broken[random.randrange(len(broken))] = random.randrange(256)
        for epoch in epochs(bytes(broken)):
            assert epoch.mode in {NO_FIX, FLAT_FIX, FULL_FIX}


def test_every_wrong_checksum_is_counted_and_the_next_sentence_is_read() -> None:
    broken = RMC.replace(b"4836", b"4936")
    found, skipped = read_log(broken + UBX[:-20] + b"\x01" + broken + GGA + RMC)
    assert (len(found), skipped["checksum_wrong"]) == (1, 3)


@pytest.mark.parametrize("bomb", [b"$" + b"G" * 100_000, b"\xb5b\x01\x07\xff\xff" + bytes(100_000), b"\xb5" * 100_000])
def test_a_length_that_cannot_be_one_is_noise_and_is_not_waited_for(bomb: bytes) -> None:
    reader = Reader()
    list(reader.feed(bomb))
    assert len([*reader.feed(RMC + LATER), *reader.flush()]) == 2
    assert FRAME_BYTES_MAX + SENTENCE_BYTES_MAX < 10_000


def test_a_pause_gives_the_epoch_and_keeps_the_sentence_that_is_cut() -> None:
    reader = Reader()
    assert list(reader.feed(RMC + LATER[:20])) == []
    (before,) = reader.paused()
    assert list(reader.feed(LATER[20:])) == []
    (after,) = reader.paused()
    assert (before.mode, after.mode) == (FULL_FIX, NO_FIX)


TPV = (
    b'{"class":"TPV","mode":3,"time":"2026-11-22T10:15:00.000Z","lat":48.6,"lon":66.9,"altMSL":345.0,'
    b'"speed":1.0,"track":90.0,"eph":1.2}\n'
)
HEARD = (
    b'{"class":"SKY","hdop":0.9,"satellites":[{"PRN":3,"gnssid":0,"ss":46.0,"used":true},'
    b'{"PRN":71,"gnssid":6,"ss":38.0,"used":true},{"PRN":9,"gnssid":0,"ss":0.0,"used":false}]}\n'
)


def test_gpsd_tells_position_and_sky() -> None:
    reports = Reports()
    assert reports.feed(HEARD) is None
    epoch = reports.feed(TPV)
    assert epoch is not None
    assert (epoch.mode, epoch.satellites, epoch.hdop) == (FULL_FIX, 2, 0.9)
    assert (epoch.systems, epoch.cn0_dbhz) == ({"G": 1, "R": 1}, (46.0, 38.0))
    assert epoch.stated_m is None, "gpsd's own estimate comes from a model"
    assert reports.feed(TPV) is None, "the same instant again"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b'{"class":"VERSION"}',
        b'{"class":"TPV","mode":"three"}',
        b'{"class":"SKY","satellites":7}',
        b"\xff",
    ],
)
def test_lines_of_gpsd_that_say_nothing_break_nothing(line: bytes) -> None:
    assert Reports().feed(line) is None


@pytest.mark.parametrize(("told", "mode"), [(b'"mode":1', NO_FIX), (b'"mode":3,"status":6', NO_FIX), (b'"mode":2', 2)])
def test_gpsd_without_a_fix_or_with_a_guess_says_so(told: bytes, mode: int) -> None:
    epoch = Reports().feed(TPV.replace(b'"mode":3', told))
    assert epoch is not None
    assert epoch.mode == mode
