"""What a check asks for follows from its random number alone."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.challenge import Blow, Hum, SayDigit, ShowLight, Side, TurnHead, challenge
from baqylau.domain.checks import NONCE_BYTES, CheckKind

nonces = st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES)


@given(nonces, st.booleans())
def test_server_and_unit_work_out_the_same_steps(nonce: bytes, lamp: bool) -> None:  # noqa: FBT001 - drawn
    assert challenge(CheckKind.IDENTITY, nonce, lamp=lamp) == challenge(CheckKind.IDENTITY, nonce, lamp=lamp)


@given(nonces)
def test_both_sides_are_always_asked_for_and_six_digits(nonce: bytes) -> None:
    steps = challenge(CheckKind.IDENTITY, nonce)
    assert {step.to for step in steps if isinstance(step, TurnHead)} == set(Side)
    assert sum(isinstance(step, SayDigit) for step in steps) == 6
    assert not any(isinstance(step, ShowLight) for step in steps)


@given(nonces)
def test_a_breath_test_is_blow_hum_blow(nonce: bytes) -> None:
    inner = challenge(CheckKind.BREATH, nonce)[1:-1]
    assert [type(step) for step in inner] == [Blow, Hum, Blow]


def test_each_digit_is_as_likely_as_the_next() -> None:
    said = Counter(
        step.digit
        for n in range(2000)
        for step in challenge(CheckKind.IDENTITY, n.to_bytes(NONCE_BYTES, "big"))
        if isinstance(step, SayDigit)
    )
    assert set(said) == set(range(10))
    assert all(1000 < count < 1400 for count in said.values())


def test_another_number_asks_for_something_else() -> None:
    asked = {challenge(CheckKind.IDENTITY, n.to_bytes(NONCE_BYTES, "big")) for n in range(500)}
    assert len(asked) == 500
