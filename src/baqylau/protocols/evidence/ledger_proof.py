"""From each word of a bundle to a head of the ledger that the installation signed."""

from datetime import datetime, timedelta
from typing import Any

from baqylau.protocols.evidence.journal_proof import JournalProof
from baqylau.protocols.evidence.words import LEDGER, TAKEN_AWAY, said_by, words_of

PROMPTLY = timedelta(hours=1)
"""What comes into the ledger later than this after it was said is told of: before that nothing proves it."""
NO_WORD = (KeyError, TypeError, ValueError, AttributeError, IndexError)


class LedgerProof:
    """Takes the lines that show words of the ledger; each `take` gives the word of a fault, or nothing."""

    def __init__(self, journal: JournalProof) -> None:
        self._journal = journal
        self.count = self.withheld = self.late = self.waiting = 0

    def take(self, line: dict[str, Any]) -> str:
        """Take a line: what it shows of the ledger has to be what was sealed."""
        try:
            if "withheld" in line:
                return self._hidden(line.get("leaves", {}))
            faults = [self._word(*one) for one in words_of(line)]
            if "events" in line and not _stands(line):
                faults.append("word_otherwise")
        except NO_WORD:
            return "unreadable"
        return next((fault for fault in faults if fault), "")

    def entry(self, line: dict[str, Any]) -> str:
        """Take an entry of the audit or a row of the registers, which has to say where it stands."""
        return self.take(line) if {"ledger", "withheld"} & line.keys() else "unreadable"

    def _hidden(self, leaves: dict[str, str]) -> str:
        for seq, leaf in leaves.items():
            self._journal.leaf(LEDGER, int(seq), bytes.fromhex(leaf))
        self.withheld += len(leaves)
        return ""

    def _word(self, row: dict[str, Any], mark: dict[str, Any] | None, shown: bytes) -> str:
        if mark is None:
            self.waiting += 1
            return ""
        self.count += 1
        sealed = bytes.fromhex(mark["leaf"])
        waited = datetime.fromisoformat(mark["sealed_at"]) - datetime.fromisoformat(row["at"])
        self.late += waited > PROMPTLY
        if not self._journal.leaf(LEDGER, int(mark["seq"]), sealed):
            return "twice"
        return "" if shown == sealed else "word"


def _stands(line: dict[str, Any]) -> bool:
    """Whether a finding stands as it was last said, and is taken away when that was said last."""
    finding, events = line["finding"], sorted(line["events"], key=lambda one: int(one["id"]))
    last = events[-1]
    away = last["at"] if last["kind"] == TAKEN_AWAY else None
    said = [said_by(one, finding) for one in events if one["kind"] != TAKEN_AWAY]
    return bool(
        said
        and said[-1] == finding
        and line["superseded_at"] == away
        and line["alarm"] == last["alarm_id"]
        and line["raised_at"] == events[0]["at"]
    )
