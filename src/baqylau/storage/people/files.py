"""The end of a person's file: when it is due, what stands against it, what is destroyed, and the receipt for it.

What is kept about a person is kept for as long as the sentence and a time after it need it, and no longer. The journal
itself stays whole, so that its chain can still be proved: the person's entries in it are sealed with keys that are
destroyed here. All other rows about the person go. What stays names them by id alone: the audit, the record of what was
given out, the receipt. A backup from before still holds the keys: its own time has to be short.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, delete, exists, insert, select, update

from baqylau.crypto.signing import Signer
from baqylau.domain.alarms import AlarmState
from baqylau.domain.ids import CheckId, PersonId
from baqylau.domain.orders import Consent, Fitting, Order
from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import stated_purpose
from baqylau.storage.alarms.notice_tables import announcement, notice
from baqylau.storage.checks.call_tables import live_call
from baqylau.storage.checks.check_tables import check_asked, check_fact
from baqylau.storage.checks.media_life import MediaLife, SignedReceipt
from baqylau.storage.checks.media_tables import media_check
from baqylau.storage.checks.template_tables import (
    enrolment_draft,
    enrolment_item,
    enrolment_piece,
    enrolment_sheet,
    template,
)
from baqylau.storage.database import transaction
from baqylau.storage.equipment.field_tables import field_act, person_photo
from baqylau.storage.equipment.link_tables import unit_word
from baqylau.storage.journal.ledger import let_go
from baqylau.storage.judging.verdict_tables import verdict
from baqylau.storage.people.file_tables import file_hold, file_receipt
from baqylau.storage.people.own_page_tables import own_access, own_file, own_message, own_request, own_session
from baqylau.storage.registers.case_fact_tables import case_fact
from baqylau.storage.registers.proposal_tables import proposal
from baqylau.storage.registers.register_rows import CONSENT, FITTING, ORDER, in_force
from baqylau.storage.schema import (
    alarm,
    alarm_act,
    audit_head,
    data_key,
    finding,
    finding_event,
    person_live,
    person_snapshot,
    person_state,
    register,
    register_change,
)
from baqylau.storage.vault import Vault

RETENTION = "rule/retention"
OF_PERSON: tuple[Table, ...] = (
    case_fact,
    own_session,
    own_access,
    own_message,
    own_request,
    own_file,
    check_asked,
    live_call,
    unit_word,
    field_act,
    person_photo,
    proposal,
    verdict,
    stated_purpose,
    template,
    enrolment_item,
    enrolment_draft,
    enrolment_piece,
    enrolment_sheet,
    person_live,
    person_snapshot,
    person_state,
    register_change,
    register,
)
"""Tables whose rows about the person go. The registers are the last: by them a file that was begun is found again."""


class Obstacle(StrEnum):
    """What stands against the end of a file."""

    ORDER_RUNS = "order_runs"
    """An order or a consent is in force, or begins later."""
    FITTED = "fitted"
    ALARM_OPEN = "alarm_open"
    HELD = "held"
    RECORDINGS_HELD = "recordings_held"


class PersonFile(Struct, frozen=True, kw_only=True):
    """A file whose time has an end."""

    person_id: PersonId
    ended_at: datetime
    """The end of the last order or consent."""
    due_at: datetime
    """From here on nothing is needed any more."""
    obstacle: Obstacle | None
    held_why: str = ""


class FileReceipt(Struct, frozen=True, kw_only=True):
    """What was destroyed, and why."""

    number: int
    person_id: PersonId
    ended_at: datetime
    closed_at: datetime
    by: str
    why: str
    rows: dict[str, int]
    """How many of each table."""
    words: int = 0
    """How many of these were findings and acts of which the ledger keeps the digest."""
    keys: tuple[int, ...]
    """Numbers of the destroyed data keys: what the journal sealed with them cannot be read any more."""
    recordings: tuple[CheckId, ...]


class FileOpenError(Exception):
    """The file must not be destroyed."""

    def __init__(self, obstacle: Obstacle, why: str = "") -> None:
        super().__init__(f"{obstacle} {why}".rstrip())
        self.obstacle, self.why = obstacle, why


class Files:
    """Holds, releases and destroys files of people."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        recordings: MediaLife,
        signer: Signer,
        clock: Callable[[], datetime],
        kept_after: timedelta,
    ) -> None:
        """`kept_after`: how long after the last order's end a file is needed. `signer` signs the receipts."""
        self._engine, self._vault, self._recordings = engine, vault, recordings
        self._signer, self._clock, self._kept_after = signer, clock, kept_after

    def over(self) -> list[PersonFile]:
        """Give the files of those whose last order or consent has ended, the oldest first."""
        with transaction(self._engine) as connection:
            ends = _ends(connection)
            found = [self._file(connection, one, ended_at) for one, ended_at in ends if ended_at <= self._clock()]
        return sorted(found, key=lambda one: (one.due_at, one.person_id))

    def ended(self, people: Iterable[PersonId]) -> list[PersonId]:
        """Give those of these people whose sentence is over, with nothing that stands against its end."""
        with transaction(self._engine) as connection:
            ends = [found for one in people for found in _ends(connection, one)]
            over = [self._file(connection, one, ended_at) for one, ended_at in ends if ended_at <= self._clock()]
        return [one.person_id for one in over if one.obstacle is None]

    def hold(self, person_id: PersonId, why: str, *, by: str) -> None:
        """Forbid the end of a file until it is released; a hold that stands keeps its first reason. `KeyError`."""
        now = self._clock()
        with transaction(self._engine) as connection:
            if not connection.scalar(select(exists().where(register.c.person_id == person_id))):
                raise KeyError(person_id)
            if not _held(connection, person_id):
                connection.execute(insert(file_hold).values(person_id=person_id, why=why, by=by, at=now))
            audit.record(connection, who=by, what="file.hold", about=_about(person_id), purpose=why, at=now)

    def release(self, person_id: PersonId, why: str, *, by: str) -> None:
        """Let a file end again when its time is over. `KeyError` when nothing holds it."""
        now = self._clock()
        with transaction(self._engine) as connection:
            done = connection.execute(
                update(file_hold)
                .where(file_hold.c.person_id == person_id, file_hold.c.released_at.is_(None))
                .values(released_why=why, released_by=by, released_at=now)
            )
            if not done.rowcount:
                raise KeyError(person_id)
            audit.record(connection, who=by, what="file.release", about=_about(person_id), purpose=why, at=now)

    def run(self) -> list[SignedReceipt]:
        """Destroy the files whose time is over and against which nothing stands; give the receipts."""
        due = [one for one in self.over() if one.due_at <= self._clock() and one.obstacle is None]
        receipts = []
        for one in due:
            with suppress(FileOpenError):
                receipts.append(self.close(one.person_id, "retention", by=RETENTION))
        return receipts

    def close(self, person_id: PersonId, why: str, *, by: str) -> SignedReceipt:
        """Destroy a file whose orders have ended, such as after a sentence was quashed. `KeyError`, `FileOpenError`.

        Killed in the middle it is done again from the beginning, and says the same.
        """
        with transaction(self._engine) as connection:
            ended_at = dict(_ends(connection, person_id))[person_id]
            theirs = self._file(connection, person_id, ended_at)
        if theirs.obstacle is not None:
            raise FileOpenError(theirs.obstacle, theirs.held_why)
        self._recordings.destroy_of(person_id, why, by=by)
        self._none_held(person_id)
        self._vault.destroy(person_id)
        now = self._clock()
        with transaction(self._engine) as connection:
            number = _next_number(connection)
            receipt = FileReceipt(
                number=number,
                words=let_go(connection, dict(_theirs(person_id)), number),
                person_id=person_id,
                ended_at=ended_at,
                closed_at=now,
                by=by,
                why=why,
                rows={table.name: _deleted(connection, table, which) for table, which in _theirs(person_id)},
                keys=tuple(connection.scalars(_keys(person_id))),
                recordings=tuple(CheckId(one) for one in connection.scalars(_destroyed(person_id))),
            )
            said = msgspec.json.encode(receipt)
            signed = SignedReceipt(content=said, signature=self._signer.sign(said))
            row = {"number": receipt.number, "person_id": person_id, "closed_at": now}
            connection.execute(insert(file_receipt).values(**row, content=said, signature=signed.signature))
            audit.record(connection, who=by, what="file.close", about=_about(person_id), purpose=why, at=now)
        return signed

    def _none_held(self, person_id: PersonId) -> None:
        """Go no further where somebody began to hold recordings meanwhile: without the person's key they were lost."""
        left = (media_check.c.person_id == person_id) & media_check.c.destroyed_at.is_(None)
        with transaction(self._engine) as connection:
            if _any(connection, left):
                raise FileOpenError(Obstacle.RECORDINGS_HELD)

    def receipts(self) -> list[SignedReceipt]:
        """Give every receipt, the newest first."""
        wanted = select(file_receipt.c.content, file_receipt.c.signature).order_by(file_receipt.c.number.desc())
        with transaction(self._engine) as connection:
            return [SignedReceipt(content=row.content, signature=row.signature) for row in connection.execute(wanted)]

    def _file(self, connection: Connection, person_id: PersonId, ended_at: datetime) -> PersonFile:
        held_why = _held(connection, person_id)
        return PersonFile(
            person_id=person_id,
            ended_at=ended_at,
            due_at=ended_at + self._kept_after,
            obstacle=next(_obstacles(connection, person_id, ended_at, held_why, self._clock()), None),
            held_why=held_why,
        )


def _ends(connection: Connection, person_id: PersonId | None = None) -> Iterator[tuple[PersonId, datetime]]:
    """Give the end of the last order or consent of everybody, or of one; a consent without an end has none."""
    chosen = register.c.kind.in_((ORDER, CONSENT))
    ends: dict[PersonId, datetime] = {}
    for row in in_force(connection, chosen if person_id is None else chosen & (register.c.person_id == person_id)):
        if isinstance(row, Order | Consent):
            until_at = row.until_at or datetime.max.replace(tzinfo=row.from_at.tzinfo)
            ends[row.person_id] = max(until_at, ends.get(row.person_id, until_at))
    yield from ends.items()


def _obstacles(
    connection: Connection, person_id: PersonId, ended_at: datetime, held_why: str, now: datetime
) -> Iterator[Obstacle]:
    if ended_at > now:
        yield Obstacle.ORDER_RUNS
    fittings = in_force(connection, (register.c.kind == FITTING) & (register.c.person_id == person_id))
    if any(isinstance(one, Fitting) and (one.until_at is None or one.until_at > now) for one in fittings):
        yield Obstacle.FITTED
    if _any(connection, (alarm.c.person_id == person_id) & (alarm.c.state != AlarmState.CLOSED)):
        yield Obstacle.ALARM_OPEN
    if held_why:
        yield Obstacle.HELD
    if _any(connection, (media_check.c.person_id == person_id) & (media_check.c.held_why != "")):
        yield Obstacle.RECORDINGS_HELD


def _any(connection: Connection, condition: ColumnElement[bool]) -> bool:
    return bool(connection.scalar(select(exists().where(condition))))


def _held(connection: Connection, person_id: PersonId) -> str:
    """Give why a file is held, empty when it is not."""
    wanted = select(file_hold.c.why).where(file_hold.c.person_id == person_id, file_hold.c.released_at.is_(None))
    return connection.scalar(wanted) or ""


def _theirs(person_id: PersonId) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Give what is destroyed, in an order in which nothing points to what is gone."""
    alarms = select(alarm.c.id).where(alarm.c.person_id == person_id)
    findings = select(finding.c.id).where(finding.c.person_id == person_id)
    yield alarm_act, alarm_act.c.alarm_id.in_(alarms)
    yield announcement, announcement.c.alarm_id.in_(alarms)
    yield notice, notice.c.alarm_id.in_(alarms)
    yield finding_event, finding_event.c.finding_id.in_(findings)
    yield finding, finding.c.person_id == person_id
    yield alarm, alarm.c.person_id == person_id
    yield check_fact, check_fact.c.check_id.in_(select(check_asked.c.id).where(check_asked.c.person_id == person_id))
    for table in OF_PERSON:
        yield table, table.c.person_id == person_id


def _deleted(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return connection.execute(delete(table).where(which)).rowcount


def _next_number(connection: Connection) -> int:
    """Give the number of the next receipt: they run without a gap."""
    connection.execute(select(audit_head).with_for_update())
    last = connection.scalar(select(file_receipt.c.number).order_by(file_receipt.c.number.desc()).limit(1))
    return (last or 0) + 1


def _keys(person_id: PersonId) -> Select[int]:
    return select(data_key.c.id).where(data_key.c.person_id == person_id).order_by(data_key.c.id)


def _destroyed(person_id: PersonId) -> Select[str]:
    return select(media_check.c.check_id).where(media_check.c.person_id == person_id).order_by(media_check.c.id)


def _about(person_id: PersonId) -> str:
    return f"person/{person_id}"
