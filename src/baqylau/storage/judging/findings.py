"""What was found, as it was written: with when we said it, under which alarm, and when it was taken away."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Engine, Text, cast, select

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, FindingId, PersonId
from baqylau.storage.alarms.alarm_rows import finding_of
from baqylau.storage.database import among, transaction
from baqylau.storage.schema import finding


class Written(Struct, frozen=True, kw_only=True):
    """A finding in the record."""

    finding: Finding
    alarm_id: AlarmId | None
    raised_at: datetime
    superseded_at: datetime | None


class Findings:
    """Reads the record of findings."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def recent(self, codes: Collection[Code], from_at: datetime) -> list[Finding]:
        """Give what was found since an instant, of these codes, and was not taken away."""
        row = finding.c
        late = row.superseded_at.is_(None) & (row.raised_at >= from_at) & (row.at >= from_at)
        wanted = select(cast(row.body, Text).label("body")).where(late, among(row.code, codes)).order_by(row.at, row.id)
        with transaction(self._engine) as connection:
            return [finding_of(one.body) for one in connection.execute(wanted)]

    def standing(self, person_id: PersonId, from_at: datetime, until_at: datetime) -> list[Written]:
        """Give what stands of a person and was found between two instants, both included, in its order."""
        row = finding.c
        mine = (row.person_id == person_id) & row.superseded_at.is_(None) & (row.at >= from_at) & (row.at <= until_at)
        columns = (row.alarm_id, row.raised_at, row.superseded_at, cast(row.body, Text).label("body"))
        with transaction(self._engine) as connection:
            return [_written(one) for one in connection.execute(select(*columns).where(mine).order_by(row.at, row.id))]

    def written(self, finding_ids: Collection[FindingId]) -> list[Written]:
        """Give those with these ids that were ever said, taken away or not, in their order."""
        columns = (finding.c.alarm_id, finding.c.raised_at, finding.c.superseded_at)
        wanted = select(*columns, cast(finding.c.body, Text).label("body")).where(among(finding.c.id, finding_ids))
        with transaction(self._engine) as connection:
            return [_written(row) for row in connection.execute(wanted.order_by(finding.c.at, finding.c.id))]


def _written(row: Any) -> Written:
    return Written(
        finding=finding_of(row.body),
        alarm_id=row.alarm_id,
        raised_at=row.raised_at,
        superseded_at=row.superseded_at,
    )
