"""What the live screen shows of each person, and whether the programs behind it live."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Engine, Select, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.ids import PersonId
from baqylau.domain.verdicts import Compliance
from baqylau.storage.database import transaction
from baqylau.storage.schema import beat, journal_head, judge_cursor, person_live

GATEWAY = "gateway"
JUDGE = "judge"
MESSENGER = "messenger"
FORWARDER = "forwarder"
WEB = "web"
CHECKS = "checks"
AV_SERVER = "av_server"
REGION = "region"
BRIDGE = "bridge"


def role_of(kind: str, name: str) -> str:
    """Give under which role a program says that it lives, of several of its kind each by its name."""
    return f"{kind}/{name}" if name else kind


class Listened(Struct, frozen=True, kw_only=True):
    """Until when we are known to have listened, with everything that was heard until then in the journal."""

    here: datetime | None
    """Whoever reaches us without a site between; None when nobody ever listened."""
    by_region: dict[str, datetime]
    """Whoever a regional site hears."""


class LiveRow(Struct, frozen=True, kw_only=True):
    """A person on the screen; `body` is what the judge wrote."""

    person_id: PersonId
    compliance: Compliance
    updated_at: datetime
    body: bytes


class Beats(Struct, frozen=True, kw_only=True):
    """When we last proved that we live, and how long things take."""

    gateway_alive_at: datetime | None
    judge_alive_at: datetime | None
    devices_connected: int
    keep_ms: float | None
    judge_ms: float | None
    behind: int
    """Entries kept and not yet judged."""


class Live:
    """The live screen's rows and the programs' signs of life."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[LiveRow]:
        """Give everybody."""
        return self._rows(select(person_live))

    def changed_after(self, updated_at: datetime) -> list[LiveRow]:
        """Give those that the judge wrote after an instant, oldest first."""
        changed = select(person_live).where(person_live.c.updated_at > updated_at)
        return self._rows(changed.order_by(person_live.c.updated_at))

    def several(self, people: list[PersonId]) -> list[LiveRow]:
        """Give those of whom something was judged."""
        return self._rows(select(person_live).where(person_live.c.person_id.in_(people)))

    def of(self, person_id: PersonId) -> LiveRow | None:
        """Give one person, None when nothing was judged yet."""
        found = self._rows(select(person_live).where(person_live.c.person_id == person_id))
        return found[0] if found else None

    def _rows(self, wanted: "Select[tuple[str, str, datetime, bytes]]") -> list[LiveRow]:
        with transaction(self._engine) as connection:
            return [
                LiveRow(
                    person_id=PersonId(row.person_id),
                    compliance=Compliance(row.compliance),
                    updated_at=row.updated_at,
                    body=row.body,
                )
                for row in connection.execute(wanted)
            ]

    def gateway_beat(
        self,
        alive_at: datetime,
        *,
        connected: int,
        keep_ms: float | None,
        role: str = GATEWAY,
        turned_away_at: datetime | None = None,
    ) -> None:
        """Say that a gateway listened until now: how many devices are connected, how long keeping took (median).

        `turned_away_at`: when it last had no room for another line.
        """
        self._beat(role, alive_at, connected, keep_ms, turned_away_at)

    def gateway_left(self, role: str, still: datetime) -> bool:
        """Forget a gateway that stopped as planned, if another one listens that lived at an instant or later.

        The last one that listened is never forgotten: from its last word on nobody did.
        """
        others = _a_gateway() & (beat.c.role != role) & (beat.c.alive_at >= still)
        gone = delete(beat).where((beat.c.role == role) & select(beat.c.role).where(others).exists())
        with transaction(self._engine) as connection:
            return connection.execute(gone).rowcount > 0

    def judge_beat(self, alive_at: datetime, *, judge_ms: float | None) -> None:
        """Say that the judge judged until now, and how long it took from commit to judgement (median)."""
        self._beat(JUDGE, alive_at, 0, judge_ms)

    def role_beat(self, role: str, alive_at: datetime) -> None:
        """Say that a role that measures nothing lived until now."""
        self._beat(role, alive_at, 0, None)

    def _beat(
        self,
        role: str,
        alive_at: datetime,
        connected: int,
        delay_ms: float | None,
        turned_away_at: datetime | None = None,
    ) -> None:
        said = {
            "alive_at": alive_at,
            "connected": connected,
            "delay_ms": delay_ms,
            "turned_away_at": turned_away_at,
        }
        statement = insert(beat).values(role=role, **said)
        with transaction(self._engine) as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["role"], set_=said))

    def role_alive(self, role: str) -> datetime | None:
        """Give the last sign of life of a role; None when it never gave one."""
        with transaction(self._engine) as connection:
            alive_at: datetime | None = connection.scalar(select(beat.c.alive_at).where(beat.c.role == role))
        return alive_at

    def alive(self) -> dict[str, datetime]:
        """Give the last sign of life of every role."""
        with transaction(self._engine) as connection:
            return {row.role: row.alive_at for row in connection.execute(select(beat.c.role, beat.c.alive_at))}

    def last_listened(self) -> datetime | None:
        """Give the last instant at which a gateway of ours proved that it listened; None when none ever did."""
        with transaction(self._engine) as connection:
            listened: datetime | None = connection.scalar(select(func.max(beat.c.alive_at)).where(_a_gateway()))
        return listened

    def listened(self) -> Listened:
        """Give the same, and beside it for each regional site."""
        wanted = select(beat.c.role, beat.c.alive_at).where(or_(_a_gateway(), _a_region()))
        with transaction(self._engine) as connection:
            found = {row.role: row.alive_at for row in connection.execute(wanted)}
        by_region = {role.partition("/")[2]: at for role, at in found.items() if role.startswith(f"{REGION}/")}
        here = [at for role, at in found.items() if not role.startswith(f"{REGION}/")]
        return Listened(here=max(here, default=None), by_region=by_region)

    def health(self) -> Beats:
        """Give the programs' signs of life and how far the judge is behind."""
        both = journal_head.join(judge_cursor, judge_cursor.c.partition == journal_head.c.partition)
        behind = select(func.sum(journal_head.c.seq - judge_cursor.c.seq)).select_from(both)
        with transaction(self._engine) as connection:
            by_role = {row.role: row for row in connection.execute(select(beat))}
            waiting = connection.scalar(behind)
        listening = [row for role, row in by_role.items() if role.partition("/")[0] in {GATEWAY, REGION}]
        gateways = [row for row in listening if row.role.partition("/")[0] == GATEWAY]
        judge = by_role.get(JUDGE)
        return Beats(
            gateway_alive_at=max((row.alive_at for row in gateways), default=None),
            judge_alive_at=judge.alive_at if judge else None,
            devices_connected=sum(row.connected for row in listening),
            keep_ms=max((row.delay_ms for row in gateways if row.delay_ms is not None), default=None),
            judge_ms=judge.delay_ms if judge else None,
            behind=int(waiting or 0),
        )


def _a_gateway() -> ColumnElement[bool]:
    return or_(beat.c.role == GATEWAY, beat.c.role.startswith(f"{GATEWAY}/", autoescape=True))


def _a_region() -> ColumnElement[bool]:
    return beat.c.role.startswith(f"{REGION}/", autoescape=True)
