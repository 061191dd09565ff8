"""A verdict in sentences, for whoever reads it: the same words in the product and in the single file."""

from collections.abc import Callable, Iterator
from typing import Any
from unicodedata import category

from baqylau.protocols.evidence.verdict import (
    CHANGED,
    JUDGED_OTHERWISE,
    OTHER_KEY,
    SOUND,
    UNREADABLE,
    Verdict,
)

OUTCOMES = {
    SOUND: "sound",
    CHANGED: "changed",
    UNREADABLE: "unreadable",
    OTHER_KEY: "other_key",
    JUDGED_OTHERWISE: "judged_otherwise",
}
_MARKS = {True: "x", False: "+"}

Say = Callable[[str, dict[str, Any]], str]
"""Gives the sentence of a key, with its places filled."""


BUNDLE, INSTALLATION = "outcome", "kept"
"""What a verdict is about."""


def told(verdict: Verdict, say: Say, about: str = BUNDLE) -> Iterator[str]:
    """Give a verdict line by line: what it comes to, what is wrong, what is proved.

    What comes from the bundle itself can neither begin a line of its own nor steer a terminal.
    """
    yield say(f"evidence.{about}.{OUTCOMES[verdict.outcome]}", {})
    for sentences, wrong in ((verdict.faults, True), (verdict.facts, False)):
        for one in sentences:
            yield f"{_MARKS[wrong]} {_shown(say(one.key, one.params))}"


def _shown(line: str) -> str:
    return "".join("\ufffd" if category(one).startswith("C") else one for one in line)
