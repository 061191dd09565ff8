"""One table of the journal a day of receipt, made before the day's first entry comes."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Engine, text

from baqylau.storage.database import transaction

DAY = timedelta(days=1)
DAY_LOCK = 0x6261_7164


class Days:
    """Knows which days have their table, and makes those that are due with the next one ahead."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is known to be there until it was made or found."""
        self._engine = engine
        self._ready: set[date] = set()

    def make_ready(self, at: datetime) -> None:
        """See to it that the day of this instant and the day after it have their tables, committed."""
        today = at.astimezone(UTC).date()
        due = {today, today + DAY} - self._ready
        if due:
            with transaction(self._engine) as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": DAY_LOCK})
                for day in sorted(due):
                    make_day(connection, day)
            self._ready |= due


def make_day(connection: Connection, day: date) -> None:
    """Make the table of a day apart and attach it, so that nobody who reads or appends has to stop for it."""
    name = f"journal_{day:%Y%m%d}"
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}):
        return
    connection.execute(text(f"CREATE TABLE {name} (LIKE journal INCLUDING ALL)"))
    connection.execute(
        text(
            f"ALTER TABLE journal ATTACH PARTITION {name} "
            f"FOR VALUES FROM ('{day} 00:00:00+00') TO ('{day + DAY} 00:00:00+00')"
        )
    )
