"""What a paper is made of, whatever it is about: a head, and blocks one under another. Texts are texts, never code."""

from msgspec import Struct


class Heading(Struct, frozen=True, tag="heading"):
    """The title of what follows."""

    text: str


class Text(Struct, frozen=True, tag="text"):
    """A paragraph."""

    text: str


class Note(Struct, frozen=True, tag="note"):
    """A paragraph in small print: how something is meant."""

    text: str


class Points(Struct, frozen=True, tag="points"):
    """Numbered points."""

    texts: tuple[str, ...]


class Facts(Struct, frozen=True, tag="facts"):
    """Names and what they stand for."""

    rows: tuple[tuple[str, str], ...]


class Table(Struct, frozen=True, tag="table"):
    """Rows under a head that is repeated on every page. Widths are shares of the page."""

    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    none: str
    """What stands in place of no rows."""


class Strip(Struct, frozen=True):
    """A day as a line: where each stretch begins and ends, in shares of the day, and what it is."""

    label: str
    stretches: tuple[tuple[float, float, str], ...]
    figure: str


class Days(Struct, frozen=True, tag="days"):
    """Days one under another, and what their patterns mean: word of the state, its name."""

    hours: tuple[str, ...]
    strips: tuple[Strip, ...]
    legend: tuple[tuple[str, str], ...]


class Lines(Struct, frozen=True, tag="lines"):
    """Room to write by hand."""

    label: str
    count: int


class Boxes(Struct, frozen=True, tag="boxes"):
    """What is ticked by hand."""

    texts: tuple[str, ...]


class Signatures(Struct, frozen=True, tag="signatures"):
    """Who signs: what somebody is, and the name where it is known."""

    rows: tuple[tuple[str, str], ...]
    hint: str


Block = Heading | Text | Note | Points | Facts | Table | Days | Lines | Boxes | Signatures


class Paper(Struct, frozen=True, kw_only=True):
    """A paper before it is typeset."""

    language: str
    title: str
    subtitle: str
    number: str
    head: tuple[tuple[str, str], ...]
    """What stands beside the number on the first page: when, by whom, what for."""
    blocks: tuple[Block, ...]
    foot: str
    """Under every page: by which software and rules, in which time."""
    page: str
    """The words of a page's number, with `{page}` and `{pages}`."""
