"""What is kept of a person is sealed with their own key, and gone when it is destroyed."""

import pytest
from sqlalchemy import text

from baqylau.crypto.sealing import SealBrokenError
from baqylau.storage.journal.journal import Journal
from baqylau.storage.vault import KeyDestroyedError, Vault
from tests.unit.storage.kept import AIGUL, BOLAT, NOON, House, after, device_of, heard

NONCE = bytes(12)


def test_a_person_has_one_key_whoever_asks_for_it_first(house: House) -> None:
    sealed = house.vault.seal_for(AIGUL).close(b"word", nonce=NONCE, context=b"")
    assert house.new_vault().seal_for(AIGUL).open(sealed, context=b"") == b"word"


def test_people_and_the_installation_have_different_keys(house: House) -> None:
    sealed = house.vault.seal_for(AIGUL).close(b"word", nonce=NONCE, context=b"")
    for other in (BOLAT, None):
        with pytest.raises(SealBrokenError):
            house.vault.seal_for(other).open(sealed, context=b"")


def test_many_keys_are_made_at_once(house: House) -> None:
    keys = house.vault.keys_for([AIGUL, BOLAT, None, AIGUL])
    assert set(keys) == {AIGUL, BOLAT, None}
    assert house.new_vault().keys_for([AIGUL])[AIGUL].id == keys[AIGUL].id


def test_without_the_installations_key_no_other_opens(house: House) -> None:
    house.vault.seal_for(AIGUL)
    with pytest.raises(SealBrokenError):
        Vault(house.engine, bytes(32), house.random).seal_for(AIGUL)


def test_a_wrapped_key_cannot_be_given_to_somebody_else(house: House) -> None:
    house.vault.seal_for(AIGUL)
    house.change("UPDATE data_key SET person_id = 'bolat'")
    with pytest.raises(SealBrokenError):
        house.new_vault().seal_for(BOLAT)


def test_destroying_a_key_makes_what_it_sealed_unreadable_while_the_chain_still_verifies(house: House) -> None:
    mine = heard(AIGUL, NOON)
    house.journal.append([mine, heard(BOLAT, NOON)])

    house.vault.destroy(AIGUL)

    journal = Journal(house.engine, house.new_vault(), house.clock, house.random)
    for reading in (house.journal, journal):
        [empty] = reading.of_devices([device_of(AIGUL)], NOON, NOON)
        assert (empty.id, empty.bodies) == (mine.observation.id, ())
        [other] = reading.of_devices([device_of(BOLAT)], NOON, NOON)
        assert other.bodies
        with pytest.raises(KeyDestroyedError):
            reading.raw(mine.observation.id)
    assert house.journal.verify().broken == ()
    with house.engine.connect() as connection:
        assert connection.scalar(text("SELECT wrapped FROM data_key WHERE person_id = 'aigul'")) is None


def test_after_a_destruction_a_new_key_begins(house: House) -> None:
    house.journal.append([heard(AIGUL, NOON)])
    house.vault.destroy(AIGUL)
    house.journal.append([heard(AIGUL, after(1))])
    assert [bool(one.bodies) for one in house.everything()] == [False, True]
