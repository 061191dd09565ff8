"""What a check comes to: how it ends, what is wrong, what is proved."""

from dataclasses import dataclass, field
from typing import Any

SOUND, CHANGED, UNREADABLE, OTHER_KEY = 0, 1, 2, 3
"""How a check ends, as the exit code of a program."""
JUDGED_OTHERWISE = 4
"""Everything is as it was signed, and the rules find something else in it."""
_GRAVITY = (SOUND, JUDGED_OTHERWISE, OTHER_KEY, CHANGED, UNREADABLE)
TOLD_MAX = 100


@dataclass(frozen=True)
class Sentence:
    """A key of the catalogues and what fills its places."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Verdict:
    """What was found. Without a fault everything that `facts` say is proved."""

    faults: list[Sentence] = field(default_factory=list)
    facts: list[Sentence] = field(default_factory=list)
    outcome: int = SOUND
    manifest: dict[str, Any] | None = None

    def wrong(self, fault: str, outcome: int = CHANGED, /, **params: Any) -> None:
        """Note what is wrong. The gravest outcome stays."""
        self.outcome = max(self.outcome, outcome, key=_GRAVITY.index)
        if len(self.faults) < TOLD_MAX:
            self.faults.append(Sentence(f"evidence.fault.{fault}", params))

    def right(self, fact: str, /, **params: Any) -> None:
        """Note what is proved."""
        self.facts.append(Sentence(f"evidence.fact.{fact}", params))

    def saved(self, count: int, folder: str) -> None:
        """Note how many recordings were written out, and where."""
        if count:
            self.right("saved", count=count, folder=folder)


def fingerprint(key: str) -> str:
    """Give a key as people compare it: groups of four digits."""
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))
