"""What every way to a receiver has in common: a letter goes in, and it was taken over or it was not."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from baqylau.domain.notices import NoticeId

TIMEOUT_S = 10.0
"""How long one step of an exchange may take."""


class Letter(Struct, frozen=True, kw_only=True):
    """What is told to one receiver."""

    id: NoticeId
    """The same at each attempt: the receiver tells a repetition by it."""
    address: str
    subject: str
    text: str
    facts: dict[str, str | int] = {}
    """The same for programs; never a name unless the target may know it."""
    at: datetime
    """The instant of this attempt."""


class TakenOver(Struct, frozen=True, kw_only=True):
    """The next system on the way has it."""

    delivered: bool = False
    """It is the receiver's own system."""
    reference: str = ""
    """By which name a receipt will speak of it."""


class Receipt(Struct, frozen=True, kw_only=True):
    """A gateway tells what became of a message."""

    reference: str
    delivered: bool


class NotTakenError(Exception):
    """The letter was not taken over, or we cannot know it. `lasting`: another attempt would not help."""

    def __init__(self, error: str, *, lasting: bool = False) -> None:
        """`error` is a word of ours, such as `timeout` or `http_500`: it names nobody."""
        super().__init__(error)
        self.error = error
        self.lasting = lasting


class Way(Protocol):
    """A way to receivers. May be used by several threads."""

    def send(self, letter: Letter) -> TakenOver:
        """Hand the letter over, or raise `NotTakenError`."""
        ...
