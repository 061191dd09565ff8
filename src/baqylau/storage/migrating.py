"""The schema, brought up to date by whichever program comes first, while the others go on working (ADR 0025)."""

from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, text

from baqylau.storage.database import transaction

log = structlog.get_logger()

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(one.stem[1:5] for one in (MIGRATIONS / "versions").glob("v[0-9]*.py"))
"""What this program brings a schema up to; the revisions are numbers of four digits."""
MIGRATION_LOCK = 0x6261_7179
LOCK_WITHIN_MS = 5_000
"""So long a migration waits for a table that others use. Whoever comes for it meanwhile waits behind the migration."""


def migrate(engine: Engine) -> None:
    """Bring the schema up to date. Programs that start together wait for one another.

    A schema that is newer already, since others were upgraded first, serves this program too. `StorageUnavailableError`
    as well when a table is in use for too long: nothing is changed then, and it is worth another try.
    """
    with transaction(engine) as connection:
        if _stands(connection):
            return
    from baqylau.storage.upgrading import upgrade  # noqa: PLC0415 - seldom needed, and an eighth of a program's start

    with transaction(engine) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_WITHIN_MS}"))
        if not _stands(connection):
            upgrade(connection, NEWEST)


def revision(connection: Connection) -> str:
    """Give how far the schema was brought; nothing for an empty database."""
    if not connection.scalar(text("SELECT to_regclass('alembic_version')")):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _stands(connection: Connection) -> bool:
    stands = revision(connection)
    if stands > NEWEST:
        log.warning("schema_newer", stands=stands, ours=NEWEST)
    return stands >= NEWEST
