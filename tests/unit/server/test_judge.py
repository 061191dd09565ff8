"""The judge over a real database: alarms once, late data judged again, nobody accused by our own blindness."""

from datetime import datetime, timedelta
from time import perf_counter

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, text

from baqylau.crypto.digests import observation_id
from baqylau.domain.acts import Channel, Close, Contact, Whom
from baqylau.domain.alarms import Action, Cause
from baqylau.domain.findings import Code
from baqylau.domain.ids import FittingId
from baqylau.domain.observations import Blind, Body, Fix, Observation, Strap
from baqylau.domain.orders import Fitting
from baqylau.domain.partitions import ALL_PARTITIONS, UNASSIGNED, ourselves, partition_of
from baqylau.monitoring.server import judge as judge_of
from baqylau.monitoring.server import judging
from baqylau.sim.load_fleet import load_registry
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.journal.journal import Entry
from baqylau.storage.judging.judgement import FencedError
from baqylau.storage.registers.registry import Registry
from tests.unit.server.site import AINUR, FAR_AWAY, IN_SCHOOL, START, TRACKER, Site, prescribed

PARTITION = partition_of(AINUR)
BEGUN = START - timedelta(days=30)


def entry(at: datetime, *bodies: Body, partition: int = PARTITION) -> Entry:
    return Entry(
        partition=partition,
        person_id=None if partition == UNASSIGNED else AINUR,
        observation=Observation(
            id=observation_id(TRACKER.encode(), at.isoformat().encode(), repr(bodies).encode()),
            device_id=TRACKER,
            observed_at=at,
            received_at=at,
            bodies=bodies,
        ),
        raw=b"",
    )


def listen(site: Site) -> None:
    """The gateway proves that it listened up to now."""
    site.live.gateway_beat(site.clock(), connected=1, keep_ms=None)


def walk_into_school(site: Site, minutes: int = 4) -> None:
    """A fix a minute inside the zone, each received as it is made."""
    for _ in range(minutes):
        site.clock.pass_by(minutes=1)
        site.journal.append([entry(site.clock(), IN_SCHOOL)])
        listen(site)


def codes(site: Site) -> list[Code]:
    return sorted(view.alarm.code for view in site.alarms())


@pytest.fixture
def site(engine: Engine) -> Site:
    opened = Site(engine, prescribed())
    opened.open_for_the_first_time()
    return opened


def catch_up(site: Site, owner: str = "judge") -> None:
    site.judge(owner).catch_up(lambda: False)


def test_walking_into_the_zone_becomes_one_alarm_that_says_why(site: Site) -> None:
    judge = site.judge()
    for _ in range(4):
        walk_into_school(site, 1)
        judge.catch_up(lambda: False)
    (view,) = site.alarms()
    assert (view.alarm.code, view.alarm.count) == (Code.EXCLUSION_ENTRY, 1)
    assert len(view.finding.because) >= 2
    assert view.finding.verdict is not None
    assert view.finding.thresholds


def test_a_judge_that_starts_again_at_any_point_says_nothing_twice(site: Site) -> None:
    for _ in range(6):
        walk_into_school(site, 1)
        catch_up(site)
    assert [view.alarm.count for view in site.alarms()] == [1]


def test_a_judge_that_was_taken_over_cannot_write(site: Site) -> None:
    old = site.judge("old")
    site.judge("new")
    walk_into_school(site)
    with pytest.raises(FencedError):
        old.catch_up(lambda: False)
    assert not site.alarms()


def test_a_backlog_that_is_read_in_parts_makes_nobody_silent_in_between(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge_of, "ENTRIES_A_ROUND", len(ALL_PARTITIONS))
    for _ in range(180):
        site.clock.pass_by(minutes=1)
        site.journal.append([entry(site.clock(), FAR_AWAY)])
    listen(site)
    catch_up(site)
    with site.engine.connect() as connection:
        found = set(connection.scalars(text("SELECT code FROM finding")))
    assert Code.NO_COMMS not in found, "not even one that was taken back"
    site.clock.pass_by(hours=3)
    listen(site)
    catch_up(site)
    assert codes(site) == [Code.NO_COMMS]


def test_many_people_are_judged_a_part_at_a_time_and_nobody_is_left_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Registered all at once, told of our own gap all at once, and silent from the same minute on."""
    monkeypatch.setattr(judge_of, "PEOPLE_A_ROUND", 2)
    site = Site(engine, load_registry("wialon", 7, START))
    site.open_for_the_first_time()
    judge = site.judge()
    assert judge.round()
    assert site.live.health().judge_alive_at == site.clock()
    assert 0 < judged_people(site) < 7
    judge.catch_up(lambda: False)
    assert judged_people(site) == 7
    site.clock.pass_by(days=41)
    listen(site)
    judge.catch_up(lambda: False)
    assert codes(site) == [Code.NO_COMMS] * 7


def judged_people(site: Site) -> int:
    with site.engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM person_state")) or 0)


def test_silence_is_found_at_its_limit_and_taken_back_when_the_backlog_comes(site: Site) -> None:
    judge = site.judge()
    site.journal.append([entry(START, FAR_AWAY)])
    judge.catch_up(lambda: False)
    site.clock.pass_by(minutes=31)
    listen(site)
    judge.catch_up(lambda: False)
    assert codes(site) == [Code.NO_COMMS]
    backlog = [entry(START + timedelta(minutes=minute), FAR_AWAY) for minute in range(1, 31)]
    site.journal.append(list(reversed(backlog)))
    judge.catch_up(lambda: False)
    (view,) = site.alarms()
    assert view.alarm.superseded_at == site.clock()


def test_a_device_that_was_never_heard_is_missed_at_its_limit(engine: Engine) -> None:
    site = Site(engine)
    site.open_for_the_first_time()
    judge = site.judge()
    judge.catch_up(lambda: False)
    site.clock.pass_by(days=1)
    registry = prescribed()
    fitting = replace(registry.fittings[0], from_at=site.clock())
    site.registers.save(replace(registry, fittings=(fitting,)), by="test")
    listen(site)
    judge.catch_up(lambda: False)
    assert not site.alarms()
    site.clock.pass_by(minutes=30)
    listen(site)
    judge.catch_up(lambda: False)
    assert codes(site) == [Code.NO_COMMS]


def test_our_own_silence_accuses_nobody(site: Site) -> None:
    judge = site.judge()
    site.journal.append([entry(START, FAR_AWAY)])
    judge.catch_up(lambda: False)
    site.clock.pass_by(hours=3)
    name = ourselves(PARTITION)
    gap = Observation(
        id=observation_id(name.encode(), b"gap"),
        device_id=name,
        observed_at=site.clock(),
        received_at=site.clock(),
        bodies=(Blind(from_at=START),),
    )
    site.journal.append([Entry(partition=PARTITION, person_id=None, observation=gap, raw=b"")])
    listen(site)
    judge.catch_up(lambda: False)
    assert not site.alarms()
    site.clock.pass_by(minutes=31)
    listen(site)
    judge.catch_up(lambda: False)
    assert codes(site) == [Code.NO_COMMS]


def test_an_hour_of_positions_that_comes_late_raises_the_alarm_and_says_that_it_is_late(site: Site) -> None:
    judge = site.judge()
    site.clock.pass_by(hours=1)
    site.journal.append([entry(site.clock(), FAR_AWAY)])
    listen(site)
    judge.catch_up(lambda: False)
    site.journal.append([entry(START + timedelta(minutes=10 + minute), IN_SCHOOL) for minute in range(5)])
    judge.catch_up(lambda: False)
    alarm = next(view.alarm for view in site.alarms() if view.alarm.code is Code.EXCLUSION_ENTRY)
    assert alarm.late
    assert alarm.cleared_at is not None or alarm.count == 1


def test_a_fitting_that_is_registered_late_makes_its_facts_count(engine: Engine) -> None:
    site = Site(engine, prescribed(fitted=False))
    site.open_for_the_first_time()
    judge = site.judge()
    for minute in range(4):
        at = START + timedelta(minutes=minute)
        site.journal.append([entry(at, IN_SCHOOL, Strap(open=False), partition=UNASSIGNED)])
    site.clock.pass_by(minutes=5)
    listen(site)
    judge.catch_up(lambda: False)
    assert not site.alarms()
    fitting = Fitting(id=FittingId("f-1"), device_id=TRACKER, person_id=AINUR, from_at=BEGUN)
    site.registers.save(Registry(fittings=(fitting,)), by="test")
    judge.catch_up(lambda: False)
    assert Code.EXCLUSION_ENTRY in codes(site)


def test_a_rule_that_breaks_is_told_and_stops_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        message = "a rule has a fault"
        raise ZeroDivisionError(message)

    judge = site.judge()
    judge.catch_up(lambda: False)
    with monkeypatch.context() as patched:
        patched.setattr(judging, "follow", broken)
        walk_into_school(site, 1)
        judge.catch_up(lambda: False)
    assert codes(site) == [Code.JUDGING_FAILED]
    walk_into_school(site, 4)
    judge.catch_up(lambda: False)
    assert Code.EXCLUSION_ENTRY in codes(site)


def test_many_entries_of_one_instant_and_their_repeats_end_the_same(site: Site) -> None:
    judge = site.judge()
    at = START + timedelta(minutes=1)
    site.clock.pass_by(minutes=1)
    site.journal.append([entry(at, IN_SCHOOL)])
    judge.catch_up(lambda: False)
    site.journal.append(
        [entry(at, Strap(open=True)), entry(at, IN_SCHOOL), entry(at, Fix(latitude_deg=1, longitude_deg=1))]
    )
    judge.catch_up(lambda: False)
    assert Code.STRAP_OPEN in codes(site)


def a_day_uploaded_at_once(site: Site, every_s: int) -> None:
    """A day of positions in a day's backlog: at home, and for an hour of the afternoon in the school."""
    begun, count = site.clock(), 86_400 // every_s
    site.clock.pass_by(days=1)
    listen(site)
    catch_up(site)
    records = []
    for number in range(count):
        observed_at = begun + timedelta(seconds=number * every_s)
        inside = timedelta(hours=3) <= observed_at - begun < timedelta(hours=4)
        one = entry(observed_at, IN_SCHOOL if inside else FAR_AWAY)
        records.append(replace(one, observation=replace(one.observation, received_at=site.clock())))
    site.journal.append(records)


@pytest.mark.parametrize("every_s", [60, 6], ids=["1440 records", "14400 records"])
def test_a_day_that_is_uploaded_at_once_is_judged_within_seconds(site: Site, every_s: int) -> None:
    a_day_uploaded_at_once(site, every_s)
    begun_s = perf_counter()
    catch_up(site, "judge-2")
    assert perf_counter() - begun_s < 5
    entered = next(view for view in site.alarms() if view.alarm.code is Code.EXCLUSION_ENTRY)
    assert entered.alarm.late
    assert START + timedelta(hours=3) <= entered.finding.at < START + timedelta(hours=3, minutes=4)
    assert not [view for view in site.alarms() if view.alarm.code is Code.NO_COMMS and not view.alarm.superseded_at]


def test_an_order_that_ends_in_the_middle_of_an_alarm_ends_the_judging_and_leaves_the_alarm_to_a_person(
    engine: Engine,
) -> None:
    site = Site(engine, prescribed(order_until=START + timedelta(minutes=10)))
    site.open_for_the_first_time()
    walk_into_school(site)
    catch_up(site)
    (before,) = site.alarms()
    walk_into_school(site, 60)
    catch_up(site, "judge-2")
    (after,) = site.alarms()
    assert after == before
    assert after.alarm.cleared_at is None
    closed = Close(cause=Cause.ENTERED_ZONE, action=Action.TALKED_WITH_PERSON, grounds="seen, and the order is over")
    alarms = Alarms(engine, site.clock)
    alarms.act(after.alarm.id, Contact(whom=Whom.WEARER, channel=Channel.CALL, reached=True), "dana")
    assert alarms.act(after.alarm.id, closed, "dana").closed_by == "dana"
