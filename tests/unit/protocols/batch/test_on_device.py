"""A small device's own writing of the link: the very bytes of the large one, in both directions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baqylau.crypto.cose import SharedKey, sealed
from baqylau.domain.commands import Command, SetRate
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch import cbor, civil, on_device, small_cbor
from baqylau.protocols.batch.commands import Answer, Configuration
from baqylau.protocols.batch.envelope import (
    ANSWER,
    Fault,
    Refused,
    opened_answer,
    opened_batch,
    sealed_answer,
    sealed_batch,
    sealed_poll,
)
from baqylau.protocols.batch.records import Batch, Poll
from baqylau.protocols.batch.wire import content_of
from tests.property.link import batches, instants

SECRET, OTHER = SharedKey(bytes(range(32))), SharedKey(bytes(32))
UNIT, STRANGER = DeviceId("HU-000017"), DeviceId("TR-9")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
calm = settings(deadline=None, max_examples=30)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(width=16, allow_nan=False, allow_infinity=False)
    | st.floats(width=32, allow_nan=False, allow_infinity=False)
    | st.binary(max_size=300)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text("abcdefgh", max_size=30), inner, max_size=5),
    max_leaves=20,
)


@calm
@given(value=values)
def test_every_plain_value_is_the_same_bytes_as_the_large_writers(value: Any) -> None:
    raw = cbor.written(value)
    assert small_cbor.written(value) == raw
    assert small_cbor.read(raw) == value


@calm
@given(raw=st.binary(max_size=24) | values.map(cbor.written).flatmap(lambda raw: st.permutations(raw).map(bytes)))
def test_what_the_small_reader_takes_the_large_one_takes_too(raw: bytes) -> None:
    try:
        value = small_cbor.read(raw)
    except small_cbor.SmallCborError:
        return
    assert cbor.written(cbor.read(raw)) == cbor.written(value)


@calm
@given(at=instants)
def test_an_instant_is_the_same_text(at: datetime) -> None:
    ms = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert civil.text_of(ms) == msgspec.to_builtins(at)
    assert civil.milliseconds_of(msgspec.to_builtins(at + timedelta(microseconds=999))) == ms


@calm
@given(batch=batches())
def test_any_batch_is_the_same_bytes(batch: Batch) -> None:
    contents = [content_of(one) for one in batch.records]
    first = batch.records[0].seq
    raw = on_device.sealed_batch(UNIT, SECRET.raw, batch.previous, batch.configuration, first, contents)
    assert raw == sealed_batch(batch, SECRET)
    assert [on_device.is_urgent(one) for one in contents] == [one.urgent for one in batch.records]


@calm
@given(at=instants, configuration=st.integers(0, 99))
def test_a_poll_is_the_same_bytes(at: datetime, configuration: int) -> None:
    ms = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    raw = on_device.sealed_poll(UNIT, SECRET.raw, ms, configuration, 25)
    assert raw == sealed_poll(Poll(device_id=UNIT, at=at, configuration=configuration, wait_s=25), SECRET)


def answer(**fields: Any) -> Answer:
    order = SetRate(fix_every_s=15, for_s=600)
    command = Command(device_id=UNIT, number=7, issued_at=NOON, expires_at=NOON + timedelta(hours=1), order=order)
    told: dict[str, Any] = {
        "device_id": UNIT,
        "at": NOON,
        "ack_through": 41,
        "also_kept": ((50, 60),),
        "commands": (command,),
        "configuration": Configuration(device_id=UNIT, version=3, issued_at=NOON),
    }
    return Answer(**(told | fields))


def test_an_answer_by_the_shared_secret_is_understood_by_both() -> None:
    raw = sealed_answer(answer(), SECRET)
    told = on_device.opened_answer(raw, UNIT, SECRET.raw)
    assert (told.at_ms, told.ack_through, told.also_kept) == (1_772_366_400_000, 41, [[50, 60]])
    assert [(one["number"], one["order"]) for one in told.commands] == [
        (7, {"type": "rate", "fix_every_s": 15, "for_s": 600})
    ]
    configuration = on_device.configuration_of(told.sealed_configuration, UNIT, SECRET.raw)
    assert configuration is not None
    assert configuration["version"] == 3
    opened = opened_answer(raw, SECRET, UNIT)
    assert not isinstance(opened, Refused)
    assert opened.answer == answer()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        sealed_answer(answer(), OTHER),
        sealed_answer(answer(), SECRET)[:-1],
        sealed_answer(answer(), SECRET) + b"\x00",
        sealed_answer(answer(device_id=STRANGER), SECRET),
        sealed(b"\xa0", kid=UNIT.encode(), key=SECRET, aad=ANSWER),
        on_device.sealed_poll(UNIT, SECRET.raw, 0, 0, 0),
    ],
    ids=["nothing", "other secret", "cut", "longer", "another's", "says nothing", "a poll"],
)
def test_what_the_server_did_not_prove_is_not_believed(raw: bytes) -> None:
    with pytest.raises(on_device.NotBelievedError):
        on_device.opened_answer(raw, UNIT, SECRET.raw)


@pytest.mark.parametrize("at", range(0, 400, 19))
def test_no_bit_of_an_answer_can_be_turned(at: int) -> None:
    raw = bytearray(sealed_answer(answer(), SECRET))
    raw[at % len(raw)] ^= 1 << at % 8
    with pytest.raises(on_device.NotBelievedError):
        on_device.opened_answer(bytes(raw), UNIT, SECRET.raw)


def test_a_command_that_is_not_believed_does_not_spoil_the_answer() -> None:
    said = msgspec.to_builtins(answer(commands=(), configuration=None), builtin_types=(bytes,))
    forged = sealed(cbor.written(said | {"commands": [b"\x01"]}), kid=UNIT.encode(), key=SECRET, aad=ANSWER)
    told = on_device.opened_answer(forged, UNIT, SECRET.raw)
    assert (told.commands, told.sealed_configuration) == ([], b"")


def test_a_signature_never_passes_where_a_code_is_due() -> None:
    raw = on_device.sealed_poll(UNIT, SECRET.raw, 0, 0, 0)
    said = opened_batch(raw, lambda _: SECRET)
    assert isinstance(said, Refused)
    assert said.fault is Fault.SIGNATURE
