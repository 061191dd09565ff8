"""What comes late is judged from where the fold stood before it, as if it had come in time: by a judge that goes on."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, text

from baqylau.crypto.digests import observation_id
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Blind, Fix, Observation
from baqylau.domain.partitions import ourselves, partition_of
from baqylau.domain.people import Supervision
from baqylau.monitoring.server import judging
from baqylau.monitoring.server.histories import Histories, History
from baqylau.monitoring.server.judge import Judge
from baqylau.rules.fold import begin, follow
from baqylau.rules.refold import in_order
from baqylau.sim.load_fleet import load_registry
from baqylau.storage.journal.journal import Entry
from tests.unit.server.site import AINUR, FAR_AWAY, IN_SCHOOL, START, TRACKER, Site, prescribed

MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(engine: Engine) -> Site:
    opened = Site(engine, prescribed())
    opened.open_for_the_first_time()
    return opened


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """From where on history is read, each time that it is."""
    begun: list[datetime] = []
    of, of_each = Histories.of, Histories.of_each

    def one(
        self: Histories, who: Supervision, since: datetime, read_to: Mapping[int, int] | None = None
    ) -> list[Observation]:
        begun.append(since)
        return of(self, who, since, read_to)

    def many(
        self: Histories, since: Iterable[tuple[Supervision, datetime]], read_to: Mapping[int, int]
    ) -> dict[PersonId, History]:
        asked = list(since)
        begun.extend(at for _, at in asked)
        return of_each(self, asked, read_to)

    monkeypatch.setattr(Histories, "of", one)
    monkeypatch.setattr(Histories, "of_each", many)
    return begun


def tell(site: Site, at: datetime, place: Fix) -> None:
    """Keep what the tracker told of an instant; it comes now."""
    site.journal.append([said(site, AINUR, TRACKER, at, place)])


def said(site: Site, person_id: PersonId, device_id: DeviceId, at: datetime, place: Fix) -> Entry:
    """Give what comes now from a device, of an instant."""
    told = Observation(
        id=observation_id(device_id.encode(), at.isoformat().encode(), b""),
        device_id=device_id,
        observed_at=at,
        received_at=site.clock(),
        bodies=(place,),
    )
    return Entry(partition=partition_of(person_id), person_id=person_id, observation=told, raw=b"")


def tell_of_a_gap(site: Site, begun: datetime) -> None:
    """Keep that we did not listen from an instant until now."""
    ours = ourselves(partition_of(AINUR))
    gap = Observation(
        id=observation_id(ours.encode(), begun.isoformat().encode(), b""),
        device_id=ours,
        observed_at=site.clock(),
        received_at=site.clock(),
        bodies=(Blind(from_at=begun),),
    )
    site.journal.append([Entry(partition=partition_of(AINUR), person_id=None, observation=gap, raw=b"")])


def go_on(site: Site, judge: Judge) -> None:
    """Judge what there is, and the time up to now."""
    site.live.gateway_beat(site.clock(), connected=1, keep_ms=None)
    judge.catch_up(lambda: False)


def is_as_if_in_time(site: Site, people: Iterable[PersonId] = (AINUR,)) -> list[Code]:
    """See that findings and verdicts are those of one fold in order; give what was found."""
    listened = site.live.last_listened()
    folds = []
    for who in map(site.registers.supervision, people):
        told = Histories(site.journal).of(who, judging.BEFORE_EVERYTHING)
        folds.append(follow(who, begin(), in_order(told), listened))
    turns = {(one.restriction_id, one.version, one.at): one.compliance for folded in folds for one in folded.turns}
    with site.engine.connect() as connection:
        stands = connection.scalars(
            text("SELECT id FROM finding WHERE superseded_at IS NULL AND subject NOT LIKE 'registers/%'")
        )
        assert set(stands) == {one.id for folded in folds for one in folded.findings}
        given = connection.execute(text("SELECT restriction_id, version, from_at, compliance FROM verdict"))
        assert {(row[0], row[1], row[2]): row[3] for row in given} == turns
    return [one.code for folded in folds for one in folded.findings]


def test_what_keeps_coming_a_moment_late_is_judged_again_from_a_moment_before(site: Site, read: list[datetime]) -> None:
    judge = site.judge()
    for minute in range(0, 160, 2):
        site.clock.pass_by(minutes=2)
        place = IN_SCHOOL if minute % 50 in range(20, 32) else FAR_AWAY
        for at in (site.clock(), site.clock() - MINUTE):
            tell(site, at, place)
            judge.catch_up(lambda: False)
    assert len(read) >= 80
    assert site.clock() - read[-1] <= 10 * MINUTE
    assert is_as_if_in_time(site).count(Code.EXCLUSION_ENTRY) == 3


def test_the_histories_of_all_who_come_late_together_are_read_at_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = load_registry("wialon", 30, START)
    site = Site(engine, registry)
    site.open_for_the_first_time()
    judge, asked = site.judge(), list[int]()
    of_each = Histories.of_each

    def many(
        self: Histories, since: Iterable[tuple[Supervision, datetime]], read_to: Mapping[int, int]
    ) -> dict[PersonId, History]:
        read = of_each(self, since, read_to)
        asked.append(len(read))
        return read

    monkeypatch.setattr(Histories, "of_each", many)
    for minutes_ago in (0, 0, 5):
        site.clock.pass_by(minutes=3)
        at = site.clock() - minutes_ago * MINUTE
        site.journal.append([said(site, one.person_id, one.device_id, at, FAR_AWAY) for one in registry.fittings])
        go_on(site, judge)
    assert max(asked) == sum(asked) == len(registry.people)
    assert Code.NOT_AT_HOME in is_as_if_in_time(site, [one.id for one in registry.people])


def test_a_gap_in_our_own_listening_is_judged_from_a_moment_before_it(site: Site, read: list[datetime]) -> None:
    judge = site.judge()
    for _ in range(90):
        site.clock.pass_by(seconds=10)
        tell(site, site.clock(), FAR_AWAY)
        go_on(site, judge)
    read.clear()
    begun = site.clock() - MINUTE
    tell_of_a_gap(site, begun)
    go_on(site, judge)
    assert begun - 2 * MINUTE < read[0] < begun
    is_as_if_in_time(site)


def test_who_tells_everything_an_hour_late_is_judged_on_from_the_last_word_and_no_history_is_read(
    site: Site, read: list[datetime]
) -> None:
    judge, hour = site.judge(), timedelta(hours=1)
    go_on(site, judge)
    read.clear()
    for minute in range(150):
        site.clock.pass_by(minutes=1)
        tell(site, site.clock() - hour, IN_SCHOOL if minute % 50 in range(20, 32) else FAR_AWAY)
        go_on(site, judge)
    assert len(read) <= 1, "time alone went on from the last word, and is taken back for the next one"
    assert is_as_if_in_time(site).count(Code.EXCLUSION_ENTRY) == 3
    other = site.judge(run="second")
    site.clock.pass_by(minutes=1)
    tell(site, site.clock() - hour, FAR_AWAY)
    go_on(site, other)
    assert read[-1] > judging.BEFORE_EVERYTHING, "who takes over begins at a snapshot"
    is_as_if_in_time(site)


def test_after_a_gap_of_ours_who_tells_everything_late_is_judged_from_their_last_words(
    site: Site, read: list[datetime]
) -> None:
    judge, hour = site.judge(), timedelta(hours=1)
    for minute in range(100):
        site.clock.pass_by(minutes=1)
        if minute == 50:
            tell_of_a_gap(site, site.clock() - MINUTE)
        tell(site, site.clock() - hour, IN_SCHOOL if minute % 50 in range(20, 30) else FAR_AWAY)
        go_on(site, judge)
        if minute > 52 and read:
            assert site.clock() - hour - read[-1] <= 2 * MINUTE
        read.clear()
    assert is_as_if_in_time(site).count(Code.EXCLUSION_ENTRY) == 2


@pytest.mark.parametrize("taken_over", [False, True])
def test_when_the_database_was_away_a_judge_goes_on_from_what_it_knew_unless_another_judged_meanwhile(
    site: Site, read: list[datetime], *, taken_over: bool
) -> None:
    judge = site.judge()
    for _ in range(90):
        site.clock.pass_by(seconds=10)
        tell(site, site.clock(), FAR_AWAY)
        go_on(site, judge)
    known = judge.recalled()
    if taken_over:
        go_on(site, site.judge(run="second"))
    begun = site.clock() - MINUTE
    judge = site.judge(recalled=known)
    tell_of_a_gap(site, begun)
    read.clear()
    go_on(site, judge)
    if taken_over:
        assert read[0] < begun - 10 * MINUTE, "from the last snapshot"
    else:
        assert begun - 2 * MINUTE < read[0] < begun
    is_as_if_in_time(site)


def delayed(random: Random) -> Iterator[tuple[int, int]]:
    """Give minutes of words and the minutes at which they come, in the order of coming."""
    habit = random.choice((0, 1, 45, 90))
    words = [(minute, minute + random.choice((habit, habit, habit, 0, random.randrange(120)))) for minute in range(180)]
    kept = (one for one in words if random.random() < 0.8)
    yield from sorted(kept, key=lambda one: (one[1], random.random()))


@pytest.mark.parametrize("seed", range(6))
def test_in_whatever_order_words_come_and_however_time_goes_on_in_between(site: Site, seed: int) -> None:
    random, begun = Random(seed), site.clock()  # noqa: S311 - order of events
    judge = site.judge()
    for minute, comes in delayed(random):
        site.clock.at = max(begun + comes * MINUTE, site.clock())
        tell(site, begun + minute * MINUTE, IN_SCHOOL if minute % 100 in range(40, 52) else FAR_AWAY)
        if random.random() < 0.02:
            tell_of_a_gap(site, site.clock() - random.random() * 10 * MINUTE)
        if random.random() < 0.5:
            go_on(site, judge)
        if random.random() < 0.1:
            known = judge.recalled()
            if random.random() < 0.3:
                go_on(site, site.judge(run="second"))
            judge = site.judge(recalled=known)
    site.clock.pass_by(hours=random.choice((0, 1, 9)))
    go_on(site, judge)
    is_as_if_in_time(site)
