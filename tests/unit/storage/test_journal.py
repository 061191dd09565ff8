"""What was acknowledged is kept once, whatever happens meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from msgspec.structs import replace
from sqlalchemy import event, text

from baqylau.domain.observations import Authentication, Battery, Blind, Strap
from baqylau.domain.partitions import ALL_PARTITIONS, UNASSIGNED, partition_of
from baqylau.storage.database import StorageUnavailableError, driver, transaction
from baqylau.storage.journal.journal import Asked, Journal
from tests.unit.storage.kept import AIGUL, BOLAT, HERE, NOON, House, after, device_of, heard, minutes


def test_what_was_appended_is_read_as_it_was_said_with_the_instant_of_receipt(house: House) -> None:
    house.now = after(7)
    entry = heard(AIGUL, NOON, HERE, Strap(open=True), Battery(level_percent=80.0))

    assert house.journal.append([entry]) == [True]

    [kept] = house.journal.read_after({entry.partition: 0}, 10)
    assert (kept.partition, kept.seq, kept.person_id) == (partition_of(AIGUL), 1, AIGUL)
    assert kept.observation == replace(entry.observation, received_at=after(7))


def test_nothing_to_append_is_nothing_done(house: House) -> None:
    assert house.journal.append([]) == []
    assert house.everything() == []


def test_the_same_observation_is_kept_once_also_within_a_group_and_over_a_day_border(house: House) -> None:
    first, second = heard(AIGUL, NOON), heard(AIGUL, after(1))
    assert house.journal.append([first, first]) == [True, False]
    house.now = NOON + timedelta(days=1)
    assert house.journal.append([first, second, first]) == [False, True, False]
    house.now = NOON + timedelta(days=2)
    assert house.journal.append([second, first]) == [False, False]

    assert [one.id for one in house.everything()] == [first.observation.id, second.observation.id]
    assert house.journal.verify().broken == ()


def test_the_same_observation_is_kept_once_when_its_device_was_fitted_to_somebody_meanwhile(house: House) -> None:
    unassigned = heard(AIGUL, NOON, partition=UNASSIGNED)
    assert house.journal.append([replace(unassigned, person_id=None)]) == [True]
    assert house.journal.append([heard(AIGUL, NOON)]) == [False]


def test_receipt_never_goes_back_inside_a_partition_when_the_clock_does(house: House) -> None:
    house.journal.append([heard(AIGUL, NOON)])
    house.now = NOON - timedelta(hours=1)
    house.journal.append([heard(AIGUL, after(1)), heard(BOLAT, after(1))])

    received = {(one.device_id, one.observed_at): one.received_at for one in house.everything()}
    assert received[device_of(AIGUL), after(1)] == NOON
    assert received[device_of(BOLAT), after(1)] == house.now


def test_readers_get_each_partition_in_order_and_without_gaps(house: House) -> None:
    house.journal.append([*minutes(AIGUL, 30), *minutes(BOLAT, 7)])
    mine, other = partition_of(AIGUL), partition_of(BOLAT)
    cursors = {mine: 0, other: 0}
    numbers: dict[int, list[int]] = {mine: [], other: []}
    while found := house.journal.read_after(cursors, 8):
        assert len(found) <= 8
        for one in found:
            numbers[one.partition].append(one.seq)
            cursors[one.partition] = one.seq

    assert numbers == {mine: list(range(1, 31)), other: list(range(1, 8))}


def test_a_reader_that_was_away_for_days_goes_on_where_it_stopped(house: House) -> None:
    for day in range(4):
        house.now = NOON + timedelta(days=day)
        house.journal.append([heard(AIGUL, house.now), heard(AIGUL, house.now + timedelta(minutes=1))])
    mine = partition_of(AIGUL)
    assert [one.seq for one in house.journal.read_after({mine: 3}, 100)] == [4, 5, 6, 7, 8]
    assert house.journal.read_after({mine: 8}, 100) == []
    assert house.journal.heads()[mine].seq == 8


def test_history_comes_in_judging_order_whenever_it_was_received(house: House) -> None:
    house.journal.append([heard(AIGUL, after(60)), heard(AIGUL, after(20)), heard(BOLAT, after(30))])
    house.now = NOON + timedelta(days=3)
    house.journal.append([heard(AIGUL, after(40))])

    told = house.journal.of_devices([device_of(AIGUL)], NOON, after(60))
    assert [one.observed_at for one in told] == [after(20), after(40), after(60)]
    assert house.journal.of_devices([device_of(AIGUL)], after(41), after(59)) == []
    assert len(house.journal.of_devices([device_of(AIGUL), device_of(BOLAT)], after(30))) == 3


def test_what_many_are_asked_for_at_once_is_what_each_is_asked_for_alone(house: House) -> None:
    house.journal.append([*minutes(AIGUL, 9), *minutes(BOLAT, 7), heard(None, after(4), Blind(from_at=after(2)))])
    read_to = {partition_of(AIGUL): 6}
    asked = [
        Asked(told_of=who, device_ids=[device_of(who), device_of(None)], from_instant=after(3), read_to=read_to)
        for who in (AIGUL, BOLAT)
    ]
    alone = {
        one.told_of: house.journal.of_devices(one.device_ids, after(3), told_of=one.told_of, read_to=read_to)
        for one in asked
    }
    assert {who: told() for who, told in house.journal.of_each(asked).items()} == alone
    assert house.journal.of_each([]) == {}


def test_a_record_with_an_impossible_clock_is_found_at_its_receipt(house: House) -> None:
    house.journal.append([heard(AIGUL, NOON - timedelta(days=12_000)), heard(AIGUL, NOON + timedelta(hours=2))])
    assert len(house.journal.of_devices([device_of(AIGUL)], NOON, NOON)) == 2


def test_our_own_blindness_is_kept_in_every_partition(house: House) -> None:
    gaps = [
        replace(
            heard(None, NOON, Blind(from_at=after(-90)), partition=partition),
            observation=replace(
                heard(None, NOON, Blind(from_at=after(-90))).observation,
                id=f"{partition:032x}",
                authentication=Authentication.OURSELVES,
            ),
        )
        for partition in ALL_PARTITIONS
    ]
    assert house.journal.append(gaps) == [True] * 65
    assert {head.seq for head in house.journal.heads().values()} == {1}
    assert len(house.journal.of_devices([device_of(None)], after(-90), after(-90))) == 65


def test_the_raw_bytes_come_back_as_they_were_heard(house: House) -> None:
    entry = heard(AIGUL, NOON, raw=b"#SD#\xff\x00 not text at all")
    house.journal.append([entry])
    assert house.journal.raw(entry.observation.id) == b"#SD#\xff\x00 not text at all"
    with pytest.raises(KeyError):
        house.journal.raw(heard(AIGUL, after(1)).observation.id)


def test_a_line_that_breaks_before_the_commit_keeps_nothing_and_the_same_can_be_appended_again(house: House) -> None:
    house.journal.append([heard(AIGUL, NOON)])
    entries = [heard(AIGUL, after(1)), heard(BOLAT, after(1))]

    @event.listens_for(house.engine, "commit", once=True)
    def cut(_connection: object) -> None:
        house.cut_all_lines()

    with pytest.raises(StorageUnavailableError):
        house.journal.append(entries)
    assert len(house.everything()) == 1

    assert house.journal.append(entries) == [True, True]
    assert house.journal.verify().broken == ()


def test_a_line_that_breaks_after_the_commit_loses_nothing_that_was_acknowledged(house: House) -> None:
    acknowledged = house.journal.append(minutes(AIGUL, 50))
    house.cut_all_lines()
    assert acknowledged == [True] * 50
    assert len(house.everything()) == 50


def test_appenders_that_come_together_leave_no_gap_and_one_chain(house: House) -> None:
    people = [AIGUL, BOLAT]

    def appender(number: int) -> int:
        journal = Journal(house.engine, house.vault, house.clock, house.random)
        new = 0
        for group in range(10):
            base = 100 * number + 10 * group
            entries = [heard(person, after(base + step)) for step in range(5) for person in people]
            again = [heard(person, after(10 * group + step)) for step in range(5) for person in people]
            new += sum(journal.append(entries + again))
        return new

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(appender, range(4))) == 4 * 10 * 10

    assert house.journal.verify().broken == ()
    assert len({one.id for one in house.everything()}) == 400


def test_a_reader_sees_nothing_of_an_append_that_has_not_committed(house: House) -> None:
    house.journal.append([heard(AIGUL, NOON)])
    seen = []

    @event.listens_for(house.engine, "commit", once=True)
    def look(_connection: object) -> None:
        with psycopg.connect(house.dsn) as other:
            seen.extend(other.execute("SELECT seq FROM journal_head WHERE seq > 0").fetchall())

    house.journal.append([heard(AIGUL, after(1))])
    assert seen == [(1,)]


def test_readers_are_told_at_the_commit(house: House) -> None:
    with psycopg.connect(house.dsn, autocommit=True) as listener:
        listener.execute("LISTEN journal")
        house.journal.append([heard(AIGUL, NOON)])
        assert [one.channel for one in listener.notifies(timeout=5, stop_after=1)] == ["journal"]
        house.journal.append([heard(AIGUL, NOON)])
        assert list(listener.notifies(timeout=0.1)) == []


def test_nothing_of_what_was_said_lies_open_in_the_database(house: House) -> None:
    house.journal.append([heard(AIGUL, NOON, raw=b"secret words")])
    with transaction(house.engine) as connection:
        [(row,)] = driver(connection).execute("SELECT journal::text FROM journal").fetchall()
        assert connection.scalar(text("SELECT count(*) FROM journal")) == 1
    assert b"secret words".hex() not in row
