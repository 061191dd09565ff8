"""A unit at home: what it writes down, whom it tells, what it never takes for an absence."""

from datetime import timedelta

from baqylau.devices.linux_unit.inputs import ButtonPressed, NoiseHeard, SourceState, Started, Tick
from baqylau.devices.linux_unit.outputs import Lamp, Restarting, Upload
from baqylau.domain.commands import ClearLatches, ReportNow, Restart, TellPerson, WalkNow
from baqylau.domain.observations import Battery, Displaced, Enclosure, Power, ReceiverHealth, SelfTest
from baqylau.domain.people import Language
from baqylau.protocols.batch.commands import Watched
from baqylau.protocols.batch.records import (
    Alive,
    CommandResult,
    CommandState,
    Doubt,
    LocalFinding,
    Own,
    Reception,
    WalkTest,
)
from baqylau.protocols.beacon.status import Status
from baqylau.protocols.beacon.system_time import seconds_at
from tests.unit.devices.home_unit.home import BRACELET, EVERY_S, RELAY, SECOND, SOURCE, Home, beacon
from tests.unit.rules.stories import PERSON, at, permission, presence


def receptions(home: Home) -> list[Reception]:
    return home.said_in(Reception)


def health(home: Home) -> list[ReceiverHealth]:
    return [body for own in home.said_in(Own) for body in own.bodies if isinstance(body, ReceiverHealth)]


def test_the_first_frame_is_written_at_once_and_then_one_record_a_minute() -> None:
    home = Home()
    home.live(300, BRACELET)
    heard = receptions(home)
    assert heard[0].frames == 1
    assert [one.frames for one in heard[1:]] == [11, 12, 12, 12, 12]
    assert {one.source for one in heard} == {SOURCE}
    assert [record.seq for record in home.records] == list(range(1, len(home.records) + 1))


def test_a_record_carries_the_median_strength_and_the_instant_of_its_last_frame() -> None:
    home = Home()
    home.live(60, BRACELET)
    for rssi_dbm in (-50.0, -71.0, -70.0):
        home.live(5, BRACELET, rssi_dbm=rssi_dbm)
    last_at = home.at
    home.live(60)
    record = [one for one in home.records if isinstance(one.said, Reception)][-1]
    assert isinstance(record.said, Reception)
    assert (record.said.rssi_dbm, record.said.frames) == (-70.0, 3)
    assert record.observed_at == last_at
    assert record.said.frame == beacon(BRACELET, int(seconds_at(last_at)), home.status)[0]


def test_a_cut_strap_is_written_at_once_and_urgent_and_so_is_one_closed_again() -> None:
    home = Home()
    home.live(62, BRACELET)
    before = len(home.records)
    home.status = Status(battery_percent=90.0, now=frozenset({"strap"}), latched=frozenset({"strap"}), events=1)
    home.hear(beacon(BRACELET, int(seconds_at(home.at)) + 1, home.status)[0])
    cut = [one for one in home.records[before:] if isinstance(one.said, Reception)]
    assert [one.urgent for one in cut] == [True]
    assert Upload(urgent=True) in home.asked
    home.status = Status(battery_percent=90.0, latched=frozenset({"strap"}), events=2)
    home.live(8, BRACELET)
    assert [one.urgent for one in home.records if isinstance(one.said, Reception)][-1]
    assert "B01" in home.codes()


def test_motion_alone_waits_for_the_minute() -> None:
    home = Home()
    home.live(61, BRACELET)
    before = len(receptions(home))
    home.status = Status(battery_percent=90.0, now=frozenset({"moving"}), moving_minutes=3)
    home.live(30, BRACELET)
    assert len(receptions(home)) == before


def test_frames_of_strangers_are_counted_and_not_kept() -> None:
    home = Home()
    home.live(120)
    assert receptions(home) == []
    assert home.said_in(Doubt) == []
    assert health(home)[-1] == ReceiverHealth(working=True, frames=2)


def test_a_frame_that_a_second_receiver_hears_is_its_word_and_no_repetition() -> None:
    home = Home(sources=("modem", "ble"))
    home.live(120, BRACELET, sources=("modem", "ble"))
    assert {one.source for one in receptions(home)} == {"modem", "ble"}
    assert home.said_in(Doubt) == []


def test_a_recording_is_doubted_once_at_once_and_then_counted_by_the_hour() -> None:
    home = Home()
    recorded = beacon(BRACELET, int(seconds_at(home.at)), home.status)[0]
    home.live(60, BRACELET)
    for _ in range(500):
        home.wait(8)
        home.hear(recorded)
        home.take(Tick)
    doubts = home.said_in(Doubt)
    assert [(one.reason, one.count) for one in doubts[:1]] == [("stale", 1)]
    assert len(doubts) == 2
    assert 100 <= doubts[1].count <= 300


def test_a_changed_bit_is_doubted_as_broken() -> None:
    home = Home()
    raw = bytearray(beacon(BRACELET, int(seconds_at(home.at)), home.status)[0])
    raw[20] ^= 1
    home.hear(bytes(raw))
    assert [(one.transmitter_id, one.reason) for one in home.said_in(Doubt)] == [(BRACELET, "broken")]


def test_who_leaves_in_the_hours_of_duty_is_called_first_and_then_missed() -> None:
    home = Home("21:50")
    home.live(1200, BRACELET)
    home.live(151)
    assert home.keys_said() == [("unit.say.come_near", True)]
    home.live(200)
    assert home.codes() == ["P03"]
    assert home.keys_said()[-1] == ("unit.say.not_heard", True)
    local = [one for one in home.records if isinstance(one.said, LocalFinding)]
    assert [one.urgent for one in local] == [True]
    home.live(70, BRACELET)
    assert home.codes() == ["P03", "P04"]


def test_at_night_the_lamp_asks_and_only_what_is_grave_is_said_aloud() -> None:
    home = Home("23:50", quiet_from_min=23 * 60, quiet_until_min=6 * 60)
    home.live(400, BRACELET)
    home.live(160)
    assert home.keys_said() == [("unit.say.come_near", False)]
    home.live(200)
    assert home.keys_said()[-1] == ("unit.say.not_heard", True)


def test_in_free_hours_nobody_is_called_and_nothing_is_found() -> None:
    home = Home("12:00")
    home.live(300, BRACELET)
    home.live(900)
    assert (home.said, home.codes()) == ([], [])


def test_a_longer_buffer_chosen_by_a_walk_test_holds_for_what_the_unit_finds() -> None:
    home = Home("22:30", buffer_s=480)
    home.live(120, BRACELET)
    home.live(420)
    assert home.codes() == []
    home.live(120)
    assert home.codes() == ["P03"]


def test_a_receiver_that_hears_nobody_at_all_has_a_fault_and_nobody_is_absent() -> None:
    home = Home("22:30")
    home.live(300, BRACELET)
    home.live(900, others=False)
    assert not health(home)[-1].working
    assert "P03" not in home.codes()
    assert home.lamps[-1] is Lamp.FAULT


def test_a_second_receiver_does_not_testify_for_the_one_that_heard_the_bracelet() -> None:
    home = Home("22:30", sources=("modem", "ble"))
    home.live(300, BRACELET, sources=("ble",))
    home.take(SourceState, source="ble", working=False)
    home.live(900)
    assert not health(home)[-1].working
    assert "P03" not in home.codes()


def test_a_receiver_that_comes_back_works_again() -> None:
    home = Home()
    home.take(SourceState, source=SOURCE, working=False)
    assert not health(home)[-1].working
    home.take(SourceState, source=SOURCE, working=True)
    assert health(home)[-1].working
    home.take(NoiseHeard, source=SOURCE, noise_dbm=-101.0)
    home.live(61)
    assert health(home)[-1].noise_dbm == -101.0


def test_a_receiver_that_is_plugged_in_again_has_not_failed_and_one_that_stays_away_has() -> None:
    home = Home()
    home.take(SourceState, source=SOURCE, working=False)
    home.wait(30)
    home.take(Tick)
    assert self_tests(home) == []
    home.wait(60)
    home.take(Tick)
    assert self_tests(home) == [SelfTest(passed=False, part=f"radio {SOURCE}")]
    home.take(SourceState, source=SOURCE, working=True)
    assert self_tests(home)[-1].passed


def self_tests(home: Home) -> list[SelfTest]:
    """Give what the unit said of its own receivers' tests."""
    return [body for said in home.said_in(Own) for body in said.bodies if isinstance(body, SelfTest)]


def test_two_persons_share_a_unit_and_each_is_judged_alone() -> None:
    home = Home("22:30", second=True)
    home.live(300, BRACELET, SECOND)
    home.live(420, BRACELET)
    local = home.said_in(LocalFinding)
    assert [(one.code, one.transmitter_id) for one in local] == [("P03", SECOND)]
    assert home.said[-1].language is Language.KK


def test_a_relay_is_heard_and_proves_that_the_receiver_listens() -> None:
    home = Home("22:30")
    home.live(120, BRACELET, RELAY, others=False)
    home.live(420, RELAY, others=False)
    assert home.codes() == ["P03"]


def test_mains_lost_is_told_once_however_many_live_here() -> None:
    home = Home("22:30", second=True)
    home.sense(mains=True, opened=False, moved=False, battery_percent=100.0)
    home.live(10, BRACELET, SECOND)
    home.sense(mains=False)
    assert [one.key for one in home.said] == ["unit.say.mains"]
    assert home.said_in(Own)[-1].bodies == (Power(external=False),)


def test_opening_and_moving_the_box_are_urgent_and_moved_holds_until_somebody_looked() -> None:
    home = Home()
    home.sense(opened=True, moved=True, battery_percent=80.0)
    assert any(record.urgent for record in home.records)
    assert Own(bodies=(Enclosure(open=True), Displaced(moved=True), Battery(level_percent=80.0))) in home.said_in(Own)
    home.sense(moved=False)
    assert home.state.sensors.moved is True
    home.order(1, ClearLatches())
    assert home.said_in(Own)[-1].bodies == (Displaced(moved=False),)
    home.sense(battery_percent=79.0)
    assert home.said_in(Own)[-1].bodies == (Displaced(moved=False),)


def test_a_command_is_carried_out_once_and_never_after_its_end() -> None:
    home = Home()
    home.order(7, ReportNow())
    home.order(7, ReportNow())
    home.order(8, ReportNow(), ends_after=timedelta(seconds=0))
    home.order(8, ReportNow())
    results = home.said_in(CommandResult)
    assert [(one.number, one.state) for one in results] == [(7, CommandState.DONE), (8, CommandState.EXPIRED)]
    home.order(9, Restart())
    assert Restarting() in home.asked


def test_a_message_is_shown_said_and_noted() -> None:
    home = Home()
    home.order(1, TellPerson(message_id="m", text="Позвоните инспектору", language=Language.RU))
    assert [(one.text, one.aloud) for one in home.said] == [
        ("Позвоните инспектору", False),
        ("Позвоните инспектору", True),
    ]
    home.take(ButtonPressed)
    results = home.said_in(CommandResult)
    assert [(one.state, one.detail) for one in results] == [
        (CommandState.ACKNOWLEDGED, ""),
        (CommandState.DONE, "noted"),
    ]


def test_a_message_in_quiet_hours_waits_for_the_morning_unless_it_is_urgent() -> None:
    home = Home("23:59", quiet_from_min=0, quiet_until_min=6 * 60)
    home.live(120)
    home.order(1, TellPerson(message_id="m", text="later", language=Language.EN), ends_after=timedelta(hours=9))
    home.order(2, TellPerson(message_id="n", text="now", language=Language.EN, urgent=True))
    assert [one.text for one in home.said if one.aloud] == ["now"]
    home.wait(6 * 3600)
    home.take(Tick)
    assert [one.text for one in home.said if one.aloud] == ["now", "later"]
    assert home.said_in(CommandResult)[-1].detail == "said"


def test_a_walk_test_leads_through_the_rooms_and_chooses_a_buffer() -> None:
    home = Home()
    home.order(1, WalkNow(transmitter_id=BRACELET, rooms=("bed", "bath"), seconds_a_room=120, by="technician"))
    home.live(120, BRACELET)
    home.live(60)
    home.live(65, BRACELET, rssi_dbm=-88.0)
    (test,) = home.said_in(WalkTest)
    assert [one.place for one in home.said] == ["bed", "bath"]
    assert [(one.name, one.frames, one.median_dbm) for one in test.rooms] == [("bed", 24, -60.0), ("bath", 12, -88.0)]
    assert test.buffer_s == 540
    assert home.said_in(CommandResult)[-1].state is CommandState.DONE


def test_a_room_where_nothing_is_heard_needs_a_second_receiver() -> None:
    home = Home()
    home.order(1, WalkNow(transmitter_id=BRACELET, rooms=("cellar",), by="technician"))
    home.live(61)
    assert home.said_in(WalkTest)[-1].buffer_s == 0
    assert home.said_in(CommandResult)[-1].detail == "second receiver needed"


def test_a_step_of_the_clock_is_noticed_and_accuses_nobody() -> None:
    home = Home("22:30")
    home.live(300, BRACELET)
    home.at += timedelta(hours=1)
    home.live(2)
    alive = [one for one in home.records if isinstance(one.said, Alive)]
    assert alive[-1].observed_at - alive[-2].observed_at > timedelta(minutes=59)
    assert alive[-1].monotonic_ms == alive[-2].monotonic_ms
    home.live(120)
    assert home.codes() == []


def test_after_the_clock_was_set_right_the_bracelet_is_known_by_where_its_clock_must_be() -> None:
    home = Home("22:30")
    home.live(300, BRACELET)
    own_s = int(seconds_at(home.at))
    home.at += timedelta(seconds=90)
    home.live(3)
    home.hear(beacon(BRACELET, own_s + 4, home.status)[0])
    assert home.said_in(Doubt) == []


def test_a_signal_that_is_carried_on_is_doubted_with_its_delay() -> None:
    home = Home()
    added_ms = 0
    for number in range(400):
        added_ms = 60 if number > 300 else 0
        raw, goes_out_s = beacon(BRACELET, int(seconds_at(home.at)) + EVERY_S, home.status)
        home.wait(goes_out_s + added_ms / 1000 - seconds_at(home.at))
        home.hear(raw)
        home.take(Tick)
        if home.said_in(Doubt):
            break
    (doubt,) = home.said_in(Doubt)
    assert doubt.reason == "relayed"
    assert doubt.delay_ms is not None
    assert 25 <= doubt.delay_ms <= 70


def test_after_a_new_beginning_what_was_counted_is_written_and_the_numbers_go_on() -> None:
    home = Home()
    home.live(90, BRACELET)
    last = home.records[-1].seq
    home.ms = 5_000
    home.take(Started, sources=(SOURCE,))
    assert [type(record.said) for record in home.records if record.seq > last][:2] == [Reception, Alive]
    home.live(61, BRACELET)
    assert [record.seq for record in home.records] == list(range(1, len(home.records) + 1))
    assert health(home)[-1].working


def test_who_has_a_permission_is_neither_called_nor_missed() -> None:
    excused = permission(at("22:00"), at("23:59"))
    told = Watched(person_id=PERSON, transmitter_id=BRACELET, restrictions=(presence(),), permissions=(excused,))
    home = Home("22:30", watched=(told,))
    home.live(300, BRACELET)
    home.live(900)
    assert (home.keys_said(), home.codes()) == ([], [])
