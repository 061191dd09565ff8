"""The audit is written with the act, and shows when it was changed."""

from concurrent.futures import ThreadPoolExecutor

from baqylau.storage.access.audit import Audit
from tests.unit.storage.kept import NOON, House


def test_looks_and_acts_are_written_in_order(house: House) -> None:
    audit = Audit(house.engine, house.clock)
    audit.record("dana", "person.look", "person/aigul", "alarm 12")
    audit.record("dana", "alarm.take", "alarm/12")
    newest, look = audit.latest(10)
    assert (look.id, look.at, look.who, look.object, look.purpose) == (1, NOON, "dana", "person/aigul", "alarm 12")
    assert newest.what == "alarm.take"
    assert audit.verify() == []


def test_acts_that_come_together_make_one_chain(house: House) -> None:
    audit = Audit(house.engine, house.clock)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: audit.record("dana", "look", f"person/{number}"), range(40)))
    assert audit.verify() == []
    assert len(audit.latest(100)) == 40


def test_a_changed_a_missing_and_a_cut_off_entry_are_found(house: House) -> None:
    audit = Audit(house.engine, house.clock)
    for number in range(10):
        audit.record("dana", "look", f"person/{number}")
    house.change("UPDATE audit SET who = 'nobody' WHERE id = 3")
    house.change("DELETE FROM audit WHERE id IN (5, 9, 10)")
    assert audit.verify() == [3, 5, 9, 10]
