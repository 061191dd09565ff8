"""Checks: what was asked of whom, and the facts of the journal that say what became of it.

A check is asked for in one transaction: the fact in the journal, the row here and the command to the unit. Its name
follows from what asks for it, so whoever asks again after a crash asks nothing new.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Connection, Engine, func, select, update
from sqlalchemy.dialects.postgresql import insert

from baqylau.crypto.digests import observation_id
from baqylau.domain.checks import (
    NONCE_BYTES,
    Asked,
    CheckKind,
    CheckWhy,
    Decided,
    Likely,
    Likeness,
    Voided,
    VoidWhy,
)
from baqylau.domain.commands import BeginCheck, CommandState, WithdrawCheck
from baqylau.domain.ids import CheckId, DeviceId, ObservationId, PersonId, RestrictionId
from baqylau.domain.observations import Authentication, Observation
from baqylau.domain.partitions import partition_of
from baqylau.domain.people import Language
from baqylau.rules.checks.case import Case, OfCase, gathered, of_case
from baqylau.rules.clock import instant
from baqylau.storage.access import audit
from baqylau.storage.checks.check_facts import checks_of, facts_of
from baqylau.storage.checks.check_tables import check_asked
from baqylau.storage.database import among, transaction
from baqylau.storage.equipment import commands
from baqylau.storage.equipment.link_tables import device_command
from baqylau.storage.journal.journal import Entry, Journal

VIA = "checks"


class Request(Struct, frozen=True, kw_only=True):
    """What is to be asked for. The same name is the same check."""

    id: CheckId
    person_id: PersonId
    device_id: DeviceId
    """The unit that takes it."""
    kind: CheckKind
    why: CheckWhy
    due_at: datetime
    remind_at: datetime
    expires_at: datetime
    language: Language
    aloud: bool = True
    restriction_id: RestrictionId = RestrictionId("")
    limit_mg_l: float | None = None
    after: CheckId = CheckId("")
    lamp: bool = False
    reason: str = ""


class CheckAsked(Struct, frozen=True, kw_only=True):
    """A check as it was asked for."""

    id: CheckId
    person_id: PersonId
    device_id: DeviceId
    kind: CheckKind
    why: CheckWhy
    restriction_id: RestrictionId
    nonce: bytes
    lamp: bool
    asked_at: datetime
    due_at: datetime
    remind_at: datetime
    expires_at: datetime
    limit_mg_l: float | None
    after: CheckId
    by: str
    reason: str
    command: int
    """Number of the command to the unit."""
    settled: bool
    """Nothing follows from it any more."""


class Checks:
    """Keeps checks, and gives them with what became of them."""

    def __init__(
        self,
        engine: Engine,
        journal: Journal,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """`random` gives the nonces from which the steps of a check follow."""
        self._engine, self._journal, self._clock, self._random = engine, journal, clock, random

    def ask(self, request: Request, by: str) -> bool:
        """Ask for a check: fact, row and command at once. False where it was asked for already."""
        at, fresh = self._clock(), []
        asked = Asked(
            check_id=request.id,
            kind=request.kind,
            why=request.why,
            expires_at=request.expires_at,
            after=request.after,
            limit_mg_l=request.limit_mg_l,
            due_at=request.due_at,
        )

        def write(connection: Connection) -> None:
            fresh.append(self._written(connection, request, by, at))

        self._journal.append([_entry(request.person_id, request.device_id, asked, at, b"")], also=[write])
        return fresh[0]

    def _written(self, connection: Connection, request: Request, by: str, at: datetime) -> bool:
        nonce = self._random(NONCE_BYTES)
        fields = {name: value for name, value in asdict(request).items() if name not in {"language", "aloud"}}
        row = fields | {"nonce": nonce, "by": by, "asked_at": at, "command": 0, "settled": False}
        wanted = insert(check_asked).values(row).on_conflict_do_nothing().returning(check_asked.c.id)
        if connection.scalar(wanted) is None:
            return False
        order = BeginCheck(
            check_id=request.id,
            kind=request.kind,
            person_id=request.person_id,
            nonce=nonce,
            due_at=request.due_at,
            remind_at=request.remind_at,
            expires_at=request.expires_at,
            language=request.language,
            aloud=request.aloud,
        )
        given = commands.give(connection, request.device_id, order, request.expires_at, by, at)
        mine = check_asked.c.id == request.id
        connection.execute(update(check_asked).where(mine).values(command=given.number))
        return True

    def get(self, check_id: CheckId) -> CheckAsked:
        """Give one check. `KeyError` when there is none of this name."""
        found = self._rows(check_asked.c.id == check_id, limit=1)
        if not found:
            raise KeyError(check_id)
        return found[0]

    def of_person(self, person_id: PersonId, before: datetime | None = None, limit: int = 50) -> list[CheckAsked]:
        """Give a person's checks, newest first; those due before an instant, if one is named."""
        chosen = check_asked.c.person_id == person_id
        return self._rows(chosen if before is None else chosen & (check_asked.c.due_at < before), limit)

    def open(self, limit: int = 5000) -> list[CheckAsked]:
        """Give the checks from which something may still follow."""
        return self._rows(~check_asked.c.settled, limit)

    def after(self, kind: CheckKind, name: CheckId, limit: int = 500) -> list[CheckAsked]:
        """Give the checks of a kind in the order of their names, from after one on: all of them, page by page."""
        chosen = (check_asked.c.kind == kind) & (check_asked.c.id > name)
        wanted = select(check_asked).where(chosen).order_by(check_asked.c.id).limit(limit)
        with transaction(self._engine) as connection:
            return [_check(dict(row)) for row in connection.execute(wanted).mappings()]

    def since(self, person_id: PersonId, kind: CheckKind, from_at: datetime) -> int:
        """Give how many checks of a kind were asked of a person since an instant; what followed another is not one."""
        row = check_asked.c
        mine = (row.person_id == person_id) & (row.kind == kind) & (row.asked_at >= from_at) & (row.after == "")
        with transaction(self._engine) as connection:
            return connection.scalar(select(func.count()).select_from(check_asked).where(mine)) or 0

    def cases(self, check_ids: Collection[CheckId]) -> dict[CheckId, Case]:
        """Give what was said of these checks so far; `rules.checks.case.state_of` says where each stands."""
        if not check_ids:
            return {}
        with transaction(self._engine) as connection:
            names = facts_of(connection, check_ids)
        facts: list[tuple[DeviceId, datetime, ObservationId, OfCase]] = []
        for entry in self._journal.entries(names):
            one = entry.observation
            said = (of_case(body) for body in one.bodies)
            facts += [(one.device_id, instant(one), one.id, body) for body in said if body is not None]
        found = gathered(facts)
        return defaultdict(Case, {check_id: found.get(check_id, Case()) for check_id in check_ids})

    def facts(self, check_id: CheckId) -> list[Observation]:
        """Give everything that was said of a check, in judging order."""
        with transaction(self._engine) as connection:
            names = facts_of(connection, [check_id])
        return [entry.observation for entry in self._journal.entries(names)]

    def of_facts(self, observation_ids: Collection[ObservationId]) -> dict[ObservationId, CheckId]:
        """Give the checks of which entries of the journal tell, such as those that a finding rests on."""
        with transaction(self._engine) as connection:
            return checks_of(connection, observation_ids)

    def judged(self, check_id: CheckId, likeness: Likeness) -> None:
        """Keep what the audio-visual server found. The same comparison again is the same fact."""
        told = ",".join((likeness.outcome, likeness.models, *likeness.reasons))
        self._tell(self.get(check_id), likeness, self._clock(), told.encode())

    def decide(self, check_id: CheckId, outcome: Likely, by: str, grounds: str) -> None:
        """Keep what a person decided."""
        at, asked = self._clock(), self.get(check_id)
        decided = Decided(check_id=check_id, outcome=outcome, by=by, grounds=grounds)
        self._tell(asked, decided, at, at.isoformat().encode(), by=by, what="check.decide")

    def void(self, check_id: CheckId, why: VoidWhy) -> None:
        """Let a check not count. It is a fact of the time in which the check could be begun."""
        asked = self.get(check_id)
        at = min(self._clock(), asked.expires_at)
        self._tell(asked, Voided(check_id=check_id, why=why), at, b"")

    def withdraw(self, check_id: CheckId, by: str, reason: str) -> None:
        """Take a check back: it does not count, and the unit does not ask for it any more."""
        asked, at = self.get(check_id), self._clock()
        voided = Voided(check_id=check_id, why=VoidWhy.WITHDRAWN)

        def write(connection: Connection) -> None:
            audit.record(connection, who=by, what="check.withdraw", about=f"check/{check_id}: {reason}", at=at)
            if at < asked.expires_at:
                order = WithdrawCheck(check_id=check_id)
                commands.give(connection, asked.device_id, order, asked.expires_at, by, at)
            connection.execute(update(check_asked).where(check_asked.c.id == check_id).values(settled=True))

        entry = _entry(asked.person_id, asked.device_id, voided, min(at, asked.expires_at), b"")
        self._journal.append([entry], also=[write])

    def reached(self, check_ids: Collection[CheckId]) -> set[CheckId]:
        """Give those of which the unit said that it got the command."""
        row = device_command.c
        got = row.acknowledged_at.is_not(None) | (row.state == CommandState.DONE)
        both = (row.device_id == check_asked.c.device_id) & (row.number == check_asked.c.command)
        wanted = select(check_asked.c.id).join(device_command, both).where(among(check_asked.c.id, check_ids), got)
        with transaction(self._engine) as connection:
            return {CheckId(name) for name in connection.scalars(wanted)}

    def settle(self, check_ids: Collection[CheckId]) -> None:
        """Note that nothing follows from these checks any more."""
        if check_ids:
            with transaction(self._engine) as connection:
                connection.execute(update(check_asked).where(among(check_asked.c.id, check_ids)).values(settled=True))

    def _tell(
        self, asked: CheckAsked, body: OfCase, at: datetime, told: bytes, *, by: str = "", what: str = ""
    ) -> None:
        def write(connection: Connection) -> None:
            audit.record(connection, who=by, what=what, about=f"check/{asked.id}", at=at)

        also = [write] if by else []
        self._journal.append([_entry(asked.person_id, asked.device_id, body, at, told)], also=also)

    def _rows(self, chosen: ColumnElement[bool], limit: int) -> list[CheckAsked]:
        wanted = select(check_asked).where(chosen).order_by(check_asked.c.due_at.desc(), check_asked.c.id).limit(limit)
        with transaction(self._engine) as connection:
            return [_check(dict(row)) for row in connection.execute(wanted).mappings()]


def _check(row: dict[str, object]) -> CheckAsked:
    return CheckAsked(**(row | {"kind": CheckKind(str(row["kind"])), "why": CheckWhy(str(row["why"]))}))  # type: ignore[arg-type]


def _entry(person_id: PersonId, device_id: DeviceId, body: OfCase, at: datetime, told: bytes) -> Entry:
    """Give a fact of ours about a check, in the unit's name."""
    tag = str(body.__struct_config__.tag)
    return Entry(
        partition=partition_of(person_id),
        person_id=person_id,
        observation=Observation(
            id=observation_id(b"check", body.check_id.encode(), tag.encode(), told),
            device_id=device_id,
            observed_at=at,
            received_at=at,
            bodies=(body,),
            authentication=Authentication.OURSELVES,
            via=VIA,
        ),
        raw=b"",
    )
