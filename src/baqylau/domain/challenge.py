"""What the person is asked to do in a check: it follows from the server's random number and from nothing else.

Server and unit work it out alike, so what was answered can be judged long after, and an answer to another number is
seen to be one.
"""

from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from baqylau.domain.checks import CheckKind

DIGITS = 6
TURNS = 3
LIGHTS = 4
HUM_S = (1.0, 1.5, 2.0)


class Side(StrEnum):
    """Where to turn the head, as the person sees it."""

    LEFT = "left"
    RIGHT = "right"


class Light(StrEnum):
    """Colours of the unit's screen or lamp."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"
    WHITE = "white"


class LookAhead(Struct, frozen=True, kw_only=True, tag="ahead", gc=False):
    """Look at the camera."""

    seconds: float = 2.0


class TurnHead(Struct, frozen=True, kw_only=True, tag="turn", gc=False):
    """Turn the head to one side and back."""

    to: Side


class SayDigit(Struct, frozen=True, kw_only=True, tag="digit", gc=False):
    """Say one digit."""

    digit: int


class ShowLight(Struct, frozen=True, kw_only=True, tag="light", gc=False):
    """Nothing for the person to do: the unit lights the face."""

    colour: Light
    seconds: float = 0.8


class Blow(Struct, frozen=True, kw_only=True, tag="blow", gc=False):
    """Blow evenly."""


class Hum(Struct, frozen=True, kw_only=True, tag="hum", gc=False):
    """Hum into the mouthpiece."""

    seconds: float


Step = LookAhead | TurnHead | SayDigit | ShowLight | Blow | Hum


def challenge(kind: CheckKind, nonce: bytes, *, lamp: bool = False) -> tuple[Step, ...]:
    """Give the steps of a check in their order. `lamp`: the unit can light the face in colours."""
    draw = _drawn(kind, nonce)
    if kind is CheckKind.BREATH:
        return (LookAhead(), Blow(), Hum(seconds=HUM_S[next(draw) % len(HUM_S)]), Blow(), LookAhead())
    turns = [TurnHead(to=(Side.LEFT, Side.RIGHT)[next(draw) % 2]) for _ in range(TURNS - 1)]
    turns.append(_other(turns, draw))
    digits = [SayDigit(digit=next(draw) % 10) for _ in range(DIGITS)]
    lights = [ShowLight(colour=tuple(Light)[next(draw) % len(Light)]) for _ in range(LIGHTS if lamp else 0)]
    return (LookAhead(), *turns, *digits, *lights, LookAhead())


def _other(turns: list[TurnHead], draw: Iterator[int]) -> TurnHead:
    """Give the last turn; both sides are always asked for, else a picture held aslant would do."""
    sides = {turn.to for turn in turns}
    left = [side for side in Side if side not in sides]
    return TurnHead(to=left[0] if left else tuple(Side)[next(draw) % 2])


def _drawn(kind: CheckKind, nonce: bytes) -> Iterator[int]:
    """Draw numbers from 0 to 249: of 0 to 255 those that would favour some digits are passed over."""
    block = 0
    while True:
        for byte in sha256(b"challenge/" + kind.encode() + b"/" + nonce + block.to_bytes(4, "big")).digest():
            if byte < 250:  # noqa: PLR2004 - the largest multiple of ten below 256
                yield byte
        block += 1
