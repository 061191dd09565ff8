"""What the city calls true is what the rules find: each life for some days, from the wire's bodies to the findings."""

from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from baqylau.crypto.cose import SharedKey
from baqylau.crypto.digests import CHAIN_START, observation_id
from baqylau.crypto.signing import Signer
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.domain.people import DeviceKind
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.reading import read
from baqylau.protocols.batch.envelope import digest_of, sealed_batch
from baqylau.protocols.batch.records import Batch
from baqylau.protocols.session import Keep
from baqylau.protocols.teltonika import TeltonikaDevice, decode_frame
from baqylau.sim.air.board import Server
from baqylau.sim.air.score import found
from baqylau.sim.city.days import DAY_S
from baqylau.sim.city.homes import Household
from baqylau.sim.city.lives import Citizen, citizens
from baqylau.sim.city.living import hears_relay
from baqylau.sim.city.on_air import HomeOnAir
from baqylau.sim.city.outcome import Outcome, compare
from baqylau.sim.city.registers import bracelet_id, person_id, relay_id, secret, supervision, unit_id, wire_number
from baqylau.sim.city.scenario import HEARD, TRACKED, Deed, Life, Scenario, Spoiling
from baqylau.sim.city.spoilt import done, told
from baqylau.sim.city.standing import Standing
from baqylau.sim.city.standing_on_air import StandingUnit
from baqylau.sim.city.worn_board import WornBoard
from baqylau.sim.city.worn_on_air import WornTracker
from baqylau.sim.stories import Story
from tests.unit.sim.towns import town

FRIDAY = datetime(2026, 3, 13, 3, tzinfo=UTC)
"""08:00 in Almaty: a working day and the weekend after it."""
MONDAY_EVENING = datetime(2026, 3, 9, 12, tzinfo=UTC)
ON_THE_LINE = timedelta(milliseconds=300)


def days_of(life: Life) -> Scenario:
    return town(DeviceKind.TRACKER, life, persons=2, hours=48.5, report_every_s=60.0)


def evening_of(life: Life) -> Scenario:
    return town(DeviceKind.HOME_UNIT, life, persons=1, hours=3.5, power_cut_min=0)


def tracked(one: Citizen, scenario: Scenario, begun_at: datetime) -> tuple[Finding, ...]:
    assert isinstance(one.does, Story)
    ends_at, device = begun_at + timedelta(hours=scenario.hours), DeviceId(wire_number(one.number))
    heard_of = takewhile(lambda each: each[0] < ends_at, told(one.does, one.sky, begun_at, Random(one.number)))  # noqa: S311 - noise of a receiver
    observations = [
        Observation(
            id=observation_id(device.encode(), at.isoformat().encode()),
            device_id=device,
            observed_at=at,
            received_at=at + ON_THE_LINE,
            bodies=bodies,
        )
        for at, bodies in heard_of
    ]
    return found(supervision(one, begun_at), observations, ends_at)


def by_frames(one: Citizen, scenario: Scenario, begun_at: datetime) -> tuple[Finding, ...]:
    """The same, through the frames of the wire: what the tracker says of the relay is in them and nowhere else."""
    assert isinstance(one.does, Story)
    prescribed, ends_at = supervision(one, begun_at), begun_at + timedelta(hours=scenario.hours)
    fleet, number = Fleet(prescribed.devices, [prescribed]), wire_number(one.number)
    device = TeltonikaDevice(number, partial(hears_relay, one, begun_at))
    tracker, observations = fleet.device(DeviceId(number)), list[Observation]()
    assert tracker is not None
    for said in takewhile(lambda each: each[0] < ends_at, told(one.does, one.sky, begun_at, Random(one.number))):  # noqa: S311 - noise of a receiver
        [keep] = decode_frame(device.report([said]))
        assert isinstance(keep, Keep)
        for reading in keep.readings:
            observations += [each.observation for each in read(fleet, tracker, reading, now=said[0] + ON_THE_LINE)]
    return found(prescribed, observations, ends_at)


def heard(one: Citizen, scenario: Scenario, begun_at: datetime) -> tuple[Finding, ...]:
    assert isinstance(one.does, Household | Standing)
    prescribed, unit, lasts_s = supervision(one, begun_at), unit_id(one.number), scenario.hours * 3600
    home = (
        StandingUnit(one.number, one.does, prescribed, begun_at)
        if isinstance(one.does, Standing)
        else HomeOnAir(one.number, one.does, prescribed, begun_at, lasts_s, one.sky)
    )
    worn = bracelet_id(one.number)
    server = Server(prescribed, {each: secret(each) for each in (worn, relay_id(one.number))}, begun_at, unit)
    observations, previous, at_s = list[Observation](), CHAIN_START, 0.0
    while at_s < lasts_s:
        at_s += 60.0
        home.live_until(at_s)
        if home.box.waiting:
            batch = Batch(device_id=unit, previous=previous, configuration=1, records=tuple(home.box.waiting))
            home.box.waiting.clear()
            raw = sealed_batch(batch, Signer(bytes(32)))
            previous = digest_of(raw)
            observations += server.take(raw, begun_at + timedelta(seconds=at_s) + ON_THE_LINE)
    assert server.faults == []
    return found(prescribed, observations, begun_at + timedelta(hours=scenario.hours))


def worn(one: Citizen, scenario: Scenario, begun_at: datetime, folder: Path) -> tuple[Finding, ...]:
    """By a tracker of our own: its core, its ring and its link, to the server's reading."""
    assert isinstance(one.does, Story)
    prescribed, name = supervision(one, begun_at), unit_id(one.number)
    board = WornBoard(one.number, one.does, begun_at, done(one.sky))
    tracker = WornTracker(one.number, board, prescribed, begun_at, folder / name)
    observations, at_s = list[Observation](), 0.0
    while at_s < scenario.hours * 3600:
        at_s += 60.0
        tracker.live_until(at_s)
        ring, arrives_at = tracker.machine.ring, begun_at + timedelta(seconds=at_s) + ON_THE_LINE
        while (batch := ring.batch()) is not None and (raw := tracker.machine.link.request()) is not None:
            server = Server(prescribed, {}, begun_at, name, SharedKey(secret(name)))
            observations += server.take(raw, arrives_at)
            assert server.faults == []
            ring.kept(0, [[batch[0], batch[0] + len(batch[1]) - 1]])
    return found(prescribed, observations, begun_at + timedelta(hours=scenario.hours))


@pytest.mark.parametrize("life", sorted(TRACKED))
def test_a_life_with_a_tracker_of_our_own_is_found_as_it_is_through_a_working_day(life: Life, tmp_path: Path) -> None:
    scenario = town(DeviceKind.TRACKER, life, persons=1, hours=14.0, protocols={"own": 1})
    people = list(citizens(scenario, FRIDAY))
    findings = {person_id(one.number): worn(one, scenario, FRIDAY, tmp_path) for one in people}
    assert compare(people, findings, FRIDAY).wrong == []


def spoilt(kind: DeviceKind, life: Life, deed: Deed, lasts_min: float, **more: Any) -> tuple[Scenario, list[Citizen]]:
    """A town in which satellites are spoilt for everybody, half an hour after it begins."""
    everywhere = (Spoiling(deed=deed, radius_m=20_000.0, after_h=0.5, lasts_min=lasts_min),)
    scenario = town(kind, life, persons=2, hours=3.5, spoilings=everywhere, **more)
    return scenario, list(citizens(scenario, MONDAY_EVENING))


@pytest.mark.parametrize(
    ("deed", "lasts_min", "code"), [(Deed.JAMMED, 25.0, Code.NO_FIX), (Deed.SPOOFED, 0.5, Code.JUMP)]
)
@pytest.mark.parametrize("life", [Life.AT_HOME, Life.AT_WORK, Life.OUT, Life.FORBIDDEN])
def test_where_satellites_are_spoilt_a_bought_tracker_has_no_place_and_nobody_is_found_elsewhere(
    life: Life, deed: Deed, lasts_min: float, code: Code
) -> None:
    scenario, people = spoilt(DeviceKind.TRACKER, life, deed, lasts_min)
    findings = {person_id(one.number): tracked(one, scenario, MONDAY_EVENING) for one in people}
    outcome = compare(people, findings, MONDAY_EVENING)
    assert outcome.wrong == []
    assert outcome.by_code[code].found >= len(people)


@pytest.mark.parametrize(("deed", "lasts_min"), [(Deed.JAMMED, 25.0), (Deed.SPOOFED, 20.0)])
@pytest.mark.parametrize("life", [Life.AT_HOME, Life.AT_WORK])
def test_where_satellites_are_spoilt_nobody_with_a_tracker_of_ours_is_found_elsewhere(
    life: Life, deed: Deed, lasts_min: float, tmp_path: Path
) -> None:
    scenario, people = spoilt(DeviceKind.TRACKER, life, deed, lasts_min, protocols={"own": 1})
    findings = {person_id(one.number): worn(one, scenario, MONDAY_EVENING, tmp_path) for one in people}
    assert compare(people, findings, MONDAY_EVENING).wrong == []


@pytest.mark.parametrize(("deed", "lasts_min"), [(Deed.JAMMED, 25.0), (Deed.SPOOFED, 0.5)])
def test_where_satellites_are_spoilt_nobody_who_carries_a_unit_is_found_elsewhere(deed: Deed, lasts_min: float) -> None:
    scenario, people = spoilt(DeviceKind.MOBILE_UNIT, Life.AT_WORK, deed, lasts_min)
    findings = {person_id(one.number): heard(one, scenario, MONDAY_EVENING) for one in people}
    assert compare(people, findings, MONDAY_EVENING).wrong == []


def roofed(life: Life, **more: float) -> Scenario:
    return town(
        DeviceKind.TRACKER,
        life,
        persons=1,
        hours=48.5,
        report_every_s=60.0,
        protocols={"teltonika": 1},
        relay_share=1.0,
        **more,
    )


@pytest.mark.parametrize("life", [Life.AT_WORK, Life.FORBIDDEN, Life.STRAP, Life.ASTRAY, Life.UNDER_ROOF])
def test_who_wears_a_tracker_beside_a_relay_is_found_as_they_are_without_satellites_at_home(life: Life) -> None:
    scenario = roofed(life, relay_fails_share=0.0)
    people = list(citizens(scenario, FRIDAY))
    findings = {person_id(one.number): by_frames(one, scenario, FRIDAY) for one in people}
    outcome = compare(people, findings, FRIDAY)
    assert outcome.wrong == []
    assert (outcome.by_code[Code.RELAY_FIX].happened > 0) is (life not in {Life.STRAP, Life.UNDER_ROOF})


def test_where_the_relay_broke_down_nobody_knows_where_its_tracker_is_and_that_is_found() -> None:
    for life in (Life.AT_HOME, Life.AT_WORK):
        scenario = roofed(life, relay_fails_share=1.0)
        people = list(citizens(scenario, FRIDAY))
        findings = {person_id(one.number): by_frames(one, scenario, FRIDAY) for one in people}
        outcome = compare(people, findings, FRIDAY)
        assert outcome.wrong == []
        assert outcome.by_code[Code.RELAY_FAULT].found == len(people)
        assert outcome.by_code[Code.NO_FIX].found >= len(people)


def test_a_relay_that_broke_down_beside_a_home_unit_is_found_and_nobody_is_missed_for_it() -> None:
    scenario = msgspec.structs.replace(evening_of(Life.OUT), relay_share=1.0, relay_fails_share=1.0)
    people = list(citizens(scenario, MONDAY_EVENING))
    findings = {person_id(one.number): heard(one, scenario, MONDAY_EVENING) for one in people}
    outcome = compare(people, findings, MONDAY_EVENING)
    assert outcome.wrong == []
    assert outcome.by_code[Code.RELAY_FAULT].found == outcome.by_code[Code.LEFT_EARLY].found == 1


@pytest.mark.parametrize(
    ("life", "code"),
    [
        (Life.APART, Code.SEPARATION),
        (Life.FORBIDDEN, Code.EXCLUSION_ENTRY),
        (Life.OUT, Code.LEFT_EARLY),
        (Life.LATE, Code.LATE_RETURN),
        (Life.STRAP, Code.STRAP_OPEN),
    ],
)
def test_a_life_with_a_unit_that_is_carried_is_found_as_it_is_through_an_evening(life: Life, code: Code) -> None:
    scenario = town(DeviceKind.MOBILE_UNIT, life, persons=1, hours=3.5)
    people = list(citizens(scenario, MONDAY_EVENING))
    findings = {person_id(one.number): heard(one, scenario, MONDAY_EVENING) for one in people}
    outcome = compare(people, findings, MONDAY_EVENING)
    assert outcome.wrong == []
    assert outcome.by_code[code].found == 1


@pytest.mark.parametrize(
    ("kind", "code"), [(DeviceKind.BREATH_UNIT, Code.BREATH_TAMPER), (DeviceKind.AV_UNIT, Code.CASE_OPEN)]
)
def test_a_unit_that_waits_for_checks_says_that_it_is_opened_and_nothing_else_of_anybody(
    kind: DeviceKind, code: Code
) -> None:
    scenario = town(kind, Life.OPENED, persons=1, seed=3, hours=30.0)
    people = list(citizens(scenario, MONDAY_EVENING))
    findings = {person_id(one.number): heard(one, scenario, MONDAY_EVENING) for one in people}
    outcome = compare(people, findings, MONDAY_EVENING)
    assert outcome.wrong == []
    assert outcome.by_code[code].found == 2


@cache
def outcome_of(life: Life, *, by_radio: bool) -> Outcome:
    scenario, begun_at = (evening_of(life), MONDAY_EVENING) if by_radio else (days_of(life), FRIDAY)
    people = list(citizens(scenario, begun_at))
    judged = heard if by_radio else tracked
    return compare(people, {person_id(one.number): judged(one, scenario, begun_at) for one in people}, begun_at)


@pytest.mark.parametrize("life", sorted(TRACKED))
def test_a_life_with_a_tracker_is_found_as_it_is_over_a_working_day_and_a_weekend(life: Life) -> None:
    assert outcome_of(life, by_radio=False).wrong == []


@pytest.mark.parametrize("life", sorted(HEARD))
def test_a_life_with_a_home_unit_is_found_as_it_is_through_an_evening(life: Life) -> None:
    assert outcome_of(life, by_radio=True).wrong == []


@pytest.mark.parametrize(
    ("life", "code", "times"),
    [
        (Life.FORBIDDEN, Code.EXCLUSION_ENTRY, 4),
        (Life.OUT, Code.LEFT_EARLY, 4),
        (Life.LATE, Code.LATE_RETURN, 2),
        (Life.STRAP, Code.STRAP_OPEN, 4),
        (Life.SPENT, Code.BATTERY_LOW, 4),
        (Life.UNCHARGED, Code.NO_CHARGE_DAY, 2),
        (Life.ASTRAY, Code.JUMP, 4),
    ],
)
def test_what_happens_every_day_is_true_every_day(life: Life, code: Code, times: int) -> None:
    tally = outcome_of(life, by_radio=False).by_code[code]
    assert (tally.happened, tally.found) == (times, times)


@pytest.mark.parametrize(
    ("life", "code"),
    [
        (Life.OUT, Code.LEFT_EARLY),
        (Life.LATE, Code.LATE_RETURN),
        (Life.STRAP, Code.STRAP_OPEN),
        (Life.MOVED, Code.UNIT_MOVED),
        (Life.RELAY_MOVED, Code.RELAY_FAULT),
    ],
)
def test_what_happens_around_a_home_unit_is_found_once(life: Life, code: Code) -> None:
    tally = outcome_of(life, by_radio=True).by_code[code]
    assert (tally.happened, tally.found) == (1, 1)


def test_a_home_in_a_power_cut_says_so_and_goes_on_hearing() -> None:
    scenario = town(DeviceKind.HOME_UNIT, Life.AT_HOME, persons=12, hours=3.0)
    people = [one for one in citizens(scenario, MONDAY_EVENING) if one.truths][:2]
    assert people
    findings = {person_id(one.number): heard(one, scenario, MONDAY_EVENING) for one in people}
    outcome = compare(people, findings, MONDAY_EVENING)
    assert outcome.wrong == []
    assert outcome.by_code[Code.MAINS_LOST].found == len(people)


def test_who_works_is_asked_for_nothing_on_a_weekend() -> None:
    [one] = citizens(town(DeviceKind.TRACKER, Life.AT_WORK, persons=1, hours=50.0), FRIDAY)
    assert isinstance(one.does, Story)
    walks = [leg for leg in one.does.legs if len(leg.way) > 1]
    assert len(walks) == 2
    assert sum(leg.lasts_s or 0.0 for leg in one.does.legs) > 2 * DAY_S
