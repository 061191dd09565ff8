"""The migrations themselves, run by alembic: loaded only where there is something to change."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from baqylau.storage.migrating import MIGRATIONS


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the schema to a revision, within the transaction of this connection."""
    settings = Config(attributes={"connection": connection})
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    command.upgrade(settings, revision)
