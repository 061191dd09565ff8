"""A city is the same for the same seed, tells its truth beforehand, and its report counts what was missed and false."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from random import Random

import msgspec
import pytest

from baqylau.devices.strap import Sample as Sensed
from baqylau.devices.tracker.board_line import read as _read_board
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, SubjectId
from baqylau.domain.observations import Fix
from baqylau.domain.people import DeviceKind
from baqylau.monitoring.server.fleet import Fleet
from baqylau.sim.air.life import Leave
from baqylau.sim.city.days import begun_at
from baqylau.sim.city.homes import Household
from baqylau.sim.city.lives import Citizen, citizens
from baqylau.sim.city.living import Spoken, timed
from baqylau.sim.city.outcome import compare
from baqylau.sim.city.plot import Bars, Curve, bars, svg
from baqylau.sim.city.registers import heard_devices, orders_end, person_id, registry, supervision
from baqylau.sim.city.report import Result, Sample, spoilings, write_report, write_truth
from baqylau.sim.city.sample import boards, houses, plot, sample, skies
from baqylau.sim.city.scenario import LINK, Deed, Life, Scenario, Spoiling, read_scenario
from baqylau.sim.sky.way import Way
from baqylau.sim.stories import Story, reports
from baqylau.sim.town_plan import to_point
from tests.unit.sim.towns import town


def read_board(line: bytes) -> object:
    return _read_board(line, 0)


NOW = datetime(2026, 3, 12, 9, 30, 15, tzinfo=UTC)
BEGUN_AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
"""Monday, 17:00 in Almaty."""
SMALL = Scenario(persons=120, seed=3, hours=3.0, home_unit_share=0.3, spoilings=())


@pytest.fixture(scope="module")
def people() -> list[Citizen]:
    return list(citizens(SMALL, BEGUN_AT))


def test_the_same_seed_makes_the_same_city_and_another_another(people: list[Citizen]) -> None:
    assert list(citizens(SMALL, BEGUN_AT)) == people
    assert list(citizens(msgspec.structs.replace(SMALL, seed=4), BEGUN_AT)) != people


def test_everybody_lives_in_the_time_that_there_is_and_most_lives_are_led(people: list[Citizen]) -> None:
    led = Counter(one.life for one in people)
    assert min(led[Life.AT_HOME], led[Life.AT_WORK]) > max(led[one] for one in set(led) - {Life.AT_HOME, Life.AT_WORK})
    assert len(led) >= 9
    for one in people:
        assert all(0 < true.after_s < SMALL.hours * 3600 for true in one.truths)
        if isinstance(one.does, Story):
            first = next(reports(one.does, BEGUN_AT, Random(1)))  # noqa: S311 - noise of a receiver
            assert first[0] == BEGUN_AT


def test_about_as_many_as_wanted_have_a_home_unit_and_a_bracelet(people: list[Citizen]) -> None:
    at_home = [one for one in people if one.protocol == LINK]
    assert 0.25 < len(at_home) / len(people) < 0.6
    assert {one.kind for one in at_home} == {*SMALL.unit_shares, DeviceKind.TRACKER}
    bracelets = [one for one in at_home if isinstance(one.does, Household)]
    known = registry(people, BEGUN_AT, orders_end(SMALL, BEGUN_AT))
    relays = [one for one in people if one.has_relay]
    assert {one.protocol for one in relays} == {LINK, "teltonika"}
    assert len(known.devices) == len(known.fittings) == len(people) + len(bracelets) + len(relays)


def test_a_quarter_of_the_town_has_no_mains_and_everybody_there_loses_it_at_once() -> None:
    many = town(DeviceKind.HOME_UNIT, Life.AT_HOME, persons=200, seed=1, hours=26.0)
    cuts = [
        (one.home.middle[0] > 0, one.home.middle[1] > 0, true.after_s)
        for one in citizens(many, BEGUN_AT)
        for true in one.truths
        if true.code is Code.MAINS_LOST
    ]
    assert 0 < len(cuts) < 200
    assert len({at_s for _, _, at_s in cuts}) == len(set(cuts)) <= 2
    never = msgspec.structs.replace(many, power_cut_min=0, relay_fails_share=0.0)
    assert not [true for one in citizens(never, BEGUN_AT) for true in one.truths]


def test_what_ran_down_in_the_night_waits_for_the_evening_and_does_not_run_down_again() -> None:
    tuesday_night = town(DeviceKind.TRACKER, Life.SPENT, persons=20, seed=1, hours=30.0)
    low = [[true.after_s for true in one.truths] for one in citizens(tuesday_night, BEGUN_AT)]
    assert all(len(one) <= 1 for one in low)
    assert any(low)


def test_the_registers_know_everybody_and_bind_them_as_they_live(people: list[Citizen]) -> None:
    known = registry(people, BEGUN_AT, orders_end(SMALL, BEGUN_AT))
    assert len(known.people) == SMALL.persons
    assert {one.order_id for one in known.restrictions} == {one.id for one in known.orders}


@pytest.mark.parametrize(("speed", "kept"), [(60.0, False), (1.0, True)])
def test_that_a_device_comes_on_the_line_is_a_word_of_its_person_only_where_the_citys_time_is_ours(
    people: list[Citizen], speed: float, *, kept: bool
) -> None:
    city, one = msgspec.structs.replace(SMALL, speed=speed), people[0]
    known = registry([one], BEGUN_AT, orders_end(city, BEGUN_AT))
    prescribed = msgspec.structs.replace(supervision(one, BEGUN_AT), orders=known.orders)
    fleet, device = Fleet(known.devices, [prescribed]), known.devices[0].id
    assert bool(fleet.belongs(device, NOW)) is kept
    assert [each.person_id for each in fleet.belongs(device, BEGUN_AT + timedelta(hours=1))] == [person_id(one.number)]


def test_a_scenario_is_read_from_yaml_and_json(tmp_path: Path) -> None:
    yaml, json = tmp_path / "city.yaml", tmp_path / "city.json"
    yaml.write_text("persons: 5\nlives: {at home: 1}\n")
    json.write_text('{"persons": 5, "lives": {"at home": 1}}')
    assert read_scenario(yaml) == read_scenario(json) == Scenario(persons=5, lives={Life.AT_HOME: 1})


def test_what_the_command_wants_goes_before_the_file_and_both_have_to_fit(tmp_path: Path) -> None:
    file = tmp_path / "city.yaml"
    file.write_text("persons: 5\nprograms: 2\n")
    assert read_scenario(file, {"speed": 1.0}) == Scenario(persons=5, programs=2, speed=1.0)
    with pytest.raises(ValueError, match="persons has to be more than 0"):
        read_scenario(file, {"speed": 1.0, "persons": 0})
    file.write_text("5 people")
    with pytest.raises(TypeError, match="a scenario is a list of fields"):
        read_scenario(file)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("people: 5", "people"),
        ("lives: {at sea: 1}", "lives: 'at sea' is not one of at home"),
        ("lives: {unit moved: 1}", "lives: 'unit moved' is not one of"),
        ("home_lives: {led astray: 1}", "home_lives: 'led astray' is not one of"),
        ("protocols: {carrier pigeon: 1}", "protocols: 'carrier pigeon' is not one of"),
        ("spoilings: [{deed: jammed, after_h: 1, lasts_min: 0}]", "jammed: radius_m and lasts_min are more than 0"),
        ("spoilings: [{deed: dimmed, after_h: 1, lasts_min: 5}]", "dimmed"),
        ("lives: {at home: 0}", "lives: no share is less than 0"),
        ("persons: 0", "persons has to be more than 0"),
        ("home_unit_share: 3", "home_unit_share is a part of all"),
        ("{home_unit_share: 0.6, mobile_unit_share: 0.6}", "the shares of people with units are more than all"),
        ("mobile_lives: {unit moved: 1}", "mobile_lives: 'unit moved' is not one of"),
        ("line_lost_min: -1", "line_lost_min cannot be less than 0"),
        ("programs: 2", "programs: real programs live in real time"),
        ("begins: friday", "begins: 'friday' is no day and time such as 'mon 17:00'"),
        ("begins: fri 24:00", "begins: 'fri 24:00'"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(written: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "city.yaml"
    file.write_text(written)
    with pytest.raises(ValueError, match=says):
        read_scenario(file)


def test_a_fast_city_begins_on_its_day_and_hour_and_has_ended_by_now() -> None:
    assert begun_at(SMALL, NOW) == BEGUN_AT
    days = msgspec.structs.replace(SMALL, hours=72.0)
    assert begun_at(days, NOW) == BEGUN_AT - timedelta(days=7), "three days from Monday evening are not over yet"
    friday = msgspec.structs.replace(SMALL, begins="fri 08:30")
    assert begun_at(friday, NOW) == datetime(2026, 3, 6, 3, 30, tzinfo=UTC)


def test_in_real_time_it_begins_now_and_its_time_is_ours() -> None:
    real = msgspec.structs.replace(SMALL, speed=1.0)
    begun = begun_at(real, NOW)
    assert begun == NOW
    assert timed(real, begun, now=lambda: NOW + timedelta(seconds=9), sleep=nothing).started_at == NOW


async def nothing(_seconds: float) -> None:
    """Do not wait."""


def found(code: Code, one: Citizen, after_s: float) -> Finding:
    at = BEGUN_AT + timedelta(seconds=after_s)
    return Finding(
        id=FindingId(f"{code}-{one.number}-{after_s}"),
        rule="test",
        rule_version="1",
        code=code,
        person_id=person_id(one.number),
        subject=SubjectId("subject"),
        at=at,
        because=(),
    )


def test_what_was_found_is_counted_as_right_missed_or_false(people: list[Citizen]) -> None:
    entered, opened, calm = (
        next(one for one in people if one.life is life and one.protocol != LINK)
        for life in (Life.FORBIDDEN, Life.STRAP, Life.AT_HOME)
    )
    findings = {
        person_id(entered.number): [found(Code.EXCLUSION_ENTRY, entered, entered.truths[0].after_s + 60)],
        person_id(calm.number): [found(Code.EXCLUSION_ENTRY, calm, 1000.0), found(Code.EXCLUSION_ENTRY, calm, 1300.0)],
    }
    outcome = compare([entered, opened, calm], findings, BEGUN_AT)
    entry, strap = outcome.by_code[Code.EXCLUSION_ENTRY], outcome.by_code[Code.STRAP_OPEN]
    assert (entry.happened, entry.found, entry.false) == (1, 1, 1)
    assert (strap.happened, strap.found, strap.false) == (1, 0, 0)
    assert [(one.number, one.what) for one in outcome.wrong] == [
        (opened.number, "missed"),
        (opened.number, "missed"),
        (calm.number, "false"),
    ]


def test_the_report_lies_beside_the_truth_and_its_pictures(people: list[Citizen], tmp_path: Path) -> None:
    write_truth(people, SMALL, tmp_path / "city")
    samples = [Sample(after_s=at, kept=at * 100, keep_ms=4.0, judge_ms=9.0, behind=0) for at in range(4)]
    unit = Spoken(devices=3, told=100, sent=120, confirmed=100, answers=10, answers_s=0.5, longest_answer_s=0.125)
    result = Result(
        scenario=SMALL,
        begun_at=BEGUN_AT,
        spoken={"home unit": unit, "wialon": Spoken(devices=1, told=300, sent=300, confirmed=300)},
        heard=heard_devices(people),
        judged_after_s=0.2,
        seconds=4.0,
        outcome=compare(people, {}, BEGUN_AT),
        samples=samples,
        spoilings=(),
    )
    page = write_report(result, tmp_path / "city").read_text()
    assert "| acknowledged a second | 100 |" in page
    assert "3 h of its time at 2700 times (60 wanted)" in page
    assert "| home unit | 3 | 100 | 120 | 100 | 0 | 0 | 50 ms | 125 ms |" in page
    relays, bracelets = sum(one.has_relay for one in people), sum(isinstance(one.does, Household) for one in people)
    assert f"Heard by these, without a line of their own: bracelet {bracelets}, relay {relays}." in page
    lies = {one.name for one in (tmp_path / "city").iterdir()}
    assert lies >= {"truth.jsonl", "scenario.json", "entries-kept.svg", "alarms-by-kind.svg"}
    assert len((tmp_path / "city" / "truth.jsonl").read_text().splitlines()) == SMALL.persons
    assert read_scenario(tmp_path / "city" / "scenario.json") == SMALL


def test_a_picture_without_points_is_a_picture() -> None:
    assert svg(Curve(title="nothing", unit="a second", points=())).startswith("<svg")
    assert bars(Bars(title="nothing", counts=())).startswith("<svg")


def test_counts_are_drawn_as_long_as_they_are() -> None:
    drawn = bars(Bars(title="alarms", counts=[("P01", {"found": 3, "missed": 1, "false": 0})]))
    assert "3 + 1 + 0" in drawn
    assert 'width="360.0"' in drawn
    assert 'width="120.0"' in drawn


def test_the_sample_for_real_programs_lives_as_its_people_do_from_when_it_is_on_the_air() -> None:
    bought = {"home_unit_share": 0.5, "mobile_unit_share": 0.0, "relay_share": 0.0, "protocols": {"wialon": 1}}
    real = Scenario(persons=30, speed=1.0, programs=2, home_lives={Life.OUT: 1}, power_cut_min=5, **bought)  # type: ignore[arg-type]
    everybody = list(citizens(real, BEGUN_AT))
    chosen = sample(everybody, real)
    assert [one.protocol for one in chosen] == [LINK] * 2
    on_air = houses(chosen, "127.0.0.1", {one.number: 9000 + one.number for one in chosen}, late_s=20.0)
    for one, house in zip(chosen, on_air, strict=True):
        assert isinstance(one.does, Household)
        [leave] = one.does.leaves
        away = [(scene.after_s, scene.away) for scene in house.plot if scene.away is not None]
        assert away == [(leave.out_s - 20, True), (leave.back_s - 20, False)]
        assert house.port == 9000 + one.number


def test_a_tracker_of_the_sample_has_a_board_that_its_wearer_wears_from_when_it_is_there() -> None:
    shares = {"home_unit_share": 0.0, "mobile_unit_share": 0.0, "protocols": {"own": 1}}
    real = Scenario(persons=9, speed=1.0, programs=1, lives={Life.STRAP: 1}, spoilings=(), **shares)  # type: ignore[arg-type]
    [one] = sample(list(citizens(real, BEGUN_AT)), real)
    opened = next(true for true in one.truths if true.code is Code.STRAP_OPEN)
    [board] = boards([one], BEGUN_AT, late_s=100.0)
    before, after = (board.lines(opened.after_s - 100.0 + beside_s) for beside_s in (0.0, 120.0))
    straps = [word for said in (before, after) for word in map(read_board, said) if isinstance(word, Sensed)]
    assert [strap.loop_ohm for strap in straps] == [47_000, 0]
    assert b"$GNRMC" in before[0]


def test_what_the_satellites_are_is_in_the_report_with_how_many_were_there() -> None:
    town_wide = Spoiling(deed=Deed.JAMMED, radius_m=20_000.0, after_h=1.0, lasts_min=20.0)
    jammed = msgspec.structs.replace(SMALL, persons=10, spoilings=(town_wide,), relay_share=0.0)
    everybody = list(citizens(jammed, BEGUN_AT))
    page = "\n".join(spoilings(jammed, everybody))
    there = sum(bool(one.sky.jammed_s) for one in everybody)
    assert there > 0
    assert f"| jammed | 0 m east, 0 m north | 20000 m | 1 h | 20 min | {there} |" in page
    assert not list(spoilings(SMALL, everybody))


def test_a_unit_of_the_sample_that_is_carried_sees_the_sky_of_its_wearers_way_from_when_it_is_there() -> None:
    shares = {"mobile_unit_share": 0.5, "protocols": {"wialon": 1}}
    real = Scenario(persons=30, speed=1.0, programs=1, mobile_lives={Life.OUT: 1}, **shares)  # type: ignore[arg-type]
    [_, one] = sample(list(citizens(real, BEGUN_AT)), real)
    assert isinstance(one.does, Household)
    assert one.does.carried is not None
    [sky] = skies([one], "127.0.0.1", {one.number: 9001}, late_s=20.0)
    told = takewhile(
        lambda each: each[0] < BEGUN_AT + timedelta(hours=3),
        reports(one.does.carried, BEGUN_AT, Random(1)),  # noqa: S311 - noise of a receiver
    )
    way = Way(sky.start, *sky.legs)
    for at, bodies in told:
        [fix] = [body for body in bodies if isinstance(body, Fix)]
        true = to_point(way.at((at - BEGUN_AT).total_seconds() - 20.0).place)
        assert abs(fix.latitude_deg - true.latitude_deg) < 0.0004
        assert abs(fix.longitude_deg - true.longitude_deg) < 0.0006
    [house] = houses([one], "127.0.0.1", {one.number: 9002}, late_s=20.0)
    felt = [(scene.after_s, scene.box["moving"]) for scene in house.plot]
    assert [moving for _, moving in felt] == [0.0, 1.0, 0.0, 1.0, 0.0]


def test_what_happened_before_a_home_was_on_the_air_is_so_from_the_beginning() -> None:
    household = Household(receivers=1, leaves=(Leave(-3600.0, 600.0),), box=((5.0, {"mains": False}),))
    scenes = list(plot(household, 30.0))
    assert [(one.after_s, one.away) for one in scenes if one.away is not None] == [(0.0, True), (570.0, False)]
    assert [(one.after_s, dict(one.box)) for one in scenes if one.box] == [(0.0, {"mains": 0.0})]
