"""Why somebody looked at a person beyond their duty. Said before the look; it holds for an hour."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, select

from baqylau.domain.ids import PersonId
from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import stated_purpose
from baqylau.storage.database import transaction

HOLDS = timedelta(hours=1)


class Purposes:
    """Keeps what was stated, for ever; the audit holds it too."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def state(self, login: str, person_id: PersonId, purpose: str) -> datetime:
        """Write down why, and give until when it holds."""
        at = self._clock()
        values = {"login": login, "person_id": person_id, "purpose": purpose, "at": at, "until_at": at + HOLDS}
        with transaction(self._engine) as connection:
            connection.execute(insert(stated_purpose).values(**values))
            audit.record(
                connection, who=login, what="purpose.state", about=f"person/{person_id}", purpose=purpose, at=at
            )
        return at + HOLDS

    def holding(self, login: str, person_id: PersonId) -> str | None:
        """Give the purpose that holds now, the last stated; None where none does."""
        wanted = (
            select(stated_purpose.c.purpose)
            .where(
                stated_purpose.c.login == login,
                stated_purpose.c.person_id == person_id,
                stated_purpose.c.until_at > self._clock(),
            )
            .order_by(stated_purpose.c.id.desc())
        )
        with transaction(self._engine) as connection:
            return connection.scalar(wanted.limit(1))
