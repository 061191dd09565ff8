"""Any number of judges share the partitions; whoever is silent loses them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Engine, text

from baqylau.domain.partitions import ALL_PARTITIONS
from baqylau.storage.database import open_database
from baqylau.storage.judging.judgement import FencedError
from baqylau.storage.judging.seats import LEASE_S, Seats
from baqylau.storage.migrating import migrate
from baqylau.storage.server import embedded
from tests.conftest import own_directory
from tests.unit.storage.kept import House

ALL = set(ALL_PARTITIONS)
LONG_UP = text(
    "SELECT pg_sleep(greatest(0, :s - extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float))"
)
"""Waits until the database itself has not been away for a lease: then nobody is given time for its sake."""


def fall_silent(house: House, name: str) -> None:
    """Let a judge have said its last word a lease ago."""
    with house.engine.begin() as connection:
        connection.execute(LONG_UP, {"s": LEASE_S})
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


def test_when_the_database_was_away_nobody_is_taken_for_dead_for_it() -> None:
    lease_s = 1.0

    def judges(engine: Engine) -> list[Seats]:
        return [Seats(engine, name, "a", lease_s) for name in ("one", "two")]

    with own_directory() as place:
        with opened(place) as engine:
            migrate(engine)
            one, two = judges(engine)
            one.sit()
            two.sit()
            before = one.share()
            assert two.share().keys() == ALL - before.keys()
        sleep(2 * lease_s)
        with opened(place) as engine:
            one, two = judges(engine)
            assert one.sit().keys() == before.keys(), "the other one, who lived, has time to come back"
            sleep(2 * lease_s)
            assert one.share().keys() == ALL, "and not for ever"


@contextmanager
def opened(place: Path) -> Iterator[Engine]:
    with embedded(place / "postgresql") as dsn:
        engine = open_database(dsn)
        try:
            yield engine
        finally:
            engine.dispose()
