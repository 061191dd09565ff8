"""What an alarm remembers of its life: climbing, resting, contact with the wearer, incidents, decisions."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INSTANTS = ("escalated_at", "contacted_at", "suspended_until", "reopened_at", "contested_at", "decided_at")
_WORDS = ("suspended_why", "action", "decision", "decided_by")


def upgrade() -> None:
    """Widen the table of alarms. Those that wait begin to count when they were last taken or raised."""
    added = [f"ADD COLUMN {name} TIMESTAMP WITH TIME ZONE" for name in _INSTANTS]
    added += [f"ADD COLUMN {name} TEXT" for name in _WORDS]
    added += [
        "ADD COLUMN level SMALLINT NOT NULL DEFAULT 0",
        "ADD COLUMN waits_since TIMESTAMP WITH TIME ZONE",
        "ADD COLUMN incident_id BIGINT CONSTRAINT alarm_incident_id_fk REFERENCES alarm (id)",
    ]
    op.execute(f"ALTER TABLE alarm {', '.join(added)}")
    op.execute("UPDATE alarm SET waits_since = coalesce(taken_at, raised_at)")
    op.execute("ALTER TABLE alarm ALTER COLUMN waits_since SET NOT NULL, ALTER COLUMN level DROP DEFAULT")
    op.execute("CREATE INDEX alarm_incident_id_ix ON alarm (incident_id)")
    op.execute("CREATE INDEX finding_of_area ON finding ((body->>'area'), at) WHERE body->>'area' <> ''")
