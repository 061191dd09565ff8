"""Everything that follows from a batch is written whole, once, and by the one judge whose turn it is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from random import Random

import pytest
from msgspec.structs import replace
from sqlalchemy import event, text

from baqylau.domain.acts import Close, Reopen
from baqylau.domain.alarms import Action, Cause
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, FindingId, PersonId
from baqylau.domain.partitions import partition_of
from baqylau.domain.verdicts import Compliance
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.feed import Feed
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.judging.judgement import Anew, FencedError, Judged, JudgedBatch, LiveWrite, Snapshot, Stood, Stored
from baqylau.storage.judging.live import Live
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import AIGUL, BOLAT, House, after

CLOSE = Close(cause=Cause.DEVICE_TAMPERED, action=Action.VISITED, grounds="seen on site")

MINE = partition_of(AIGUL)


@pytest.fixture
def bench(house: House) -> Bench:
    return Bench(house.engine)


@pytest.fixture
def alarms(house: House) -> Alarms:
    return Alarms(house.engine, house.clock)


def state(person_id: PersonId, body: bytes, through_s: float, *, snapshot: bool = False, **more: object) -> Judged:
    return Judged(
        person_id=person_id,
        partition=partition_of(person_id),
        state=body,
        through=after(through_s),
        snapshot=Snapshot(state=body, through=after(through_s)) if snapshot else None,
        **more,  # type: ignore[arg-type]
    )


def commit(bench: Bench, *people: Judged, cursors: dict[int, int] | None = None) -> None:
    batch = JudgedBatch(epochs=bench.epochs, cursors=cursors or {}, people=people, judged_at=after(60))
    bench.store.commit(batch)


def test_states_and_cursors_are_as_they_were_committed(bench: Bench) -> None:
    commit(bench, state(AIGUL, b"one", 1, wake_at=after(300)), state(BOLAT, b"other", 2), cursors={MINE: 17})
    commit(bench, state(AIGUL, b"two", 3))

    assert bench.store.states() == {
        AIGUL: Stored(state=b"two", through=after(3), wake_at=None),
        BOLAT: Stored(state=b"other", through=after(2), wake_at=None),
    }
    assert bench.store.states([BOLAT, PersonId("nobody")]).keys() == {BOLAT}
    assert bench.store.cursors()[MINE] == 17


def test_a_judge_that_was_taken_for_dead_writes_nothing_any_more(house: House, bench: Bench) -> None:
    later = Bench(house.engine, "another")
    with pytest.raises(FencedError):
        commit(bench, state(AIGUL, b"stale", 1), cursors={MINE: 5})
    with pytest.raises(FencedError):
        commit(bench, state(AIGUL, b"stale", 1))
    assert (bench.store.states(), bench.store.cursors()[MINE]) == ({}, 0)
    commit(later, state(AIGUL, b"fresh", 1), cursors={MINE: 5})


def test_a_batch_is_written_whole_or_not_at_all(house: House, bench: Bench, alarms: Alarms) -> None:
    @event.listens_for(house.engine, "commit", once=True)
    def cut(_connection: object) -> None:
        house.cut_all_lines()

    with pytest.raises(StorageUnavailableError):
        bench.say(found(Code.EXCLUSION_ENTRY, 10), cursors={MINE: 5})
    assert (bench.store.states(), alarms.open(), bench.store.cursors()[MINE]) == ({}, [], 0)

    assert len(bench.say(found(Code.EXCLUSION_ENTRY, 10), cursors={MINE: 5})) == 1
    assert len(alarms.open()) == 1


def test_the_last_snapshot_before_an_instant_is_found_and_those_after_a_new_fold_are_dropped(bench: Bench) -> None:
    for second in (10, 20, 30):
        commit(bench, state(AIGUL, f"at {second}".encode(), second, snapshot=True))
    assert bench.store.snapshot_before(AIGUL, after(25)) == (b"at 20", after(20))
    assert bench.store.snapshot_before(AIGUL, after(10)) is None
    assert bench.store.snapshot_before(BOLAT, after(25)) is None

    commit(bench, state(AIGUL, b"anew", 40, snapshot=True, drop_snapshots_after=after(10)))
    assert bench.store.snapshot_before(AIGUL, after(35)) == (b"at 10", after(10))
    assert bench.store.snapshot_before(AIGUL, after(99)) == (b"anew", after(40))


def test_old_snapshots_are_forgotten_but_for_the_one_from_which_late_data_would_be_folded(bench: Bench) -> None:
    for second in (10, 20, 30, 40):
        commit(bench, state(AIGUL, f"at {second}".encode(), second, snapshot=True))
    bench.store.forget_snapshots(after(35))
    assert bench.store.snapshot_before(AIGUL, after(35)) == (b"at 30", after(30))
    assert bench.store.snapshot_before(AIGUL, after(30)) is None
    assert bench.store.snapshot_before(AIGUL, after(50)) == (b"at 40", after(40))


def test_what_the_screen_shows_is_written_with_the_rest(house: House, bench: Bench) -> None:
    commit(bench, state(AIGUL, b"", 1, live=LiveWrite(compliance=Compliance.UNKNOWN, body=b"{}")), state(BOLAT, b"", 1))
    [row] = Live(house.engine).all()
    assert (row.person_id, row.compliance, row.updated_at, row.body) == (AIGUL, Compliance.UNKNOWN, after(60), b"{}")


def test_a_finding_opens_an_alarm_and_its_like_is_counted_on_it(bench: Bench, alarms: Alarms) -> None:
    first, second = found(Code.EXCLUSION_ENTRY, 10), found(Code.EXCLUSION_ENTRY, 70)
    [number] = bench.say(first)
    assert bench.say(second) == [number]

    [view] = alarms.open()
    assert (view.alarm.count, view.alarm.began_at, view.alarm.last_at) == (2, after(10), after(70))
    assert view.finding == second
    assert [one.id for one in alarms.grounds(view.alarm.id).findings] == [first.id, second.id]


def test_the_same_finding_said_again_changes_nothing(bench: Bench, alarms: Alarms) -> None:
    bench.say(found(Code.EXCLUSION_ENTRY, 10))
    assert bench.say(found(Code.EXCLUSION_ENTRY, 10)) == []
    assert alarms.open()[0].alarm.count == 1


def test_other_people_subjects_and_codes_have_alarms_of_their_own(bench: Bench, alarms: Alarms) -> None:
    numbers = bench.say(
        found(Code.EXCLUSION_ENTRY, 10),
        found(Code.EXCLUSION_ENTRY, 11),
        found(Code.PLACE_LEFT, 10),
        found(Code.EXCLUSION_ENTRY, 10, subject="zone-2"),  # type: ignore[arg-type]
    )
    numbers += bench.say(found(Code.EXCLUSION_ENTRY, 10, person_id=BOLAT), person_id=BOLAT)
    assert len(numbers) == len(alarms.open()) == 4


def test_what_is_for_the_record_opens_no_alarm_but_clears_what_it_ends(bench: Bench, alarms: Alarms) -> None:
    bench.say(found(Code.EXCLUSION_ENTRY, 10))
    bench.say(found(Code.ZONE_CLEARED, 60))
    [view] = alarms.open()
    assert view.alarm.cleared_at == after(60)

    bench.say(found(Code.EXCLUSION_ENTRY, 90))
    assert alarms.open()[0].alarm.cleared_at is None


def test_an_end_that_names_another_condition_clears_nothing_else(bench: Bench, alarms: Alarms) -> None:
    jam, network = found(Code.GNSS_JAM, 10), found(Code.CELL_JAM, 11)
    bench.say(jam, network)
    bench.say(replace(found(Code.INTERFERENCE_ENDED, 60), ends=network.id))
    cleared = {view.alarm.code: view.alarm.cleared_at for view in alarms.open()}
    assert cleared == {Code.GNSS_JAM: None, Code.CELL_JAM: after(60)}


def test_an_end_that_came_first_because_the_beginning_was_late_clears_all_the_same(
    bench: Bench, alarms: Alarms
) -> None:
    bench.say(found(Code.ZONE_CLEARED, 60))
    bench.say(found(Code.EXCLUSION_ENTRY, 10), at=after(900))
    [view] = alarms.open()
    assert (view.alarm.cleared_at, view.alarm.late) == (after(60), True)


def test_an_end_that_late_data_took_away_clears_no_longer(bench: Bench, alarms: Alarms) -> None:
    end = found(Code.ZONE_CLEARED, 60)
    bench.say(found(Code.EXCLUSION_ENTRY, 10), end)
    bench.say(superseded=[end.id])
    assert alarms.open()[0].alarm.cleared_at is None


def test_a_tamper_that_ends_by_itself_still_waits_uncleared(bench: Bench, alarms: Alarms) -> None:
    bench.say(found(Code.STRAP_OPEN, 10), found(Code.STRAP_RESTORED, 20))
    assert [(view.alarm.code, view.alarm.cleared_at, view.alarm.count) for view in alarms.open()] == [
        (Code.STRAP_OPEN, None, 1)
    ]


def test_a_strap_that_closes_again_belongs_to_its_opening_and_calls_alone_once_that_was_answered(
    bench: Bench, alarms: Alarms
) -> None:
    [opening] = bench.say(found(Code.STRAP_OPEN, 10))
    assert bench.say(found(Code.STRAP_RESTORED, 20)) == [opening]
    codes = [one.code for one in alarms.grounds(AlarmId(opening)).findings]
    assert (codes, alarms.get(AlarmId(opening)).alarm.count) == ([Code.STRAP_OPEN, Code.STRAP_RESTORED], 1)
    alarms.act(AlarmId(opening), CLOSE, "dana")
    [alone] = bench.say(found(Code.STRAP_RESTORED, 30))
    assert alarms.get(AlarmId(alone)).alarm.code is Code.STRAP_RESTORED


def test_a_hundred_repeats_are_one_alarm_with_the_figure_100(bench: Bench, alarms: Alarms) -> None:
    for second in range(100):
        bench.say(found(Code.EXCLUSION_ENTRY, second))
    [view] = alarms.open()
    assert view.alarm.count == 100


def test_an_alarm_opened_again_of_which_another_took_over_everything_stops_no_judge(
    bench: Bench, alarms: Alarms
) -> None:
    finding = found(Code.EXCLUSION_ENTRY, 10)
    [first] = bench.say(finding)
    bench.say(superseded=[finding.id])
    alarms.act(AlarmId(first), CLOSE, "dana")
    [second] = bench.say(finding)
    alarms.act(AlarmId(second), CLOSE, "dana")
    alarms.act(AlarmId(first), Reopen(why="the wrong one"), "dana")
    assert bench.say(found(Code.ZONE_CLEARED, 20)) == []
    assert bench.say(found(Code.EXCLUSION_ENTRY, 30)) == [first]
    assert alarms.get(AlarmId(first)).alarm.count == 1


def standing(bench: Bench, stood_at: datetime | None = None) -> tuple[FindingId, ...]:
    """Give what stands of Aigul since then."""
    return bench.store.stood([Anew(person_id=AIGUL, since=after(99), stood_at=stood_at)])[AIGUL].findings


def test_a_superseded_finding_is_marked_and_its_alarm_waits_with_nothing_left(bench: Bench, alarms: Alarms) -> None:
    one, other = found(Code.EXCLUSION_ENTRY, 10), found(Code.EXCLUSION_ENTRY, 70)
    bench.say(one, other)
    bench.say(superseded=[other.id], at=after(200))
    assert alarms.open()[0].alarm.count == 1

    bench.say(superseded=[one.id], at=after(300))
    [view] = alarms.open()
    assert (view.alarm.count, view.alarm.superseded_at) == (0, after(300))
    assert alarms.grounds(view.alarm.id).superseded == (one.id, other.id)
    assert standing(bench) == ()


def test_a_superseded_finding_that_is_found_again_stands_again(bench: Bench, alarms: Alarms) -> None:
    one = found(Code.EXCLUSION_ENTRY, 10)
    [number] = bench.say(one)
    bench.say(superseded=[one.id])
    assert bench.say(one) == [number]
    [view] = alarms.open()
    assert (view.alarm.count, view.alarm.superseded_at) == (1, None)


def test_findings_after_an_instant_are_those_that_stand(bench: Bench) -> None:
    findings = [found(Code.EXCLUSION_ENTRY, second) for second in (10, 20, 30)]
    bench.say(*findings)
    bench.say(superseded=[findings[2].id])
    assert standing(bench, stood_at=after(10)) == (findings[1].id,)
    assert standing(bench) == (findings[0].id, findings[1].id)


def test_whoever_begins_anew_does_so_at_the_last_snapshot_with_what_was_found_since(bench: Bench) -> None:
    findings = [found(Code.EXCLUSION_ENTRY, second) for second in (5, 15, 25)]
    bench.say(*findings)
    for second in (10, 20, 30):
        commit(bench, state(AIGUL, f"at {second}".encode(), second, snapshot=True))
    commit(bench, state(BOLAT, b"", 1))
    stood = bench.store.stood([Anew(person_id=AIGUL, since=after(20)), Anew(person_id=BOLAT, since=after(20))])
    assert stood == {
        AIGUL: Stood(snapshot=Snapshot(state=b"at 10", through=after(10)), findings=(findings[1].id, findings[2].id)),
        BOLAT: Stood(snapshot=None, findings=()),
    }
    nearer = bench.store.stood([Anew(person_id=AIGUL, since=after(20), stood_at=after(15))])[AIGUL]
    assert nearer == Stood(snapshot=None, findings=(findings[2].id,))
    assert bench.store.stood([]) == {}


def test_the_order_in_which_findings_come_makes_no_difference_to_the_alarm(house: House) -> None:
    story = [
        found(Code.EXCLUSION_ENTRY, 10),
        found(Code.ZONE_CLEARED, 40),
        found(Code.EXCLUSION_ENTRY, 50),
        found(Code.ZONE_CLEARED, 90),
    ]
    for subject, order in (("a", (0, 1, 2, 3)), ("b", (3, 2, 1, 0)), ("c", (2, 0, 3, 1))):
        bench = Bench(house.engine)
        for place in order:
            one = story[place]
            bench.say(found(one.code, (one.at - after(0)).total_seconds(), subject=subject), at=after(95))  # type: ignore[arg-type]
    ends = [
        (view.alarm.count, view.alarm.began_at, view.alarm.last_at, view.alarm.cleared_at)
        for view in Alarms(house.engine, house.clock).open()
    ]
    assert ends == [(2, after(10), after(50), after(90))] * 3


@pytest.mark.parametrize("seed", range(6))
def test_an_alarm_stands_as_everything_under_it_makes_it_whatever_was_said_and_taken_back(
    bench: Bench, alarms: Alarms, seed: int
) -> None:
    random, standing = Random(seed), dict[FindingId, Finding]()  # noqa: S311 - a story, no secret
    for second in range(40):
        code = random.choice((Code.EXCLUSION_ENTRY, Code.EXCLUSION_ENTRY, Code.ZONE_CLEARED))
        new = [found(code, at_s) for at_s in random.sample(range(second + 3), k=random.randrange(3))]
        gone = random.sample(sorted(standing), k=min(len(standing), random.choice((0, 0, 0, 1))))
        bench.say(*new, superseded=gone, at=after(100 + second - second % 3))
        standing |= {one.id: one for one in new if one.id not in gone}
        for name in gone:
            standing.pop(name)
        entries = [one.at for one in standing.values() if one.code is Code.EXCLUSION_ENTRY]
        ends = [one.at for one in standing.values() if one.code is Code.ZONE_CLEARED]
        for view in alarms.open():
            one = view.alarm
            assert one.count == len(entries)
            if entries:
                over = min((at for at in ends if at >= max(entries)), default=None)
                assert (one.began_at, one.last_at, one.cleared_at) == (min(entries), max(entries), over)


def test_every_changed_alarm_is_in_the_feed_once_for_each_commit(house: House, bench: Bench) -> None:
    [number] = bench.say(found(Code.EXCLUSION_ENTRY, 10), found(Code.EXCLUSION_ENTRY, 11))
    bench.say(found(Code.ZONE_CLEARED, 60))
    bench.say(found(Code.FIX_RESTORED, 60))
    assert [(row.kind, row.key) for row in Feed(house.engine).after(0, 10)] == [("alarm", str(number))] * 2


def test_two_judges_at_once_open_one_alarm(house: House) -> None:
    def judge(number: int) -> str:
        try:
            Bench(house.engine, f"judge-{number}").say(found(Code.EXCLUSION_ENTRY, number))
        except FencedError:
            return "fenced"
        return "wrote"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(judge, range(8)))
    assert "wrote" in outcomes
    with house.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alarm")) == 1
        assert connection.scalar(text("SELECT count FROM alarm")) == outcomes.count("wrote")
