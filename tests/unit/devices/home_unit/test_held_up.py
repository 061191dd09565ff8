"""What a unit says of frames that reach it late: whom nobody may be accused of, and who is found all the same."""

from datetime import timedelta

import msgspec

from baqylau.devices.home_unit.state import State
from baqylau.devices.linux_unit.inputs import FrameHeard, NoiseHeard, Tick
from baqylau.protocols.batch.records import Doubt, Reception
from baqylau.protocols.beacon.status import Status
from baqylau.protocols.beacon.system_time import seconds_at
from tests.unit.devices.home_unit.home import BRACELET, EVERY_S, RELAY, SOURCE, Home, beacon


def sent(home: Home, seconds: int) -> list[bytes]:
    """Give what a bracelet sends in the coming seconds."""
    begin_s = int(seconds_at(home.at)) + 1
    return [beacon(BRACELET, one, home.status)[0] for one in range(begin_s, begin_s + seconds) if one % EVERY_S == 0]


def noise(home: Home) -> None:
    home.take(NoiseHeard, source=SOURCE, noise_dbm=-103.0)


def test_a_unit_that_stood_still_for_minutes_accuses_nobody() -> None:
    home = Home()
    home.live(60, BRACELET)
    waiting = sent(home, 300)
    home.wait(300)
    for raw in waiting:
        home.hear(raw)
        home.wait(0.02)
    home.take(Tick)
    home.live(60, BRACELET)
    assert home.said_in(Doubt) == []


def test_what_its_board_heard_meanwhile_was_heard_then() -> None:
    home = Home()
    begin_s = seconds_at(home.at)
    for number in range(1, 120):
        raw, heard_s = beacon(BRACELET, int(begin_s) + EVERY_S * number, home.status)
        read_s = max(heard_s, begin_s + 420.0) if heard_s > begin_s + 300.0 else heard_s
        home.wait(read_s - seconds_at(home.at))
        home.take(
            FrameHeard, source=SOURCE, frame=raw, rssi_dbm=-60.0, late_ms=round(1000 * (seconds_at(home.at) - heard_s))
        )
        home.take(Tick)
    assert home.said_in(Doubt) == []
    assert sum(one.frames for one in home.said_in(Reception)) > 100
    assert all(one.first_at < home.at for one in home.said_in(Reception))


def test_who_jams_and_plays_it_again_while_the_receiver_goes_on_to_speak_is_found() -> None:
    home = Home()
    home.live(60, BRACELET)
    jammed = sent(home, 60)
    for _ in range(6):
        home.wait(10)
        noise(home)
    home.wait(5)
    home.hear(jammed[0])
    assert [one.reason for one in home.said_in(Doubt)] == ["stale"]


def test_a_recording_of_what_was_heard_is_out_of_order_after_any_silence() -> None:
    home = Home()
    recorded = sent(home, 10)[0]
    home.live(60, BRACELET)
    home.wait(300)
    home.hear(recorded)
    assert [one.reason for one in home.said_in(Doubt)] == ["stale"]


def test_a_frame_from_the_future_did_not_wait_in_any_line() -> None:
    home = Home()
    home.live(60, BRACELET)
    home.hear(beacon(BRACELET, int(seconds_at(home.at)) + 60, home.status)[0])
    assert [one.reason for one in home.said_in(Doubt)] == ["stale"]


def test_a_copy_with_the_same_key_is_found_though_it_comes_at_once() -> None:
    home = Home()
    home.live(60, BRACELET)
    now_s = int(seconds_at(home.at))
    home.hear(beacon(BRACELET, now_s, Status(battery_percent=20.0))[0])
    assert [one.reason for one in home.said_in(Doubt)] == ["clone"]


def test_a_relay_that_is_heard_in_time_shows_that_the_line_was_not_held_up() -> None:
    home = Home()
    home.live(60, BRACELET, RELAY)
    jammed = sent(home, 20)
    home.live(20, RELAY)
    home.hear(jammed[0])
    assert [one.reason for one in home.said_in(Doubt)] == ["stale"]


def test_after_our_clock_was_set_back_the_order_of_frames_is_still_known() -> None:
    home = Home()
    home.live(60, BRACELET)
    home.at -= timedelta(hours=1)
    home.live(2)
    flow = home.state.sources[SOURCE].flow
    assert abs(flow.made_s - seconds_at(home.at)) < EVERY_S + 3


def test_what_is_known_of_a_line_outlives_a_cut_of_power() -> None:
    home = Home()
    home.live(30, BRACELET)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(home.state), type=State)
    assert kept == home.state
