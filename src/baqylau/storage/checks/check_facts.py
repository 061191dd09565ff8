"""Which entries of the journal tell of which check: written with them, in their transaction."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.ids import CheckId, ObservationId
from baqylau.rules.checks.case import of_case
from baqylau.storage.checks.check_tables import check_fact
from baqylau.storage.database import among
from baqylau.storage.journal.appending import Entry


def index_checks(connection: Connection, entries: Iterable[Entry]) -> None:
    """Note of which checks the entries tell; most tell of none."""
    facts = [
        {"check_id": said.check_id, "observation_id": entry.observation.id}
        for entry in entries
        for body in entry.observation.bodies
        if (said := of_case(body)) is not None
    ]
    if facts:
        connection.execute(insert(check_fact).on_conflict_do_nothing(), facts)


def facts_of(connection: Connection, check_ids: Collection[CheckId]) -> list[ObservationId]:
    """Give the entries that tell of these checks."""
    wanted = select(check_fact.c.observation_id).where(among(check_fact.c.check_id, check_ids))
    return [ObservationId(name) for name in connection.scalars(wanted)]


def checks_of(connection: Connection, observation_ids: Collection[ObservationId]) -> dict[ObservationId, CheckId]:
    """Give the checks of which these entries tell."""
    wanted = select(check_fact).where(among(check_fact.c.observation_id, observation_ids))
    return {ObservationId(row.observation_id): CheckId(row.check_id) for row in connection.execute(wanted)}
