"""Who somebody is at an identity provider of the installation's own."""

from pathlib import Path

from alembic import op

revision = "0026"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. There is no way back: facts are kept."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
