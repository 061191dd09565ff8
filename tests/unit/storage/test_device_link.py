"""Keys of devices, how far each has told, and what it is ordered to do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from baqylau.crypto.digests import observation_id
from baqylau.crypto.sealing import SealBrokenError
from baqylau.domain.commands import CommandState, ReportNow, TellPerson
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import LinkEvent, LinkHealth, Observation
from baqylau.domain.partitions import UNASSIGNED
from baqylau.domain.people import Language
from baqylau.storage.access.audit import Audit
from baqylau.storage.database import transaction
from baqylau.storage.equipment.commands import Commands, Told, tell
from baqylau.storage.equipment.device_keys import DeviceKeys, KeyInUseError, KeyKind, NoKeyError
from baqylau.storage.equipment.link_records import (
    RECENT,
    Arrival,
    Kept,
    LinkRecords,
    Status,
    Word,
    joined,
    keeping,
    prune,
)
from baqylau.storage.journal.journal import Entry
from tests.unit.storage.kept import NOON, House, after

UNIT = DeviceId("hu-1")
BRACELET = DeviceId("br-1")
HELLO = TellPerson(message_id="m-1", text="Charge the bracelet.", language=Language.KK)


def keys_in(house: House) -> DeviceKeys:
    return DeviceKeys(house.engine, house.new_vault(), house.clock, house.random)


def test_a_secret_key_is_nowhere_in_the_database_and_comes_back_from_it(house: House) -> None:
    root = bytes(range(32))
    keys_in(house).enrol(BRACELET, KeyKind.BEACON, "B-1", root, by="dana")
    (key,) = keys_in(house).in_use()
    assert (key.device_id, key.serial, key.material, key.enrolled_at) == (BRACELET, "B-1", root, NOON)
    with house.engine.connect() as connection:
        row = connection.execute(text("SELECT public, sealed FROM device_key")).one()
    assert row.public is None
    assert root not in row.sealed


def test_a_sealed_key_does_not_open_as_another_devices(house: House) -> None:
    keys = keys_in(house)
    keys.enrol(BRACELET, KeyKind.BEACON, "B-1", bytes(32), by="dana")
    house.change("UPDATE device_key SET device_id = 'br-2'")
    with pytest.raises(SealBrokenError):
        keys.in_use()


def test_a_revoked_key_stays_in_the_history_and_makes_room_for_the_next(house: House) -> None:
    keys = keys_in(house)
    keys.enrol(UNIT, KeyKind.ED25519, "H-1", bytes(32), by="dana")
    with pytest.raises(KeyInUseError):
        keys.enrol(UNIT, KeyKind.ED25519, "H-1", bytes([1] * 32), by="dana")
    before = keys.version()
    assert keys.revoke(UNIT, "stolen", by="dana") == 1
    assert keys.version() != before
    assert (keys.in_use(), keys.revoked()) == ([], frozenset({UNIT}))
    with pytest.raises(NoKeyError):
        keys.revoke(UNIT, "again", by="dana")
    keys.enrol(UNIT, KeyKind.ED25519, "H-1", bytes([1] * 32), by="dana")
    assert [(key.revoked_at, key.revoked_why) for key in keys.of(UNIT)] == [(NOON, "stolen"), (None, "")]
    assert keys.revoked() == frozenset()
    acts = [entry.what for entry in Audit(house.engine, house.clock).latest(9)]
    assert acts == ["device.enrol.ed25519", "device.revoke", "device.enrol.ed25519"]


def told_by_device(house: House, number: int, state: CommandState, detail: str = "") -> None:
    with transaction(house.engine) as connection:
        tell(connection, [Told(device_id=UNIT, number=number, state=state, detail=detail, at=house.clock())])


def test_a_command_comes_step_by_step_to_its_end_and_never_back(house: House) -> None:
    commands = Commands(house.engine, house.clock)
    one = commands.give(UNIT, HELLO, after(600), by="dana")
    two = commands.give(UNIT, ReportNow(), after(600), by="dana")
    assert (one.number, two.number) == (1, 2)
    assert commands.open() == {UNIT: (one, two)}
    commands.sent([one])
    told_by_device(house, 1, CommandState.ACKNOWLEDGED)
    assert commands.open() == {UNIT: (two,)}
    told_by_device(house, 1, CommandState.DONE, "read")
    told_by_device(house, 1, CommandState.ACKNOWLEDGED)
    commands.sent([one])
    row = next(row for row in commands.of([UNIT]) if row.command == one)
    assert (row.state, row.detail, row.by) == (CommandState.DONE, "read", "dana")
    assert row.sent_at is not None
    assert row.ended_at is not None


def test_a_command_that_nobody_fetched_expires_and_late_news_of_it_is_taken(house: House) -> None:
    commands = Commands(house.engine, house.clock)
    commands.give(UNIT, ReportNow(), after(60), by="dana")
    house.now = after(61)
    assert commands.open() == {}
    assert (commands.expire(), commands.expire()) == (1, 0)
    assert commands.of([UNIT])[0].state is CommandState.EXPIRED
    told_by_device(house, 1, CommandState.ACKNOWLEDGED)
    [late] = commands.of([UNIT])
    assert (late.state, late.acknowledged_at) == (CommandState.EXPIRED, after(61))
    told_by_device(house, 1, CommandState.DONE)
    assert commands.of([UNIT])[0].state is CommandState.DONE


def test_a_command_that_has_ended_already_is_not_given(house: House) -> None:
    with pytest.raises(ValueError, match="end after now"):
        Commands(house.engine, house.clock).give(UNIT, ReportNow(), NOON, by="dana")


def arrival(first: int, last: int, kept: Kept, **more: object) -> Arrival:
    contents = b"".join(seq.to_bytes(8, "big") for seq in range(first, last + 1))
    return Arrival(kept=kept, stretch=(first, last), contents=contents, **more)  # type: ignore[arg-type]


def keep(house: House, *arrivals: Arrival) -> None:
    fact = Observation(
        id=observation_id(b"fact"),
        device_id=UNIT,
        observed_at=NOON,
        received_at=NOON,
        bodies=(LinkHealth(event=LinkEvent.PING),),
    )
    entry = Entry(partition=UNASSIGNED, person_id=None, observation=fact, raw=b"")
    house.journal.append([entry], (keeping(arrivals, house.clock()),))


def test_numbers_are_kept_with_the_facts_or_not_at_all(house: House) -> None:
    kept = Kept(device_id=UNIT, through=3, beyond=((7, 9),), configuration=2, batch=bytes([1] * 32), heard_at=NOON)

    def broken(_connection: object) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        house.journal.append([], (keeping([arrival(1, 3, kept)], NOON), broken))
    records = LinkRecords(house.engine)
    assert records.all() == {}
    keep(house, arrival(1, 3, kept))
    assert records.all() == {UNIT: kept}
    assert kept.missing == ((4, 6),)
    assert [kept.holds(seq) for seq in (3, 4, 7, 9, 10)] == [True, False, True, True, False]


def test_what_a_record_said_is_known_until_it_is_long_confirmed(house: House) -> None:
    records = LinkRecords(house.engine)
    keep(house, arrival(1, 3, Kept(device_id=UNIT, through=3, batch=bytes([1] * 32))))
    assert records.contents(UNIT, 2, 9)[3] == (3).to_bytes(8, "big")
    far = RECENT + 10
    keep(house, arrival(4, far, Kept(device_id=UNIT, through=far, batch=bytes([2] * 32))))
    prune(house.engine, house.clock())
    found = records.contents(UNIT, 1, far)
    assert 3 not in found
    assert found[far] == far.to_bytes(8, "big")


def test_what_was_latched_and_what_units_say_of_themselves_comes_with_the_batch(house: House) -> None:
    records = LinkRecords(house.engine)
    statuses = tuple(
        Status(device_id=BRACELET, at=NOON - timedelta(days=days), status=bytes([days] * 8)) for days in (60, 50, 1)
    )
    walk = Word(device_id=UNIT, seq=1, person_id=None, observed_at=NOON, kind="walk", body={"buffer_s": 420})
    kept = Kept(device_id=UNIT, through=1, batch=bytes([1] * 32))
    keep(house, arrival(1, 1, kept, statuses=statuses, words=(walk,)))
    keep(house, arrival(1, 1, kept, statuses=statuses, words=(walk,)))
    assert records.latest_words("walk") == {UNIT: walk}
    prune(house.engine, house.clock())
    assert records.statuses() == [statuses[1], statuses[2]]


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), max_size=30))
def test_stretches_in_any_order_hold_exactly_their_numbers(parts: list[tuple[int, int]]) -> None:
    stretches = [(first, first + more) for first, more in parts]
    through, beyond = joined(0, stretches)
    kept = Kept(device_id=UNIT, through=through, beyond=beyond)
    said = {seq for first, last in stretches for seq in range(first, last + 1)}
    assert {seq for seq in range(1, 80) if kept.holds(seq)} == said
    gaps = {seq for first, last in kept.missing for seq in range(first, last + 1)}
    assert gaps == set(range(1, max(said, default=0))) - said


def test_no_number_is_given_twice_however_many_give_orders_at_once(house: House) -> None:
    commands = Commands(house.engine, house.clock)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: commands.give(UNIT, ReportNow(), after(60), by="dana"), range(8)))
    assert sorted(row.command.number for row in commands.of([UNIT])) == list(range(1, 9))
