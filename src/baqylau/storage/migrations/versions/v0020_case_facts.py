"""Visits, warnings and hours of labour of a case, as officers record them."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables. There is no way back: facts are kept."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
