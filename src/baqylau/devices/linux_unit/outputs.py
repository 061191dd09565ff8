"""What a unit's core wants done."""

from enum import StrEnum

from msgspec import Struct

from baqylau.domain.people import Language
from baqylau.protocols.batch.records import Record


class Write(Struct, frozen=True, gc=False):
    """Keep a record. Nothing that comes after it may happen before it is on disk."""

    record: Record


class Say(Struct, frozen=True, kw_only=True, gc=False):
    """Tell the person something: show it, and say it where `aloud`. Either a text or a key of the catalogues."""

    language: Language
    aloud: bool
    key: str = ""
    text: str = ""
    place: str = ""
    """Fills the place of the same name in the text behind the key."""


class Lamp(StrEnum):
    """What the lamp on the box shows."""

    CALM = "calm"
    MISSING = "missing"
    """Somebody is not heard who has to be near."""
    MESSAGE = "message"
    """There is something to take note of."""
    FAULT = "fault"
    """It cannot hear, or does not know the time."""


class Light(Struct, frozen=True, gc=False):
    """Show this from now on."""

    lamp: Lamp


class Upload(Struct, frozen=True, gc=False):
    """There is something that the server should have now."""

    urgent: bool


class AskTime(Struct, frozen=True, gc=False):
    """The clock is not set: ask somebody who knows."""


class Restarting(Struct, frozen=True, gc=False):
    """Begin the program again."""


class Do(Struct, frozen=True, gc=False):
    """Something that only this kind of unit does: its hands know how (`shell.Parts.hands`)."""

    act: Struct


Output = Write | Say | Light | Upload | AskTime | Restarting | Do
