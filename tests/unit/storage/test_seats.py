"""Any number of judges share the partitions; whoever is silent loses them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from baqylau.domain.partitions import ALL_PARTITIONS
from baqylau.storage.judging.judgement import FencedError
from baqylau.storage.judging.seats import LEASE_S, Seats
from tests.unit.storage.kept import House

ALL = set(ALL_PARTITIONS)


def fall_silent(house: House, name: str) -> None:
    """Let a judge have said its last word a lease ago."""
    with house.engine.begin() as connection:
        silent = text("UPDATE judge_seat SET seen_at = seen_at - :s * interval '1 second' WHERE name = :name")
        connection.execute(silent, {"s": LEASE_S + 1, "name": name})


def test_one_judge_has_everything(house: House) -> None:
    only = Seats(house.engine, "one", "a")
    assert only.sit().keys() == ALL
    assert only.share().keys() == ALL


def test_those_who_join_get_a_fair_share_once_the_others_give_it(house: House) -> None:
    judges = [Seats(house.engine, name, "a") for name in ("one", "two", "three")]
    held = [judge.sit() for judge in judges]
    assert [len(one) for one in held] == [len(ALL), 0, 0]
    for _ in range(2):
        held = [judge.share() for judge in judges]
    assert sorted(map(len, held)) == [21, 22, 22]
    assert set().union(*held) == ALL


def test_the_share_of_a_silent_judge_goes_to_the_others_and_its_epochs_are_old(house: House) -> None:
    dead, alive = Seats(house.engine, "dead", "a"), Seats(house.engine, "alive", "a")
    dead.sit()
    alive.sit()
    before = dead.share()
    assert alive.share().keys() == ALL - before.keys()
    fall_silent(house, "dead")
    after = alive.share()
    assert after.keys() == ALL
    assert all(after[partition] > epoch for partition, epoch in before.items())


def test_a_judge_that_was_only_slow_gets_its_share_back_with_new_epochs(house: House) -> None:
    slow, quick = Seats(house.engine, "slow", "a"), Seats(house.engine, "quick", "a")
    before = slow.sit()
    quick.sit()
    fall_silent(house, "slow")
    quick.share()
    slow.share()
    quick.share()
    regained = slow.share()
    assert len(regained) in {32, 33}
    assert all(epoch > before[partition] for partition, epoch in regained.items())


def test_a_judge_that_was_held_still_in_the_middle_of_sharing_counts_itself_among_the_living(house: House) -> None:
    held_still = Seats(house.engine, "one", "a", lease_s=0.0)
    assert held_still.sit().keys() == ALL
    assert held_still.share().keys() == ALL


def test_whoever_sits_down_on_a_taken_seat_has_it_at_once(house: House) -> None:
    first, second = Seats(house.engine, "one", "first"), Seats(house.engine, "one", "second")
    before = first.sit()
    now = second.sit()
    assert now.keys() == ALL
    assert all(now[partition] > epoch for partition, epoch in before.items())
    with pytest.raises(FencedError):
        first.share()
    first.stay()
    first.leave()
    assert second.share() == now


def test_who_stands_up_leaves_everything_to_the_others_without_a_wait(house: House) -> None:
    leaving, staying = Seats(house.engine, "leaving", "a"), Seats(house.engine, "staying", "a")
    leaving.sit()
    assert staying.sit() == {}
    leaving.leave()
    assert staying.share().keys() == ALL


def test_many_that_come_at_once_never_hold_the_same_partition(house: House) -> None:
    judges = [Seats(house.engine, f"judge-{number}", "a") for number in range(5)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(Seats.sit, judges))
        for _ in range(3):
            held = list(pool.map(Seats.share, judges))
    held = [judge.share() for judge in judges]
    assert sorted(partition for one in held for partition in one) == sorted(ALL)
    assert max(map(len, held)) == 13
