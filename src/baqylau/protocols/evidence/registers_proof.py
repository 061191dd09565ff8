"""That a row of the registers held until the next one of its name: what the ledger does not say by itself.

A word of the ledger says what was saved, when and by whom. A row is closed by what is saved under its name later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from baqylau.protocols.evidence.journal_proof import JournalProof
from baqylau.protocols.evidence.ledger_proof import LedgerProof
from baqylau.protocols.evidence.parts import FIELD_ACT, REGISTERS


@dataclass(frozen=True)
class _Row:
    until: str | None
    line: int
    hidden: int
    """How many lines before it are withheld: one of them may have closed the row before."""


class RegistersProof:
    """Takes the lines in the order in which they were saved; each `take` gives the word of a fault, or nothing."""

    def __init__(self, journal: JournalProof, ledger: LedgerProof) -> None:
        self._journal = journal
        self._ledger = ledger
        self._last: dict[tuple[str, str], _Row] = {}
        self._line = self._hidden = 0
        self.field_acts = 0
        """What officers did on consoles: signed by these, and in no ledger."""

    def take(self, line: dict[str, Any]) -> str:
        """Take what an officer did, or a row: it is what was sealed, and closed the row of its name before it."""
        self._line += 1
        if "withheld" in line:
            self._hidden += 1
        elif line.get("kind") == FIELD_ACT:
            self.field_acts += 1
            return self._journal.register(line)
        elif not self._follows(line):
            return "row_closed"
        return self._ledger.entry(line)

    def _follows(self, line: dict[str, Any]) -> bool:
        name, until = (str(line.get("kind")), str(line.get("key"))), line.get("replaced_at")
        before = self._last.get(name)
        self._last[name] = _Row(until, self._line, self._hidden)
        return before is None or before.hidden != self._hidden or before.until == line.get("recorded_at")

    def ended(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the rows that are shown as closed and that nothing closed."""
        for (_, key), row in self._last.items():
            if row.until is not None and row.hidden == self._hidden:
                yield "row_closed", {"part": REGISTERS, "line": row.line, "name": key}
