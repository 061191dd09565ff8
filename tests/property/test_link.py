"""What holds for the device link, whoever speaks on it."""

import tracemalloc
from collections import Counter
from random import Random
from struct import pack

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.crypto.cose import PublicKey, SharedKey, sealed
from baqylau.crypto.signing import Signer
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.commands import Answer, Configuration
from baqylau.protocols.batch.envelope import (
    BATCH,
    Fault,
    Opened,
    Refused,
    digest_of,
    opened_answer,
    opened_batch,
    opened_command,
    opened_configuration,
    opened_poll,
    sealed_answer,
    sealed_batch,
    sealed_command,
    sealed_configuration,
    sealed_poll,
)
from baqylau.protocols.batch.records import Alive, Batch, ClockQuality, Doubt, Poll, Record
from baqylau.protocols.batch.wire import RECORDS_MAX, RecordFault, batch_bytes, content_of, record_of
from tests.property.link import BEGIN, UNIT, anything, batch_of, batches, position, reception, spoilt

calm = settings(deadline=None, max_examples=60)
"""A busy machine is no fault of the link."""
SIGNER, SERVER, STRANGER = (Signer(bytes([number]) * 32) for number in range(3))
SECRET = SharedKey(bytes(range(32)))
PUBLIC = PublicKey(SIGNER.public_key)
PROOFS: list[tuple[Signer | SharedKey, PublicKey | SharedKey]] = [(SIGNER, PUBLIC), (SECRET, SECRET)]
TRUSTED = (SERVER.public_key,)
OTHER = DeviceId("HU-000018")
BATCHES = [batch_of(position, 3), batch_of(reception, 3), batch_of(lambda _: Alive(), 40)]
TRIES = 5_000
MEMORY_MAX = 48 << 20


def opened(raw: bytes, key: PublicKey | SharedKey = PUBLIC) -> Opened | Refused:
    return opened_batch(raw, lambda device_id: key if device_id == UNIT else None)


def fault(raw: bytes, key: PublicKey | SharedKey = PUBLIC) -> Fault:
    said = opened(raw, key)
    assert isinstance(said, Refused)
    return said.fault


def proven(payload: bytes) -> bytes:
    """Give a payload as the device itself would prove it."""
    return sealed(payload, kid=UNIT.encode(), key=SIGNER, aad=BATCH)


@pytest.mark.parametrize(("key", "opening"), PROOFS, ids=["signature", "code"])
@calm
@given(batch=batches())
def test_any_batch_comes_through_whole(key: Signer | SharedKey, opening: PublicKey | SharedKey, batch: Batch) -> None:
    raw = sealed_batch(batch, key)
    said = opened(raw, opening)
    assert isinstance(said, Opened)
    assert said.batch == batch
    assert (said.first, said.last, said.rejected) == (batch.records[0].seq, batch.records[-1].seq, ())
    assert said.digest == digest_of(raw)
    assert [record_of(one.seq, content_of(one)) for one in batch.records] == list(batch.records)
    assert sealed_batch(said.batch, key) == raw


@calm
@given(
    answer=anything(Answer),
    command=anything(Command),
    configuration=anything(Configuration),
    poll=anything(Poll),
)
def test_whatever_the_server_says_comes_through_whole(
    answer: Answer, command: Command, configuration: Configuration, poll: Poll
) -> None:
    command, configuration = replace(command, device_id=UNIT), replace(configuration, device_id=UNIT)
    answer = replace(answer, device_id=UNIT, commands=(command,), configuration=configuration)
    said = opened_answer(sealed_answer(answer, SERVER), TRUSTED, UNIT)
    assert not isinstance(said, Refused)
    assert said.answer == answer
    assert said.sealed_commands == (sealed_command(command, SERVER),)
    assert said.sealed_configuration == sealed_configuration(configuration, SERVER)
    assert said.refused == ()
    poll = replace(poll, device_id=UNIT)
    assert opened_poll(sealed_poll(poll, SIGNER), lambda _: PUBLIC) == poll


@pytest.mark.parametrize(("key", "opening"), PROOFS, ids=["signature", "code"])
@calm
@given(batch=batches(), place=st.integers(0, 10_000), bit=st.integers(0, 7), more=st.binary(min_size=1, max_size=9))
def test_one_bit_one_byte_less_or_more_and_it_is_not_believed(
    key: Signer | SharedKey, opening: PublicKey | SharedKey, batch: Batch, place: int, bit: int, more: bytes
) -> None:
    raw = sealed_batch(batch, key)
    at = place % len(raw)
    flipped = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
    assert fault(flipped, opening) in {Fault.FORM, Fault.SIGNATURE, Fault.UNKNOWN_KEY}
    assert fault(raw[:at], opening) == Fault.FORM
    assert fault(raw + more, opening) == Fault.FORM


@calm
@given(batch=batches())
def test_nobody_speaks_for_another(batch: Batch) -> None:
    assert fault(sealed_batch(batch, STRANGER)) == Fault.SIGNATURE
    assert fault(sealed_batch(replace(batch, device_id=OTHER), SIGNER)) == Fault.UNKNOWN_KEY
    assert fault(sealed_batch(batch, SECRET)) == Fault.ALGORITHM
    assert fault(sealed_batch(batch, SharedKey(SIGNER.public_key))) == Fault.ALGORITHM
    renamed = sealed_batch(batch, SIGNER).replace(UNIT.encode(), OTHER.encode(), 1)
    said = opened_batch(renamed, lambda _: PUBLIC)
    assert isinstance(said, Refused)
    assert said.fault == Fault.SIGNATURE


@calm
@given(command=anything(Command), answer=anything(Answer))
def test_a_device_obeys_its_own_server_in_its_own_name_only(command: Command, answer: Answer) -> None:
    command = replace(command, device_id=UNIT)
    raw = sealed_command(command, SERVER)
    assert opened_command(raw, TRUSTED, UNIT) == command
    for faults, seen in (
        (Fault.FOREIGN, opened_command(raw, TRUSTED, OTHER)),
        (Fault.UNKNOWN_KEY, opened_command(raw, (STRANGER.public_key,), UNIT)),
        (Fault.UNKNOWN_KEY, opened_command(sealed_command(command, STRANGER), TRUSTED, UNIT)),
        (Fault.SIGNATURE, opened_configuration(raw, TRUSTED, UNIT)),
        (Fault.SIGNATURE, opened_answer(raw, TRUSTED, UNIT)),
    ):
        assert isinstance(seen, Refused)
        assert seen.fault == faults
    mixed = replace(answer, device_id=UNIT, commands=(command, replace(command, device_id=OTHER)), configuration=None)
    said = opened_answer(sealed_answer(mixed, SERVER), TRUSTED, UNIT)
    assert not isinstance(said, Refused)
    assert said.answer.commands == (command,)
    assert [one.fault for one in said.refused] == [Fault.FOREIGN]


HOUR = [3_600_000, 7, 0]
ZEROS = bytes(32)


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        ([*HOUR, ["telepathy"]], RecordFault.UNKNOWN),
        ([*HOUR, ["own", [["strap", True], ["aura", 1]]]], RecordFault.UNKNOWN),
        ([*HOUR, ["own", [["strap", True, "and more"]]]], RecordFault.UNKNOWN),
        ([*HOUR, ["own", [["interference", "weather", "none"]]]], RecordFault.UNKNOWN),
        ([3_600_000, 7, 8, ["alive"]], RecordFault.UNKNOWN),
        ([*HOUR, ["own", [["strap", 1]]]], RecordFault.FORM),
        ([*HOUR, ["own", [["fix", 43.0]]]], RecordFault.FORM),
        ([*HOUR, ["own", [["fix", 43.0, float("nan")]]]], RecordFault.FORM),
        ([*HOUR, ["own", [["fix", 43.0, float("inf")]]]], RecordFault.FORM),
        ([*HOUR, ["own", [["heard", "a\0b", 1.0]]]], RecordFault.FORM),
        ([*HOUR, ["own", [["heard", "a" * 3000, 1.0]]]], RecordFault.FORM),
        ([*HOUR, ["own", [["panic"]] * 1001]], RecordFault.FORM),
        ([*HOUR, ["result", 2**60, "done"]], RecordFault.FORM),
        ([*HOUR, [["alive"]]], RecordFault.FORM),
        ([*HOUR, []], RecordFault.FORM),
        ([*HOUR, cbor2.undefined], RecordFault.FORM),
        ([-1, 7, 0, ["alive"]], RecordFault.FORM),
        ([2**62, 7, 0, ["alive"]], RecordFault.FORM),
        ([3_600_000, -7, 0, ["alive"]], RecordFault.FORM),
        ([True, 7, 0, ["alive"]], RecordFault.FORM),
        ([*HOUR, ["alive"], 1], RecordFault.FORM),
        ({"said": "alive"}, RecordFault.FORM),
        (7, RecordFault.FORM),
    ],
)
def test_a_record_that_cannot_be_read_is_named_and_kept_and_the_others_are_taken(
    array: object, reason: RecordFault
) -> None:
    alive = [*HOUR, ["alive"]]
    said = opened(proven(cbor2.dumps([1, ZEROS, 0, 40, [alive, array, alive]], canonical=True)))
    assert isinstance(said, Opened)
    assert [one.seq for one in said.batch.records] == [40, 42]
    assert (said.first, said.last) == (40, 42)
    (rejected,) = said.rejected
    assert (rejected.seq, rejected.fault) == (41, reason)
    assert rejected.content == cbor2.dumps(array, canonical=True)
    assert record_of(41, rejected.content) == rejected


NESTED = b"\x81" * 1_000_000
LENGTHS = [b"\x5b", b"\x7b", b"\x9b", b"\xbb"]


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        (b"", Fault.CONTENT),
        (b"\xf6", Fault.CONTENT),
        (cbor2.dumps([2, "anything"]), Fault.VERSION),
        (cbor2.dumps([1, ZEROS, 0, 1, []]), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 0, [7]]), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 2**53 - 1, [7]]), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS[1:], 0, 1, [7]]), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, -1, 1, [7]]), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 1, [7], 0]), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 1, [0] * (RECORDS_MAX + 1)]), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 1, [{"a": 1}]]).replace(b"\xa1aa\x01", b"\xa2aa\x01aa\x01"), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 1, [7]]).replace(b"\x81\x07", b"\x9f\x07\xff"), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 1, [7]]).replace(b"\x81\x07", b"\x81\x18\x07"), Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 1, [7]]) + b"\0", Fault.CONTENT),
        (cbor2.dumps([1, ZEROS, 0, 1, [cbor2.CBORTag(1, 7)]]), Fault.CONTENT),
        (b"\xc5\x82\x1b" + b"\x7f" * 8 + b"\x03", Fault.CONTENT),
        (b"\xd8\x1c\x81\xd8\x1d\x00", Fault.CONTENT),
        (NESTED, Fault.CONTENT),
        *((head + pack(">Q", 2**63), Fault.CONTENT) for head in LENGTHS),
    ],
)
def test_what_is_proven_and_says_no_batch_is_named(payload: bytes, named: Fault) -> None:
    assert fault(proven(payload)) == named


def test_the_largest_batch_is_opened_and_a_larger_one_is_not_looked_at() -> None:
    alive = Record(seq=1, observed_at=BEGIN, monotonic_ms=0, clock=ClockQuality.FREE, said=Alive())
    records = tuple(replace(alive, seq=seq) for seq in range(1, RECORDS_MAX + 1))
    said = opened(sealed_batch(Batch(device_id=UNIT, previous=ZEROS, configuration=0, records=records), SIGNER))
    assert isinstance(said, Opened)
    assert said.batch.records == records
    assert fault(proven(bytes(1 << 20))) == Fault.LENGTH


def test_a_batch_that_nobody_would_take_is_not_even_sealed() -> None:
    whole = batch_of(position, 3)
    gap = replace(whole, records=(whole.records[0], whole.records[2]))
    many = batch_of(lambda _: Alive(), RECORDS_MAX + 1)
    long = batch_of(lambda _: Doubt(transmitter_id=None, reason="", frame=bytes(400_000)), 3)
    for wrong in (replace(whole, records=()), gap, many, long):
        with pytest.raises(ValueError, match="batch"):
            sealed_batch(wrong, SIGNER)


def test_hostile_bytes_cost_little_memory() -> None:
    hostile = [
        NESTED,
        b"\xd2\x84" + b"\x80" * 400_000,
        b"\xd2\x84\x5b" + pack(">Q", 2**62),
        proven(cbor2.dumps([1, ZEROS, 0, 1, [[]] * 400_000])),
    ]
    tracemalloc.start()
    try:
        assert all(isinstance(opened(raw), Refused) for raw in hostile)
        assert tracemalloc.get_traced_memory()[1] < MEMORY_MAX
    finally:
        tracemalloc.stop()


def test_no_bytes_at_all_end_in_anything_but_a_batch_or_a_name() -> None:
    random, outcomes = Random(4), Counter[str]()  # noqa: S311 - the same bytes in every run
    for _ in range(TRIES):
        batch = random.choice(BATCHES)
        spoilt_on_the_way = opened(spoilt(random, sealed_batch(batch, SIGNER)))
        assert isinstance(spoilt_on_the_way, Refused) or spoilt_on_the_way.batch == batch
        spoilt_by_the_device = opened(proven(spoilt(random, batch_bytes(batch))))
        for said in (spoilt_on_the_way, spoilt_by_the_device):
            outcomes[said.fault if isinstance(said, Refused) else "opened"] += 1
    assert {Fault.FORM, Fault.SIGNATURE, Fault.CONTENT} < set(outcomes), outcomes
