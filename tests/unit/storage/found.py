"""What a judge finds, in short words."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from baqylau.crypto.digests import finding_id
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, ObservationId, PersonId, SubjectId
from baqylau.domain.partitions import partition_of
from baqylau.storage.judging.judgement import Judged, JudgedBatch, JudgeStore
from baqylau.storage.judging.seats import Seats
from tests.unit.storage.kept import AIGUL, after

ZONE = SubjectId("zone-1")


def found(code: Code, at_s: float, *, person_id: PersonId = AIGUL, subject: SubjectId = ZONE) -> Finding:
    """Give a finding about an instant some seconds after noon."""
    return Finding(
        id=finding_id(code.value, person_id, subject, str(at_s)),
        rule="exclusion",
        rule_version="1",
        code=code,
        person_id=person_id,
        subject=subject,
        at=after(at_s),
        because=(ObservationId("0" * 32),),
    )


def seated(engine: Engine, run: str = "first") -> dict[int, int]:
    """Sit down on the only judge's seat, whoever sat there, and give the epochs."""
    return Seats(engine, "judge", run).sit()


class Bench:
    """A judge's place: commits what it is told to have found."""

    def __init__(self, engine: Engine, run: str = "first") -> None:
        self.store = JudgeStore(engine)
        self.epochs = seated(engine, run)

    def say(
        self,
        *raised: Finding,
        superseded: Sequence[FindingId] = (),
        at: datetime | None = None,
        person_id: PersonId = AIGUL,
        cursors: dict[int, int] | None = None,
    ) -> list[int]:
        """Commit findings of one person and give the numbers of the alarms that changed."""
        judged = Judged(
            person_id=person_id,
            partition=partition_of(person_id),
            state=b"state",
            through=after(0),
            raised=raised,
            superseded=tuple(superseded),
        )
        latest = max((one.at for one in raised), default=after(0))
        batch = JudgedBatch(epochs=self.epochs, cursors=cursors or {}, people=(judged,), judged_at=at or latest)
        return list(self.store.commit(batch))
