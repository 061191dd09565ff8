"""What officers did on equipment in the field: kept once, taken over in the order in which it came, each with its end.

    waiting -> done | refused

An act is written down in the transaction that keeps the record which tells of it. It becomes rows of the registers, or
an order to a device, in the transaction in which it is closed: neither is without the other, whatever stops in between.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.commands import Order
from baqylau.domain.field import FieldKind, FieldRefusal, FieldState, Stage
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, Supervision
from baqylau.storage.access import audit
from baqylau.storage.alarms.feed import notify
from baqylau.storage.database import transaction
from baqylau.storage.equipment import commands
from baqylau.storage.equipment.field_tables import field_act
from baqylau.storage.registers.register_rows import DEVICE, FITTING, in_force
from baqylau.storage.registers.registers import lock_registers, supervision_of
from baqylau.storage.registers.registry import RegisterRefusedError, Registry
from baqylau.storage.registers.saving import save
from baqylau.storage.schema import register

MOST = 500


class NewAct(Struct, frozen=True, kw_only=True, gc=False):
    """An act as a console told of it."""

    console_id: DeviceId
    act_id: str
    stage: Stage
    kind: FieldKind
    person_id: PersonId
    officer: str
    body: Any
    """What becomes JSON."""
    at: datetime
    """When it was done, put right."""
    kept_at: datetime


class FieldAct(NewAct, frozen=True, kw_only=True, gc=False):
    """An act and what became of it."""

    number: int
    state: FieldState
    refusal: FieldRefusal | None = None
    command: int | None = None
    """Number of the order that it gave to a device."""
    settled_at: datetime | None = None


class Ground(Struct, frozen=True, kw_only=True):
    """What is in force when an act is taken over."""

    supervision: Supervision
    devices: dict[DeviceId, Device]
    """Those that the act names, as far as they are registered."""
    fittings: tuple[Fitting, ...]
    """Of these devices, on whomever."""


class Ordered(Struct, frozen=True, kw_only=True):
    """An order that an act gives."""

    device_id: DeviceId
    order: Order
    expires_at: datetime


SIGNED = "signed"
"""Under this name the body of an act holds the bytes that the console signed, in base64."""
Outcome = Registry | Ordered | FieldRefusal | None
"""What is to be done for an act; None: it is only on record."""


class FieldActs:
    """Keeps them."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def waiting(self) -> list[FieldAct]:
        """Give what is to be taken over, in the order in which it came."""
        chosen = field_act.c.state == FieldState.WAITING.value
        with transaction(self._engine) as connection:
            return _acts(connection, chosen)

    def of_person(self, person_id: PersonId) -> list[FieldAct]:
        """Give what was done for a person, newest first."""
        with transaction(self._engine) as connection:
            return _acts(connection, field_act.c.person_id == person_id)[::-1]

    def of_officer(self, console_id: DeviceId, officer: str, since: datetime) -> list[FieldAct]:
        """Give what an officer did with a console since an instant."""
        row = field_act.c
        with transaction(self._engine) as connection:
            return _acts(connection, (row.console_id == console_id) & (row.officer == officer) & (row.kept_at >= since))

    def recent(self, since: datetime) -> list[FieldAct]:
        """Give all work on devices since an instant, newest first."""
        with transaction(self._engine) as connection:
            return _acts(connection, field_act.c.kept_at >= since)[::-1]

    def settle(self, act: FieldAct, devices: Iterable[DeviceId], decide: Callable[[Ground], Outcome]) -> None:
        """Take an act over, or write down why not. Nothing happens when somebody else did so meanwhile."""
        at, named = self._clock(), list(devices)
        with transaction(self._engine) as connection:
            lock_registers(connection)
            if not _acts(connection, (field_act.c.number == act.number) & (field_act.c.state == "waiting")):
                return
            outcome = decide(_ground(connection, act.person_id, named))
            refusal, command = _done(connection, outcome, act.officer, at)
            state = FieldState.DONE if refusal is None else FieldState.REFUSED
            closed = {"state": state.value, "refusal": refusal, "command": command, "settled_at": at}
            connection.execute(update(field_act).where(field_act.c.number == act.number).values(closed))
            purpose = ", ".join((act.console_id, act.act_id, act.stage, *named, *([refusal] if refusal else ())))
            what = f"console.{act.kind}" if refusal is None else "console.refused"
            audit.record(
                connection, who=act.officer, what=what, about=f"person/{act.person_id}", purpose=purpose, at=at
            )


def keep_acts(connection: Connection, acts: Iterable[NewAct]) -> None:
    """Write acts down, once each, in the transaction that keeps the records which tell of them."""
    for one in acts:
        values = {**msgspec.structs.asdict(one), "state": FieldState.WAITING.value}
        connection.execute(insert(field_act).values(values).on_conflict_do_nothing())


def _ground(connection: Connection, person_id: PersonId, devices: list[DeviceId]) -> Ground:
    named = (register.c.kind == DEVICE) & register.c.key.in_(devices)
    fitted = (register.c.kind == FITTING) & register.c.body["device_id"].astext.in_(devices)
    rows = list(in_force(connection, or_(named, fitted)))
    return Ground(
        supervision=supervision_of(connection, person_id),
        devices={one.id: one for one in rows if isinstance(one, Device)},
        fittings=tuple(one for one in rows if isinstance(one, Fitting)),
    )


def _done(connection: Connection, outcome: Outcome, by: str, at: datetime) -> tuple[FieldRefusal | None, int | None]:
    match outcome:
        case Registry():
            return _saved(connection, outcome, by, at), None
        case Ordered(device_id=device_id, order=order, expires_at=expires_at):
            return None, commands.give(connection, device_id, order, expires_at, by, at).number
        case _:
            return outcome, None


def _saved(connection: Connection, registry: Registry, by: str, at: datetime) -> FieldRefusal | None:
    attempt = connection.begin_nested()
    try:
        version = save(connection, registry, by=by, at=at)
    except RegisterRefusedError as wrong:
        attempt.rollback()
        elsewhere = any(one.reason == "overlaps" for one in wrong.faults)
        return FieldRefusal.ELSEWHERE if elsewhere else FieldRefusal.NOT_SAVED
    attempt.commit()
    audit.record(connection, who=by, what="registers.save", about=f"registers/{version}", at=at)
    notify(connection, "registers")
    return None


def _acts(connection: Connection, chosen: ColumnElement[bool]) -> list[FieldAct]:
    newest = select(field_act).where(chosen).order_by(field_act.c.number.desc()).limit(MOST)
    rows = connection.execute(newest).all()
    return [msgspec.convert(row, FieldAct, from_attributes=True) for row in reversed(rows)]
