"""A city is the same for the same seed, tells its truth beforehand, and its report counts what was missed and false."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, SubjectId
from baqylau.sim.city.lives import Citizen, citizens
from baqylau.sim.city.living import Lived, timed
from baqylau.sim.city.outcome import compare
from baqylau.sim.city.plot import Curve, svg
from baqylau.sim.city.registers import person_id, registry
from baqylau.sim.city.report import Result, Sample, write_report, write_truth
from baqylau.sim.city.scenario import Life, Scenario, read_scenario
from baqylau.sim.stories import reports

BEGUN_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
SMALL = Scenario(persons=60, seed=3, hours=2.0)


@pytest.fixture(scope="module")
def people() -> list[Citizen]:
    return list(citizens(SMALL))


def test_the_same_seed_makes_the_same_city_and_another_another(people: list[Citizen]) -> None:
    assert list(citizens(SMALL)) == people
    assert list(citizens(msgspec.structs.replace(SMALL, seed=4))) != people


def test_everybody_lives_in_the_time_that_there_is_and_most_lives_are_led(people: list[Citizen]) -> None:
    led = Counter(one.life for one in people)
    assert min(led[Life.AT_HOME], led[Life.AT_WORK]) > max(led[one] for one in set(led) - {Life.AT_HOME, Life.AT_WORK})
    assert len(led) >= 6
    for one in people:
        assert all(0 < true.after_s < SMALL.hours * 3600 for true in one.truths)
        first = next(reports(one.story, BEGUN_AT, Random(1)))  # noqa: S311 - noise of a receiver
        assert first[0] == BEGUN_AT


def test_the_registers_know_everybody_and_bind_them_as_they_live(people: list[Citizen]) -> None:
    known = registry(people, BEGUN_AT)
    assert len(known.people) == len(known.devices) == len(known.fittings) == SMALL.persons
    assert {one.order_id for one in known.restrictions} <= {one.id for one in known.orders}


def test_a_scenario_is_read_from_yaml_and_json_and_a_wrong_word_is_named(tmp_path: Path) -> None:
    yaml, json = tmp_path / "city.yaml", tmp_path / "city.json"
    yaml.write_text("persons: 5\nlives: {at home: 1}\n")
    json.write_text('{"persons": 5, "lives": {"at home": 1}}')
    assert read_scenario(yaml) == read_scenario(json) == Scenario(persons=5, lives={Life.AT_HOME: 1})
    yaml.write_text("people: 5\n")
    with pytest.raises(ValueError, match="people"):
        read_scenario(yaml)


async def nothing(_seconds: float) -> None:
    """Do not wait."""


def test_a_fast_city_ends_now_and_one_in_real_time_begins_now() -> None:
    fast = timed(msgspec.structs.replace(SMALL, speed=60.0), now=lambda: BEGUN_AT, sleep=nothing)
    assert fast.begun_at == BEGUN_AT - timedelta(hours=2) + timedelta(minutes=2)
    real = timed(msgspec.structs.replace(SMALL, speed=1.0), now=lambda: BEGUN_AT, sleep=nothing)
    assert real.begun_at == BEGUN_AT


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
        next(one for one in people if one.life is life) for life in (Life.FORBIDDEN, Life.STRAP, Life.AT_HOME)
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
    result = Result(
        scenario=SMALL,
        begun_at=BEGUN_AT,
        lived=Lived(told=400, sent=410, confirmed=400, refused=0, reconnects=2),
        judged_after_s=0.2,
        seconds=4.0,
        outcome=compare(people, {}, BEGUN_AT),
        samples=samples,
    )
    page = write_report(result, tmp_path / "city").read_text()
    assert "| acknowledged a second | 100 |" in page
    assert {one.name for one in (tmp_path / "city").iterdir()} >= {"truth.jsonl", "scenario.json", "positions-kept.svg"}
    assert len((tmp_path / "city" / "truth.jsonl").read_text().splitlines()) == SMALL.persons
    assert read_scenario(tmp_path / "city" / "scenario.json") == SMALL


def test_a_picture_without_points_is_a_picture() -> None:
    assert svg(Curve(title="nothing", unit="a second", points=())).startswith("<svg")
