"""A verdict in sentences, for whoever reads it: the same words in the product and in the single file."""

from collections.abc import Callable, Iterator
from typing import Any

from baqylau.protocols.evidence.checking import (
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


def told(verdict: Verdict, say: Say) -> Iterator[str]:
    """Give a verdict line by line: what it comes to, what is wrong, what is proved."""
    yield say(f"evidence.outcome.{OUTCOMES[verdict.outcome]}", {})
    for sentences, wrong in ((verdict.faults, True), (verdict.facts, False)):
        for one in sentences:
            yield f"{_MARKS[wrong]} {say(one.key, one.params)}"
