"""What today's rules and registers would say of what was kept, beside what was said: nothing is changed by asking."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from baqylau.domain.findings import Finding
from baqylau.domain.ids import FindingId, PersonId
from baqylau.monitoring.server.judging import BEFORE_EVERYTHING, Judging, Known
from baqylau.rules.fold import begin
from baqylau.storage.journal import Journal
from baqylau.storage.judgement import JudgeStore
from baqylau.storage.live import Live
from baqylau.storage.registers import Registers


class Reviewed(Struct, frozen=True, kw_only=True):
    """How the findings about one person would change."""

    person_id: PersonId
    raised: tuple[Finding, ...]
    superseded: tuple[FindingId, ...]


def review(
    registers: Registers,
    store: JudgeStore,
    journal: Journal,
    live: Live,
    *,
    only: PersonId | None,
    since: datetime | None,
) -> Iterator[Reviewed]:
    """Fold one person again, or everybody, from an instant on; give those for whom something would change."""
    judging = Judging(store, journal)
    listened = live.last_listened()
    everybody = {only: registers.supervision(only)} if only else registers.supervisions()
    for person_id, supervision in everybody.items():
        folded = judging.again(Known(supervision=supervision, state=begin()), since or BEFORE_EVERYTHING, listened)
        if folded.raised or folded.superseded:
            yield Reviewed(person_id=person_id, raised=folded.raised, superseded=folded.superseded)
