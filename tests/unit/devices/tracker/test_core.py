"""What a tracker does in its wearer's day."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from baqylau.devices.tracker.inputs import Located, Network, Pressed
from baqylau.domain.observations import Battery, Farewell, Fix, FixSource, Motion, Panic, Power, Skin, Strain, Strap
from baqylau.protocols.batch.records import ClockQuality, CommandResult, Doubt, LocalFinding, Own, Reception
from firmware.tracker.runner import POLL_EVERY_MS
from tests.unit.devices.tracker.life import BEGIN, HOME, Life

FAR = (HOME[0] + 0.05, HOME[1])


def rule(kind: str, **fields: Any) -> dict[str, Any]:
    zone = {"type": "circle", "name": "a", "center": list(HOME), "radius_m": 200.0}
    begun = {"type": kind, "id": kind, "from_at": "2020-01-01T00:00:00Z", "until_at": None, "zone": zone}
    return begun | {"schedule": None, "warning_m": 0.0} | fields


def watched(*rules: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"person_id": "p", "restrictions": list(rules), "language": "kk", "permissions": []}]


def gaps(times: list[float]) -> set[float]:
    return {round(after - before) for before, after in pairwise(times)}


def test_a_place_is_told_every_minute_and_the_receiver_sleeps_in_between() -> None:
    life = Life()
    life.wait(1800)
    assert gaps(life.fixes()[1:]) == {60}
    on_s = sum(after[0] - before[0] for before, after in pairwise(life.switched) if before[1]) / 1000
    assert on_s < 1800 * 0.2
    assert {one.clock for one in life.records} == {ClockQuality.NETWORK}


def test_at_rest_it_is_told_every_hour_and_in_motion_again_every_minute() -> None:
    life = Life()
    life.show(motion=(False, 0.0))
    life.wait(600)
    before = len(life.fixes())
    life.wait(4 * 3600, rate=5)
    assert len(life.fixes()) - before == 4
    life.show(motion=(True, 0.2))
    life.wait(300)
    assert gaps(life.fixes()[-4:]) == {60}


def test_without_a_place_it_says_so_after_the_search_and_goes_on_searching() -> None:
    life = Life(place=None)
    life.wait(600)
    assert life.fixes() == []
    assert 3 <= life.unplaced() <= 8


def test_a_poor_place_is_told_as_it_is_when_no_better_one_comes() -> None:
    life = Life(place=None)
    for _ in range(200):
        life.wait(1)
        if life.on:
            poor = life.epoch(mode=2, latitude_deg=43.0, longitude_deg=76.0, hdop=12.0, satellites=3)
            life.give(Located(life.at_ms, poor))
    [first, *_] = life.bodies(Fix)
    assert (first.hdop, first.satellites) == (12.0, 3)
    assert life.fixes()[0] >= 100, "a better one is waited for"


def test_three_frames_of_its_relay_are_its_place_and_the_receiver_sleeps() -> None:
    life = Life()
    life.run_by()
    life.wait(120)
    life.wait(1200, relay=True)
    told = life.fixes(FixSource.RELAY)
    assert 120 <= told[0] <= 130
    assert len(told) >= 4
    assert {one.accuracy_m for one in life.bodies(Fix) if one.source is FixSource.RELAY} == {30.0}
    assert [one for one in life.fixes() if one > told[0]] == []
    heard = [one.said for one in life.records if isinstance(one.said, Reception)]
    assert heard[0].transmitter_id == "RE-1"
    assert sum(one.frames for one in heard) >= 800
    checked = len(life.fixes())
    life.wait(1200, relay=True)
    assert len(life.fixes()) == checked + 1, "a check fix every half hour"
    life.wait(90)
    assert life.fixes()[-1] - (life.at_ms / 1000 - 90) <= 75, "left after a minute of silence, and found at once"


def test_two_frames_are_no_place_and_strangers_are_not_heard() -> None:
    life = Life()
    life.run_by()
    life.wait(2, relay=True)
    life.wait(60)
    assert life.fixes(FixSource.RELAY) == []
    life.run_by(version=2, anchors=[])
    life.wait(60, relay=True)
    assert life.fixes(FixSource.RELAY) == []


def test_a_recording_of_its_relay_is_doubted_and_gives_no_place() -> None:
    life = Life()
    life.run_by()
    life.wait(30, relay=True)
    life.wait(300)
    begun_s = life.at_s()
    before = len(life.fixes(FixSource.RELAY))
    for _ in range(20):
        life.wait(1)
        life.hear(begun_s - 120)
    assert len(life.fixes(FixSource.RELAY)) == before
    assert [one.said.reason for one in life.records if isinstance(one.said, Doubt)] == ["stale"]


def test_a_cut_strap_is_an_urgent_record_at_once() -> None:
    life = Life()
    life.wait(5)
    life.show(strap=(4_000_000, 80.0))
    assert life.records[-1].urgent
    assert life.bodies(Strap)[-1].open
    life.show(strap=(47_000, 80.0))
    assert not life.bodies(Strap)[-1].open


def test_a_cut_without_power_is_found_when_power_comes_back() -> None:
    life = Life()
    life.show(strap=(4_000_000, 80.0))
    again = Life(kept=life.kept)
    assert again.bodies(Strap)[0].open is False
    cut = Life(kept=life.kept)
    assert cut.state.clock.known()


def test_skin_and_strain_need_their_time() -> None:
    life = Life()
    life.order(1, "clear")
    life.show(skin_counts=100, strap=(90_000, 80.0))
    life.wait(1)
    assert (life.bodies(Skin)[-1].contact, life.bodies(Strain)[-1].beyond) == (True, False)
    life.wait(40)
    assert (life.bodies(Skin)[-1].contact, life.bodies(Strain)[-1].beyond) == (False, True)


def test_charger_motion_and_charge_are_told_when_they_change() -> None:
    life = Life()
    life.show(power=(3500, True), motion=(False, 0.0))
    assert life.bodies(Power)[-1].external
    assert not life.bodies(Motion)[-1].moving
    assert life.bodies(Battery)[-1].level_percent < 15


def test_the_last_word_comes_once_with_an_sms_and_the_receiver_is_off() -> None:
    life = Life()
    life.wait(10)
    for millivolts in (3150, 3120, 3100):
        life.show(power=(millivolts, False))
    assert [one.reason for one in life.bodies(Farewell)] == ["battery_empty"]
    assert not life.on
    [message] = life.messages()
    raw = message.said.sealed(bytes(32))
    assert len(raw) <= 140
    life.show(power=(3600, True))
    life.show(power=(3100, False))
    assert len(life.bodies(Farewell)) == 2


def test_a_cut_without_network_is_told_by_sms() -> None:
    life = Life()
    life.show(strap=(4_000_000, 80.0))
    assert life.messages() == []
    life.show(strap=(47_000, 80.0))
    life.give(Network(life.at_ms, there=False))
    life.show(strap=(4_000_000, 80.0))
    assert len(life.messages()) == 1


def test_the_button_for_help_is_urgent() -> None:
    life = Life()
    life.give(Pressed(life.at_ms))
    assert life.bodies(Panic)
    assert life.records[-1].urgent


@pytest.mark.parametrize(("kind", "place", "code"), [("exclusion", HOME, "Z01"), ("territory", FAR, "Z05")])
def test_the_wearer_is_warned_at_the_second_place_and_the_rate_is_faster(
    kind: str, place: tuple[float, float], code: str
) -> None:
    life = Life(place=place)
    life.run_by(watched=watched(rule(kind)))
    life.wait(10)
    assert life.warned() == []
    life.wait(600)
    assert life.warned() == [code]
    assert gaps(life.fixes()[-4:]) == {15}
    [local] = [one.said for one in life.records if isinstance(one.said, LocalFinding)]
    assert (local.code, local.told_person) == (code, True)
    life.place = FAR if kind == "exclusion" else HOME
    life.wait(800)
    assert gaps(life.fixes()[-3:]) == {60}, "in doubt for five minutes after the jump, and then as usual"
    assert life.warned() == [code]


def test_by_day_nobody_is_sent_home_and_at_night_they_are() -> None:
    at_night = {"timezone": "Asia/Almaty", "windows": [{"start_min": 1320, "end_min": 360, "weekdays": list(range(7))}]}
    zone = rule("presence")["zone"]
    life = Life(place=FAR)
    life.run_by(
        watched=watched(rule("presence", places=[zone], schedule=at_night)),
        ahead=[{"timezone": "Asia/Almaty", "minutes": 300}],
    )
    for _ in range(24):
        life.wait(3600, rate=20)
    hours = {one.observed_at.hour for one in life.records if isinstance(one.said, LocalFinding)}
    assert hours
    assert hours <= {17, 18, 19, 20, 21, 22, 23, 0}, "22:00 to 06:00 in Almaty is 17:00 to 01:00 UTC"


def test_who_rests_elsewhere_is_looked_at_when_the_hours_begin_and_not_up_to_an_hour_later() -> None:
    begins = (BEGIN + timedelta(hours=5, minutes=100)).replace(second=0)
    window = {"start_min": 60 * begins.hour + begins.minute, "end_min": 0, "weekdays": list(range(7))}
    life = Life(place=FAR)
    life.run_by(
        watched=watched(
            rule(
                "presence", places=[rule("presence")["zone"]], schedule={"timezone": "Asia/Almaty", "windows": [window]}
            )
        ),
        ahead=[{"timezone": "Asia/Almaty", "minutes": 300}],
    )
    life.show(motion=(False, 0.0))
    for _ in range(12 * 120):
        life.wait(5)
        life.show()
    begun_s = (begins - timedelta(hours=5) - BEGIN).total_seconds()
    before = [at_s for at_s in life.fixes() if at_s < begun_s]
    after = [at_s for at_s in life.fixes() if at_s >= begun_s]
    assert begun_s - before[-1] > 600, "it rested, and nobody looked"
    assert after[0] < begun_s + 90
    assert gaps(after[:4]) == {15}, "elsewhere is looked at closely"


def test_a_position_on_demand_comes_at_once_and_the_order_is_done() -> None:
    life = Life()
    life.wait(70)
    life.order(1, "report")
    assert life.results() == [(1, "acknowledged", "")]
    life.wait(10)
    assert life.results()[-1] == (1, "done", "")
    assert life.records[-1].urgent
    life.place = None
    life.order(2, "report")
    life.wait(130)
    assert life.results()[-1] == (2, "failed", "no_fix")


ON_DEMAND_S = 180


@pytest.mark.parametrize("lives", ["walking", "asleep", "by a relay", "under a roof", "in doubt"])
def test_a_position_on_demand_is_answered_within_three_minutes_wherever_it_is_asked_for(lives: str) -> None:
    life = Life()
    life.run_by()
    life.wait(300)
    if lives == "asleep":
        life.show(motion=(False, 0.0))
        life.wait(3 * 3600, rate=20)
    elif lives == "under a roof":
        life.place = None
        life.wait(300)
    elif lives == "in doubt":
        life.give(Network(life.at_ms, there=False))
    life.wait(60, relay=lives == "by a relay")
    asked_s, told = life.at_ms / 1000, len(life.records)
    life.order(1, "report", until_s=20_000)
    life.wait(ON_DEMAND_S - POLL_EVERY_MS // 1000, relay=lives == "by a relay")
    answers = [
        (one.said.state, one.said.detail, one.urgent, one.monotonic_ms / 1000)
        for one in life.records[told:]
        if isinstance(one.said, CommandResult) and one.said.state != "acknowledged"
    ]
    found = lives != "under a roof"
    state, detail, urgent, answered_s = answers[0]
    assert (state, detail, urgent) == (("done", "", True) if found else ("failed", "no_fix", True))
    assert answered_s - asked_s <= ON_DEMAND_S - POLL_EVERY_MS / 1000
    sources = {FixSource.RELAY} if lives == "by a relay" else {FixSource.GNSS}
    places = [
        body
        for one in life.records[told:]
        if isinstance(one.said, Own)
        for body in one.said.bodies
        if isinstance(body, Fix)
    ]
    assert {one.source for one in places} == (sources if found else set())


def test_orders_are_carried_out_once_and_not_after_their_end() -> None:
    life = Life()
    life.wait(65)
    life.order(4, "rate", fix_every_s=30, for_s=600)
    life.order(4, "rate", fix_every_s=5, for_s=600)
    life.order(5, "tell", until_s=-1, text="x", language="kk", urgent=False, message_id="m")
    life.order(6, "tell", text="Call us", language="ru", urgent=True, message_id="m")
    life.order(7, "walk", transmitter_id="b")
    life.order(8, "rate", fix_every_s=1)
    assert life.results() == [
        (4, "done", ""),
        (5, "expired", ""),
        (6, "done", ""),
        (7, "failed", "unknown"),
        (8, "failed", "form"),
    ]
    life.wait(300)
    assert gaps(life.fixes()[-5:]) == {30}
    life.wait(600)
    assert gaps(life.fixes()[-3:]) == {60}
    life.order(9, "locate", for_s=60)
    life.wait(30)
    assert max(gaps(life.fixes()[-4:])) <= 6
