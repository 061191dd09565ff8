"""What each restriction gave over time: written by the judge with everything else of a round, read by pages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, func, select

from baqylau.domain.ids import PersonId, RestrictionId
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.fold import Turn
from baqylau.storage.bulk import BulkInsert, columns_of, updating
from baqylau.storage.database import transaction
from baqylau.storage.judging.verdict_tables import verdict

if TYPE_CHECKING:
    from psycopg import Cursor

_KEY = ("person_id", "restriction_id", "version", "from_at")
_SAID = ("compliance", "blindness")
_TURNS = BulkInsert(verdict, (*_KEY, *_SAID), updating(", ".join(_KEY), _SAID))
_DROP = (
    "DELETE FROM verdict USING unnest(%s::text[], %s::timestamptz[]) AS again (person_id, after) "
    "WHERE verdict.person_id = again.person_id AND verdict.from_at > again.after"
)


def write(
    cursor: "Cursor[Any]",
    again: Sequence[tuple[PersonId, datetime]],
    turns: Iterable[tuple[PersonId, Turn]],
) -> None:
    """Forget what followed an instant for those who were folded again, and keep what was given from when on."""
    if again:
        cursor.execute(_DROP, columns_of(again))
    last = {(person, one.restriction_id, one.version, one.at): one for person, one in turns}
    _TURNS.run(cursor, [(*key, one.compliance.value, one.blindness) for key, one in last.items()])


class Verdicts:
    """Reads them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(
        self, person_id: PersonId, restriction_id: RestrictionId, from_at: datetime, until_at: datetime
    ) -> tuple[Turn, ...]:
        """Give what one restriction gave between two instants, oldest first; of each version also the turn before."""
        row, mine = verdict.c, (verdict.c.person_id == person_id) & (verdict.c.restriction_id == restriction_id)
        before = (
            select(row.version, func.max(row.from_at).label("from_at"))
            .where(mine & (row.from_at <= from_at))
            .group_by(row.version)
            .subquery()
        )
        standing = verdict.join(before, (before.c.version == row.version) & (before.c.from_at == row.from_at))
        within = mine & (row.from_at > from_at) & (row.from_at < until_at)
        wanted = (row.version, row.from_at, row.compliance, row.blindness)
        with transaction(self._engine) as connection:
            found = [
                *connection.execute(select(*wanted).select_from(standing).where(mine)),
                *connection.execute(select(*wanted).where(within)),
            ]
        return tuple(
            Turn(
                restriction_id=restriction_id,
                version=version,
                at=at,
                compliance=Compliance(said),
                blindness=Blindness(why) if why else None,
            )
            for version, at, said, why in sorted(found, key=lambda one: (one.from_at, one.version))
        )
