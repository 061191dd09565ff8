"""What a receiver believes, and everything that it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.protocols.beacon import frame
from baqylau.protocols.beacon.keys import EPOCH_S, epoch_of, period_of
from baqylau.protocols.beacon.recognising import DRIFT, WINDOW_S, Clock, Recognised, Refusal, Refused
from baqylau.protocols.beacon.status import Status, unpack
from tests.unit.protocols.beacon.air import BEGIN_S, BRACELET, receiver, sent

NIGHT_S = 8 * 3600


def refusal(said: Recognised | Refused) -> Refusal:
    """Give why a frame was not believed."""
    assert isinstance(said, Refused)
    return said.refusal


def test_a_beacon_of_ours_is_recognised_with_what_it_says() -> None:
    status = Status(now=frozenset({"strap", "moving"}), battery_percent=88.5, temperature_c=-7, events=3)
    said = receiver().hear(sent(BEGIN_S, 2, status), BEGIN_S + 0.4)
    assert isinstance(said, Recognised)
    assert (said.device_id, said.kind, said.at_s, said.sub) == (BRACELET, frame.BRACELET, BEGIN_S, 2)
    read = unpack(said.status)
    assert (read.now, read.battery_percent, read.temperature_c, read.events) == (status.now, 88.5, -7, 3)


def test_every_beacon_of_a_night_is_recognised_over_all_changes_of_identity() -> None:
    hall = receiver()
    seconds = range(BEGIN_S, BEGIN_S + NIGHT_S, 5)
    assert all(isinstance(hall.hear(sent(second), second + 0.2), Recognised) for second in seconds)


@given(st.integers(0, frame.FRAME_BYTES * 8 - 1))
def test_no_flipped_bit_is_believed(bit: int) -> None:
    beacon = bytearray(sent(BEGIN_S))
    beacon[bit // 8] ^= 1 << bit % 8
    assert refusal(receiver().hear(bytes(beacon), BEGIN_S)) in {Refusal.VERSION, Refusal.FOREIGN, Refusal.BROKEN}


@pytest.mark.parametrize("late_s", [-4.0, 4.0, 60.0, 86_400.0])
def test_a_recording_is_dead_even_when_the_original_was_never_heard(late_s: float) -> None:
    assert refusal(receiver().hear(sent(BEGIN_S), BEGIN_S + late_s)) in {Refusal.STALE, Refusal.FOREIGN}


def test_the_same_frame_counts_once_and_an_earlier_one_no_more() -> None:
    hall = receiver()
    assert isinstance(hall.hear(sent(BEGIN_S + 1), BEGIN_S + 1.0), Recognised)
    assert refusal(hall.hear(sent(BEGIN_S + 1), BEGIN_S + 1.1)) is Refusal.REPEATED
    assert refusal(hall.hear(sent(BEGIN_S), BEGIN_S + 1.2)) is Refusal.REPEATED
    assert isinstance(hall.hear(sent(BEGIN_S + 1, 1), BEGIN_S + 1.3), Recognised)


@pytest.mark.parametrize("length", [0, 1, 26, 28, 255])
def test_a_frame_of_another_length_is_named_so(length: int) -> None:
    beacon = (sent(BEGIN_S) + bytes(300))[:length]
    assert refusal(receiver().hear(beacon, BEGIN_S)) is Refusal.LENGTH


def test_another_kind_under_the_same_identity_is_broken() -> None:
    beacon = sent(BEGIN_S)
    changed = bytes([frame.head(frame.RELAY)]) + beacon[1:]
    assert receiver().hear(changed, BEGIN_S) == Refused(refusal=Refusal.BROKEN, device_id=BRACELET)


def test_what_goes_by_no_identity_of_ours_is_foreign() -> None:
    assert refusal(receiver().hear(sent(BEGIN_S, root=bytes(32)), BEGIN_S)) is Refusal.FOREIGN
    assert refusal(receiver().hear(bytes([frame.head(1)]) + bytes(26), BEGIN_S)) is Refusal.FOREIGN


def test_a_receiver_without_the_keys_of_a_day_hears_nobody_on_that_day() -> None:
    today = period_of(epoch_of(BEGIN_S))
    hall = receiver(periods=range(today, today + 1))
    tomorrow_s = (today + 1) * 84 * EPOCH_S + 5
    assert isinstance(hall.hear(sent(BEGIN_S), BEGIN_S), Recognised)
    assert refusal(hall.hear(sent(tomorrow_s), tomorrow_s)) is Refusal.FOREIGN


def test_a_clock_that_drifts_is_followed_and_found_again_after_a_month_unheard() -> None:
    hall, ahead = receiver(), DRIFT * 0.8
    for heard_s in range(BEGIN_S, BEGIN_S + 3 * 86_400, 600):
        told_s = heard_s + int((heard_s - BEGIN_S) * ahead)
        assert isinstance(hall.hear(sent(told_s), heard_s), Recognised)
    later_s = BEGIN_S + 33 * 86_400
    assert isinstance(hall.hear(sent(later_s + int((later_s - BEGIN_S) * ahead)), later_s), Recognised)


def test_a_delay_that_grows_slowly_cannot_drag_the_clock_along() -> None:
    hall = receiver()
    refused = 0
    for number in range(600):
        delay_s = number * 0.02
        told_s = BEGIN_S + number * 10
        refused += isinstance(hall.hear(sent(told_s), told_s + delay_s), Refused)
    assert refused > 400
    assert abs(hall.clocks[BRACELET].offset_s) < 1.0


def test_a_device_whose_clock_is_in_doubt_by_an_hour_is_found() -> None:
    hall = receiver(clock=Clock(learned_s=BEGIN_S, doubt_s=3_600))
    assert isinstance(hall.hear(sent(BEGIN_S + 3_000), BEGIN_S), Recognised)


def test_a_device_that_is_no_longer_ours_is_foreign_and_its_clock_is_forgotten() -> None:
    hall = receiver()
    hall.own({})
    assert refusal(hall.hear(sent(BEGIN_S), BEGIN_S)) is Refusal.FOREIGN
    assert hall.clocks == {}


@given(st.binary(max_size=40), st.floats(0, 2**31))
def test_whatever_is_in_the_air_is_refused_by_name(beacon: bytes, heard_s: float) -> None:
    assert isinstance(receiver().hear(beacon, heard_s), Refused)


def test_the_window_is_three_seconds_and_not_more() -> None:
    assert isinstance(receiver().hear(sent(BEGIN_S), BEGIN_S + WINDOW_S), Recognised)
    assert refusal(receiver().hear(sent(BEGIN_S), BEGIN_S + WINDOW_S + 0.1)) is Refusal.STALE
