"""What today's rules and registers, or others, would say of what was kept, beside what was said.

Nothing is changed by asking. What is asked for is folded from the last snapshot that holds for it, by the judge's own
fold, and set against the findings that stand.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import PersonId
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.judging import BEFORE_EVERYTHING, Begun, Judging, Known
from baqylau.rules.fold import begin
from baqylau.rules.refold import Comparison, compared
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry


class Reviewed(Struct, frozen=True, kw_only=True):
    """How the findings about one person would change."""

    person_id: PersonId
    since: datetime | None
    """What happened from here on was judged again; None: everything."""
    comparison: Comparison
    rows_matter_from: datetime | None = None
    """The first instant for which it matters that rows were as if saved; None where they change nothing."""

    def __bool__(self) -> bool:
        """Whether anything would change."""
        return bool(self.comparison.gained or self.comparison.lost or self.comparison.changed)


class Review:
    """Judges again without recording."""

    def __init__(self, registers: Registers, findings: Findings, live: Live, judging: Judging) -> None:
        self._registers = registers
        self._findings = findings
        self._live = live
        self._judging = judging

    def of(self, person_id: PersonId, since: datetime | None) -> Reviewed:
        """Judge one person again from an instant on, the beginning on None."""
        return self._again(self._registers.supervision(person_id), since)

    def of_everybody(self, since: datetime | None) -> Iterator[Reviewed]:
        """Judge everybody again; give those for whom something would change."""
        for supervision in self._registers.supervisions().values():
            reviewed = self._again(supervision, since)
            if reviewed:
                yield reviewed

    def with_rows(self, person_id: PersonId, registry: Registry, since: datetime | None) -> Reviewed:
        """Judge one person again as if the rows were saved: from an instant on, or from where the rows matter.

        `RegisterRefusedError` when they could not be saved.
        """
        expected = self._registers.would_be(registry, person_id)
        begins = [one for one in (since, expected.effective_from) if one is not None]
        reviewed = self._again(expected.supervision, min(begins, default=None))
        return replace(reviewed, rows_matter_from=expected.effective_from)

    def _again(self, supervision: Supervision, since: datetime | None) -> Reviewed:
        known = Known(supervision=supervision, stands=Begun(begin()))
        begins = since or BEFORE_EVERYTHING
        stood = self._judging.stood([(known, begins)])[known.person_id]
        folded = self._judging.again(known, begins, stood, self._live.last_listened())
        lost = [one.finding for one in self._findings.written(folded.superseded)]
        return Reviewed(person_id=supervision.person_id, since=since, comparison=compared(lost, folded.raised))
