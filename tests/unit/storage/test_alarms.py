"""What people do about alarms is written once, with who did it, and told to every screen."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from baqylau.domain.acts import ActRefusedError, Close, Note, Take
from baqylau.domain.alarms import Action, AlarmState, Cause
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId
from baqylau.storage.access.audit import Audit
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms, Done
from baqylau.storage.alarms.feed import Feed
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import AIGUL, BOLAT, NOON, House, after

CLOSE = Close(cause=Cause.ENTERED_ZONE, action=Action.VISITED, grounds="seen at the market by the patrol")


@pytest.fixture
def bench(house: House) -> Bench:
    return Bench(house.engine)


@pytest.fixture
def alarms(house: House) -> Alarms:
    return Alarms(house.engine, house.clock)


@pytest.fixture
def number(bench: Bench) -> AlarmId:
    """An alarm that waits."""
    return AlarmId(bench.say(found(Code.EXCLUSION_ENTRY, 10))[0])


def test_an_alarm_is_taken_noted_and_closed(house: House, alarms: Alarms, number: AlarmId) -> None:
    house.now = after(30)
    taken = alarms.act(number, Take(), "dana")
    assert (taken.state, taken.taken_by, taken.taken_at) == (AlarmState.TAKEN, "dana", after(30))
    alarms.act(number, Note(text="called, no answer"), "dana")
    house.now = after(90)
    closed = alarms.act(number, CLOSE, "erlan")

    assert alarms.get(number).alarm == closed
    assert (closed.state, closed.closed_by, closed.cause, closed.grounds) == (
        AlarmState.CLOSED,
        "erlan",
        CLOSE.cause,
        CLOSE.grounds,
    )
    assert alarms.open() == []
    assert alarms.grounds(number).acts == (
        Done(at=after(30), by="dana", act=Take()),
        Done(at=after(30), by="dana", act=Note(text="called, no answer")),
        Done(at=after(90), by="erlan", act=CLOSE),
    )


def test_every_act_is_in_the_audit_and_in_the_feed(house: House, alarms: Alarms, number: AlarmId) -> None:
    alarms.act(number, Take(), "dana")
    entry = Audit(house.engine, house.clock).latest(1)[0]
    assert (entry.who, entry.what, entry.object, entry.at) == ("dana", "alarm.take", f"alarm/{number}", NOON)
    assert [row.key for row in Feed(house.engine).after(0, 10)] == [str(number)] * 2


def test_what_does_not_fit_changes_nothing_and_leaves_no_trace(house: House, alarms: Alarms, number: AlarmId) -> None:
    before = alarms.get(number)
    with pytest.raises(ActRefusedError, match=r"alarm\.refused\.empty_grounds"):
        alarms.act(number, replace(CLOSE, grounds="  "), "dana")
    with pytest.raises(KeyError):
        alarms.act(AlarmId(999), Take(), "dana")
    assert alarms.get(number) == before
    assert alarms.grounds(number).acts == ()
    assert Audit(house.engine, house.clock).latest(10) == []


def test_who_tries_to_close_without_action_or_grounds_is_on_record(alarms: Alarms, number: AlarmId) -> None:
    alarms.act(number, Take(), "dana")
    for wrong in (replace(CLOSE, grounds=" "), replace(CLOSE, action=None)):
        with pytest.raises(ActRefusedError):
            alarms.act(number, wrong, "dana")
    with pytest.raises(ActRefusedError):
        alarms.act(number, Take(), "dana")
    on_record = [one for one in alarms.grounds(number).findings if one.code is Code.CLOSING_REFUSED]
    assert [one.by for one in on_record] == ["dana"], "twice within an instant is once"
    assert alarms.get(number).finding.code is not Code.CLOSING_REFUSED


def test_of_two_who_close_at_once_one_is_refused(alarms: Alarms, number: AlarmId) -> None:
    def close(who: str) -> str:
        try:
            alarms.act(number, CLOSE, who)
        except ActRefusedError as refused:
            return refused.key
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, ["dana", "erlan"])) == ["alarm.refused.closed", "closed"]
    assert len(alarms.grounds(number).acts) == 1


def test_after_closing_the_next_finding_is_a_new_alarm(bench: Bench, alarms: Alarms, number: AlarmId) -> None:
    alarms.act(number, CLOSE, "dana")
    [next_number] = bench.say(found(Code.EXCLUSION_ENTRY, 100))
    assert next_number != number
    assert alarms.get(number).alarm.count == 1


def test_a_closed_alarm_whose_finding_is_taken_away_says_so_and_stays_closed(
    bench: Bench, alarms: Alarms, number: AlarmId
) -> None:
    alarms.act(number, CLOSE, "dana")
    assert bench.say(superseded=[found(Code.EXCLUSION_ENTRY, 10).id], at=after(500)) == [number]
    one = alarms.get(number).alarm
    assert (one.state, one.superseded_at, one.count) == (AlarmState.CLOSED, after(500), 0)


def test_what_was_closed_as_withdrawn_and_is_found_again_calls_again(
    bench: Bench, alarms: Alarms, number: AlarmId
) -> None:
    finding = found(Code.EXCLUSION_ENTRY, 10)
    bench.say(superseded=[finding.id])
    alarms.act(number, replace(CLOSE, cause=Cause.OTHER), "dana")

    [again] = bench.say(finding)

    assert again != number
    assert [view.alarm.id for view in alarms.open()] == [again]
    assert [one.id for one in alarms.grounds(number).findings] == [finding.id]


def test_the_queue_has_the_most_urgent_and_oldest_first(bench: Bench, alarms: Alarms) -> None:
    bench.say(found(Code.BATTERY_LOW, 5))
    bench.say(found(Code.LATE_RETURN, 20))
    bench.say(found(Code.STRAP_OPEN, 40))
    bench.say(found(Code.CASE_OPEN, 30), at=after(30))
    assert [view.alarm.code for view in alarms.open()] == [
        Code.CASE_OPEN,
        Code.STRAP_OPEN,
        Code.LATE_RETURN,
        Code.BATTERY_LOW,
    ]


def test_alarms_are_listed_page_by_page_newest_first_and_chosen(bench: Bench, alarms: Alarms) -> None:
    for place in range(5):
        bench.say(found(Code.EXCLUSION_ENTRY, place, subject=f"zone-{place}"))  # type: ignore[arg-type]
    bench.say(found(Code.BATTERY_LOW, 60, person_id=BOLAT), person_id=BOLAT)
    first = alarms.page(AlarmFilter(), limit=4)
    rest = alarms.page(AlarmFilter(), before=first[-1].alarm.id, limit=4)
    numbers = [view.alarm.id for view in (*first, *rest)]
    assert len(numbers) == 6
    assert numbers == sorted(numbers, reverse=True)
    assert alarms.several(numbers[:2]) == [first[1], first[0]]

    alarms.act(numbers[-1], CLOSE, "dana")
    chosen = {
        "closed": alarms.page(AlarmFilter(states=(AlarmState.CLOSED,))),
        "of priority 3": alarms.page(AlarmFilter(priority=3)),
        "since the third": alarms.page(AlarmFilter(raised_from=after(2), raised_until=after(4))),
        "of Aigul": alarms.of_person(AIGUL, limit=3),
        "of Bolat": alarms.of_person(BOLAT),
    }
    assert {name: len(views) for name, views in chosen.items()} == {
        "closed": 1,
        "of priority 3": 1,
        "since the third": 2,
        "of Aigul": 3,
        "of Bolat": 1,
    }
