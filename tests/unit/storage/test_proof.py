"""Any change of what was kept is seen, and where it was made."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from baqylau.crypto.digests import CHAIN_START, link
from baqylau.crypto.signing import Signer
from baqylau.domain.partitions import partition_of
from baqylau.storage.journal import rows
from baqylau.storage.journal.proof import Broken, Flaw
from tests.unit.storage.kept import AIGUL, BOLAT, NOON, House, after, heard, minutes

MINE = partition_of(AIGUL)


@pytest.fixture
def ten(house: House) -> House:
    """An installation that kept ten entries of one person and three of another."""
    house.journal.append([*minutes(AIGUL, 10), *minutes(BOLAT, 3)])
    return house


def test_what_nobody_touched_verifies_and_is_counted(ten: House) -> None:
    proof = ten.journal.verify()
    assert (proof.entries, proof.broken) == (13, ())


@pytest.mark.parametrize(
    "change",
    [
        "sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)",
        "hash = set_byte(hash, 0, get_byte(hash, 0) # 1)",
        "observed_at = observed_at + interval '1 second'",
        "instant = instant + interval '1 second'",
        "person_id = 'bolat'",
        "device_id = 'another'",
        "authentication = 'ourselves'",
        "key_id = key_id + 1",
        "leaf = set_byte(leaf, 5, get_byte(leaf, 5) # 1)",
    ],
)
def test_one_changed_byte_or_field_is_found_with_its_number_and_no_other(ten: House, change: str) -> None:
    ten.change(f"UPDATE journal SET {change} WHERE partition = :mine AND seq = 4", mine=MINE)  # noqa: S608 - ours
    assert ten.journal.verify().broken == (Broken(MINE, 4, Flaw.CHANGED),)


def test_an_entry_that_was_taken_away_is_missed(ten: House) -> None:
    ten.change("DELETE FROM journal WHERE partition = :mine AND seq = 4", mine=MINE)
    assert ten.journal.verify().broken == (Broken(MINE, 4, Flaw.MISSING),)


def test_entries_taken_from_the_end_are_missed(ten: House) -> None:
    ten.change("DELETE FROM journal WHERE partition = :mine AND seq > 8", mine=MINE)
    assert ten.journal.verify().broken == (Broken(MINE, 10, Flaw.HEAD_DIFFERS),)


def test_who_takes_from_the_end_and_mends_the_head_is_betrayed_by_the_signature(ten: House) -> None:
    ten.journal.sign_heads(Signer(bytes(32)), NOON)
    ten.change("DELETE FROM journal WHERE partition = :mine AND seq > 8", mine=MINE)
    ten.change(
        "UPDATE journal_head SET seq = 8, hash = (SELECT hash FROM journal WHERE partition = :mine AND seq = 8) "
        "WHERE partition = :mine",
        mine=MINE,
    )
    assert ten.journal.verify().broken == (Broken(MINE, 10, Flaw.SIGNED_OTHERWISE),)


def test_a_chain_that_was_signed_goes_on_and_still_verifies(ten: House) -> None:
    signer = Signer(bytes(32))
    ten.journal.sign_heads(signer, NOON)
    ten.journal.append([heard(AIGUL, after(100))])
    assert ten.journal.verify(signer.public_key).broken == ()


def test_the_signature_of_another_installation_proves_nothing(ten: House) -> None:
    ten.journal.sign_heads(Signer(bytes([1] * 32)), NOON)
    assert ten.journal.verify(Signer(bytes(32)).public_key).broken == (Broken(0, 0, Flaw.SIGNATURE_WRONG),)


def test_a_chain_that_was_written_anew_is_betrayed_by_the_signature(ten: House) -> None:
    ten.journal.sign_heads(Signer(bytes(32)), NOON)
    ten.change("DELETE FROM journal WHERE partition = :mine", mine=MINE)
    ten.change("DELETE FROM journal_key WHERE partition = :mine", mine=MINE)
    ten.change(
        "UPDATE journal_head SET seq = 0, hash = decode(repeat('00', 32), 'hex') WHERE partition = :mine", mine=MINE
    )
    ten.journal.append([heard(AIGUL, after(5000 + second)) for second in range(12)])
    assert ten.journal.verify().broken == (Broken(MINE, 10, Flaw.SIGNED_OTHERWISE),)


def test_trees_of_several_days_are_proved_and_each_carries_the_one_before(ten: House) -> None:
    signer = Signer(bytes(32))
    for day in range(1, 4):
        ten.now = NOON + timedelta(days=day)
        ten.journal.append([heard(AIGUL, ten.now + timedelta(seconds=second)) for second in range(3 * day)])
        ten.journal.sign_heads(signer, ten.now)
    assert ten.journal.verify(signer.public_key).broken == ()
    assert [head.first_seq for partition, head in ten.journal.heads().items() if partition == MINE] == [20]


def test_a_tree_that_remembers_something_else_is_found(ten: House) -> None:
    ten.change("UPDATE journal_head SET peaks = set_byte(peaks, 3, 7) WHERE partition = :mine", mine=MINE)
    assert ten.journal.verify().broken == (Broken(MINE, 10, Flaw.TREE_DIFFERS),)


def test_what_is_carried_into_a_day_is_bound_to_the_day_before(ten: House) -> None:
    ten.now = NOON + timedelta(days=1)
    ten.journal.append([heard(AIGUL, ten.now)])
    ten.change("UPDATE journal_day SET carried = set_byte(carried, 3, 7) WHERE first_seq = 11")
    assert ten.journal.verify().broken == (Broken(MINE, 11, Flaw.TREE_DIFFERS),)


def test_entries_from_before_there_were_trees_still_verify_and_the_next_ones_begin_a_tree(house: House) -> None:
    house.journal.append(minutes(AIGUL, 2))
    _as_before_trees(house)
    house.journal.append([heard(AIGUL, after(second)) for second in range(10, 15)])
    assert house.journal.verify().broken == ()
    assert house.journal.heads()[MINE].first_seq == 3


def _as_before_trees(house: House) -> None:
    """Write the chain as the first versions did: without digests of content."""
    house.change("UPDATE journal SET leaf = NULL")
    house.change("UPDATE journal_day SET carried = NULL")
    chained = CHAIN_START
    with house.engine.connect() as connection:
        found = connection.execute(text(rows.selecting(" FROM journal ORDER BY seq"))).all()
    for row in found:
        clear = rows.clear_of(tuple(row))
        chained = link(chained, rows.bound(clear), row.sealed)
        house.change("UPDATE journal SET hash = :hash WHERE seq = :seq", hash=chained, seq=clear.seq)
    house.change(
        "UPDATE journal_head SET hash = :hash, first_seq = NULL, peaks = NULL WHERE partition = :mine",
        hash=chained,
        mine=MINE,
    )
