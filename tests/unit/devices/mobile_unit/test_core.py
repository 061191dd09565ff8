"""A unit that is carried: what it hears, where it is, what it tells its wearer first, and what accuses nobody."""

from datetime import timedelta

import msgspec
import pytest

from baqylau.devices.linux_unit.inputs import ButtonPressed, FrameHeard, SourceState, Started, Tick
from baqylau.devices.linux_unit.outputs import Lamp, Restarting, Upload
from baqylau.devices.mobile_unit.inputs import CallPressed, PanicPressed, SkySeen
from baqylau.devices.mobile_unit.state import State
from baqylau.domain.commands import (
    ClearLatches,
    CommandState,
    LocateMode,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
    WalkNow,
)
from baqylau.domain.observations import (
    Battery,
    CallAsked,
    Fix,
    Grade,
    Interference,
    InterferenceKind,
    Motion,
    NoFix,
    Panic,
    Power,
    SelfTest,
    Sky,
)
from baqylau.domain.people import Language
from baqylau.protocols.batch.records import CommandResult, LocalFinding, Reception
from baqylau.protocols.beacon.status import Status
from tests.unit.devices.home_unit.home import RELAY
from tests.unit.devices.mobile_unit.handheld import BRACELET, HOME, SOURCE, TOWN, Handheld, epoch
from tests.unit.rules.stories import circle, exclusion, north, presence, territory


def results(unit: Handheld) -> list[tuple[int, CommandState, str]]:
    return [(one.number, one.state, one.detail) for one in unit.said_in(CommandResult)]


def test_what_is_heard_and_seen_goes_into_a_record_a_minute() -> None:
    unit = Handheld()
    unit.live(300, BRACELET)
    assert [one.frames for one in unit.said_in(Reception)] == [1, 11, 12, 12, 12, 12]
    assert len(unit.bodies(Fix)) == 5
    assert unit.bodies(Sky)[0].satellites == 11
    assert unit.lamp() is Lamp.CALM
    assert unit.said == []


def test_the_fix_is_written_as_it_came() -> None:
    unit = Handheld()
    unit.wait(1)
    unit.take(SkySeen, epoch=epoch(unit.at.timestamp(), TOWN, altitude_m=812.4, speed_m_s=1.3, stated_m=7.5))
    (fix,) = unit.bodies(Fix)
    assert (fix.latitude_deg, fix.altitude_m, fix.accuracy_m, fix.hdop) == (TOWN.latitude_deg, 812.4, 7.5, 0.9)


def test_who_leaves_the_unit_behind_is_asked_first_and_then_found_apart() -> None:
    unit = Handheld()
    unit.live(300, BRACELET)
    unit.live(160)
    assert unit.keys_said() == ["unit.say.take_along"]
    unit.live(130)
    assert unit.codes() == []
    unit.live(120)
    assert unit.codes() == ["M01"]
    assert unit.keys_said()[-1] == "unit.say.apart"
    assert unit.lamp() is Lamp.MISSING
    assert [one.urgent for one in unit.records if isinstance(one.said, LocalFinding)] == [True]
    unit.live(65, BRACELET)
    assert unit.codes() == ["M01", "M02"]
    assert unit.lamp() is Lamp.CALM


def test_while_somebody_is_not_surely_near_places_are_told_each_quarter_of_a_minute() -> None:
    unit = Handheld()
    unit.live(300, BRACELET)
    before = len(unit.bodies(Fix))
    unit.live(180)
    assert len(unit.bodies(Fix)) - before >= 8


def test_a_unit_that_hears_nothing_at_all_finds_nobody_apart() -> None:
    unit = Handheld()
    unit.live(300, BRACELET)
    unit.live(900, others=False)
    assert "M01" not in unit.codes()
    assert unit.lamp() is Lamp.FAULT


@pytest.mark.parametrize("how", ["dock", "relay", "place"])
def test_at_home_nobody_is_told_to_fetch_it(how: str) -> None:
    unit = Handheld()
    unit.place = HOME if how == "place" else None
    unit.sense(mains=how == "dock")
    relay = (RELAY,) if how == "relay" else ()
    unit.live(300, BRACELET, *relay)
    unit.live(480, *relay)
    assert unit.keys_said() == []
    assert unit.codes() == ["M01"]


def test_a_unit_that_lies_while_its_wearer_walks_is_not_carried() -> None:
    unit = Handheld()
    unit.sense(moving=False)
    unit.status = Status(battery_percent=90.0, now=frozenset({"moving"}), moving_minutes=1)
    for _ in range(14):
        unit.sense(moving=False)
        unit.live(60, BRACELET)
    assert unit.codes() == ["M03"]
    assert unit.keys_said() == ["unit.say.carry"]


def test_motion_is_told_at_once_and_rest_after_a_minute() -> None:
    unit = Handheld()
    unit.sense(moving=True)
    unit.sense(moving=False)
    unit.live(50, BRACELET)
    unit.sense(moving=True)
    assert unit.bodies(Motion) == [Motion(moving=True)]
    unit.sense(moving=False)
    unit.live(65, BRACELET)
    assert Motion(moving=False) in unit.bodies(Motion)


def test_at_rest_its_place_is_told_by_the_hour() -> None:
    unit = Handheld()
    unit.sense(moving=False)
    unit.live(660, BRACELET)
    before = len(unit.bodies(Fix))
    unit.live(3000, BRACELET)
    assert len(unit.bodies(Fix)) - before <= 1


def test_near_a_forbidden_place_it_warns_and_tells_places_faster() -> None:
    school = exclusion(zone=circle("School", north(3_000)), warning_m=200.0)
    unit = Handheld("12:00", school)
    unit.place = north(3_000 - 250)
    unit.live(60, BRACELET)
    assert unit.keys_said() == ["unit.say.near_zone"]
    unit.place = north(3_000)
    unit.live(60, BRACELET)
    assert unit.keys_said()[-1] == "unit.say.leave_zone"
    assert unit.codes() == ["Z02", "Z01"]
    assert len(unit.bodies(Fix)) >= 7


def test_who_leaves_the_territory_hears_it_though_there_is_no_line() -> None:
    unit = Handheld("12:00", territory(zone=circle("Town", HOME, 5_000.0)))
    unit.live(120, BRACELET)
    unit.place = north(6_000)
    unit.live(240, BRACELET)
    assert unit.keys_said() == ["unit.say.territory"]


def test_who_is_away_shortly_before_the_hours_at_home_is_reminded_once() -> None:
    unit = Handheld("21:40")
    unit.live(1080, BRACELET)
    assert unit.keys_said() == ["unit.say.soon_home"]
    at_home = Handheld("21:40")
    at_home.place = HOME
    at_home.live(1080, BRACELET)
    assert at_home.keys_said() == []


def test_who_is_not_home_in_time_is_told_to_go() -> None:
    unit = Handheld("21:50", presence(grace_s=300))
    unit.live(1200, BRACELET)
    assert unit.keys_said() == ["unit.say.soon_home", "unit.say.go_home"]


def test_under_a_roof_it_says_that_it_has_no_place_and_the_first_fix_is_told_at_once() -> None:
    unit = Handheld()
    unit.place = None
    unit.live(180, BRACELET)
    assert unit.bodies(NoFix) == [NoFix(satellites=2)] * 3
    unit.place = TOWN
    unit.live(5, BRACELET)
    assert len(unit.bodies(Fix)) == 1


def test_a_satellite_receiver_that_says_nothing_has_failed_and_no_place_is_invented() -> None:
    unit = Handheld()
    unit.live(60, BRACELET)
    unit.live(200, BRACELET, sky=False)
    assert SelfTest(passed=False, part="gnss") in unit.bodies(SelfTest)
    assert unit.bodies(NoFix)[-1] == NoFix()
    unit.live(10, BRACELET)
    assert unit.bodies(SelfTest)[-1] == SelfTest(passed=True, part="gnss")


def test_a_jammer_is_told_once_and_urgent_and_so_is_its_end() -> None:
    unit = Handheld()
    unit.live(300, BRACELET)
    for _ in range(24):
        unit.wait(5)
        loud = epoch(unit.at.timestamp(), None, agc=500, jam_figure=240, receiver_jam=3)
        unit.take(SkySeen, epoch=loud)
    told = unit.bodies(Interference)
    assert told
    assert {one.kind for one in told} == {InterferenceKind.GNSS_JAM}
    assert told[-1].grade is not Grade.NONE
    unit.live(900, BRACELET)
    assert unit.bodies(Interference)[-1].grade is Grade.NONE


def test_the_dock_and_the_charge_stand_in_its_diary() -> None:
    unit = Handheld()
    unit.sense(mains=False, battery_percent=60.0)
    unit.sense(battery_percent=19.0)
    unit.sense(mains=True, battery_percent=18.0)
    unit.sense(mains=True, battery_percent=95.0)
    unit.sense(mains=False)
    assert unit.bodies(Power) == [Power(external=False), Power(external=True), Power(external=False)]
    assert [one.level_percent for one in unit.bodies(Battery)] == [60.0, 19.0, 95.0]
    assert "unit.say.charge" in unit.keys_said()


def test_the_button_for_help_is_urgent_and_tells_the_place() -> None:
    unit = Handheld()
    unit.live(90, BRACELET)
    before = len(unit.bodies(Fix))
    outputs = unit.take(PanicPressed)
    assert Upload(urgent=True) in outputs
    assert unit.bodies(Panic) == [Panic()]
    assert len(unit.bodies(Fix)) == before + 1
    unit.take(CallPressed)
    assert unit.bodies(CallAsked) == [CallAsked()]
    assert unit.keys_said() == ["unit.say.help_asked", "unit.say.call_asked"]


def test_a_message_is_said_and_its_receipt_comes_back() -> None:
    unit = Handheld("23:00", quiet_from_min=22 * 60, quiet_until_min=6 * 60)
    words = {"language": Language.RU, "message_id": "m"}
    unit.order(1, TellPerson(text="Завтра в 10", **words))  # type: ignore[arg-type]
    unit.order(2, TellPerson(text="Срочно", urgent=True, **words))  # type: ignore[arg-type]
    assert [(one.text, one.aloud) for one in unit.said] == [("Завтра в 10", False), ("Срочно", False), ("Срочно", True)]
    assert unit.lamp() is not Lamp.CALM
    unit.take(ButtonPressed)
    assert results(unit)[-2:] == [(1, CommandState.DONE, "noted"), (2, CommandState.DONE, "noted")]


def test_orders_are_carried_out_once_and_what_is_for_a_home_is_refused() -> None:
    unit = Handheld()
    unit.live(30, BRACELET)
    before = len(unit.bodies(Fix))
    unit.order(1, ReportNow())
    unit.order(1, ReportNow())
    assert len(unit.bodies(Fix)) == before + 1
    unit.order(2, SetRate(fix_every_s=10, for_s=60))
    unit.live(60, BRACELET)
    assert len(unit.bodies(Fix)) >= before + 7
    unit.order(3, LocateMode(for_s=30))
    unit.live(30, BRACELET)
    unit.order(4, ClearLatches())
    unit.order(5, WalkNow(transmitter_id=BRACELET, rooms=("hall",), by="x"))
    unit.order(6, Restart())
    states = [(number, state) for number, state, _ in results(unit)]
    assert states == [
        (1, CommandState.DONE),
        (2, CommandState.DONE),
        (3, CommandState.DONE),
        (4, CommandState.FAILED),
        (5, CommandState.FAILED),
        (6, CommandState.DONE),
    ]
    assert Restarting() in unit.asked


def test_a_place_on_demand_that_is_not_known_comes_with_the_receivers_first_word() -> None:
    unit = Handheld()
    unit.live(120, BRACELET, sky=False)
    unit.order(1, ReportNow())
    assert unit.bodies(Fix) == []
    unit.live(5, BRACELET)
    assert len(unit.bodies(Fix)) == 1


def test_after_a_restart_nothing_is_forgotten_that_is_still_true() -> None:
    unit = Handheld()
    unit.live(300, BRACELET)
    unit.live(420)
    assert unit.codes() == ["M01"]
    unit.state = msgspec.msgpack.decode(msgspec.msgpack.encode(unit.state), type=State)
    unit.wait(20)
    unit.ms = 500
    unit.take(Started, sources=(SOURCE,))
    unit.take(Tick)
    assert unit.state.missing
    unit.live(65, BRACELET)
    assert unit.codes() == ["M01", "M02"]
    assert [record.seq for record in unit.records] == list(range(1, len(unit.records) + 1))


def test_a_clock_that_is_set_accuses_nobody() -> None:
    unit = Handheld()
    unit.live(300, BRACELET)
    unit.at += timedelta(hours=3)
    unit.take(Tick)
    unit.live(60, BRACELET)
    assert unit.codes() == []


def test_a_receiver_of_beacons_that_is_lost_is_told_and_one_of_satellites_is_not_mixed_up_with_it() -> None:
    unit = Handheld()
    unit.live(60, BRACELET)
    unit.take(SourceState, source="gpsd", working=False)
    assert unit.lamp() is Lamp.CALM
    unit.take(SourceState, source=SOURCE, working=False)
    assert unit.lamp() is Lamp.FAULT
    unit.take(SourceState, source=SOURCE, working=True)
    unit.take(FrameHeard, source=SOURCE, frame=b"somebody else", rssi_dbm=-80.0)
    assert unit.lamp() is Lamp.CALM
