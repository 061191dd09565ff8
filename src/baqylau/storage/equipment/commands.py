"""Orders to devices: numbered, with an end, and every step that each has come.

    queued -> sent -> acknowledged -> done | failed
       any of these three --its end passes--> expired --the device did it in time, and tells late--> done | failed

That a device got a command is kept also when it says so late: it stays expired, and the person was asked.

A number is given once for each device and never again.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, text, update

from baqylau.domain.commands import Command, CommandState, Order
from baqylau.domain.ids import DeviceId
from baqylau.storage.access import audit
from baqylau.storage.database import transaction
from baqylau.storage.equipment.link_tables import device_command

COMMAND_LOCK = 0x6261_7163
OPEN = (CommandState.QUEUED, CommandState.SENT, CommandState.ACKNOWLEDGED)
UNHEARD = (CommandState.QUEUED, CommandState.SENT)
"""What the device has not said yet that it got."""
_BEFORE: dict[CommandState, tuple[CommandState, ...]] = {
    CommandState.QUEUED: (),
    CommandState.SENT: (CommandState.QUEUED,),
    CommandState.ACKNOWLEDGED: UNHEARD,
    CommandState.DONE: (*OPEN, CommandState.EXPIRED),
    CommandState.FAILED: (*OPEN, CommandState.EXPIRED),
    CommandState.EXPIRED: OPEN,
}
"""From which states each can be reached."""


class CommandRow(Struct, frozen=True, kw_only=True):
    """A command and how far it has come."""

    command: Command
    by: str
    state: CommandState
    detail: str = ""
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None


class Told(Struct, frozen=True, kw_only=True, gc=False):
    """What a device says has become of a command."""

    device_id: DeviceId
    number: int
    state: CommandState
    detail: str
    at: datetime


class Commands:
    """Keeps the commands of all devices."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def give(self, device_id: DeviceId, order: Order, expires_at: datetime, by: str) -> Command:
        """Queue an order and give the command it becomes. `ValueError` when its end has passed."""
        at = self._clock()
        if expires_at <= at:
            msg = "a command must end after now"
            raise ValueError(msg)
        with transaction(self._engine) as connection:
            return give(connection, device_id, order, expires_at, by, at)

    def open(self) -> dict[DeviceId, tuple[Command, ...]]:
        """Give what devices have not acknowledged yet and may still carry out, in the order of their numbers."""
        found: dict[DeviceId, list[Command]] = {}
        for row in self.waiting():
            found.setdefault(row.command.device_id, []).append(row.command)
        return {device_id: tuple(commands) for device_id, commands in found.items()}

    def waiting(self) -> list[CommandRow]:
        """Give the same with how far each has come."""
        return self._rows(device_command.c.state.in_(UNHEARD) & (device_command.c.expires_at > self._clock()))

    def note(self, told: Iterable[Told]) -> None:
        """Take over what devices say of commands. Older news changes nothing."""
        if told := tuple(told):
            with transaction(self._engine) as connection:
                tell(connection, told)

    def sent(self, commands: Iterable[Command]) -> None:
        """Note that commands are on their way."""
        at = self._clock()
        with transaction(self._engine) as connection:
            for one in commands:
                _advance(connection, one.device_id, one.number, CommandState.SENT, at)

    def expire(self) -> int:
        """Close what has passed its end, and give how many."""
        at = self._clock()
        passed = device_command.c.state.in_(OPEN) & (device_command.c.expires_at <= at)
        ended = update(device_command).where(passed).values(state=CommandState.EXPIRED, ended_at=at)
        with transaction(self._engine) as connection:
            return connection.execute(ended).rowcount

    def of(self, device_ids: Collection[DeviceId], limit: int = 100) -> list[CommandRow]:
        """Give the last commands of devices, newest first."""
        return self._rows(device_command.c.device_id.in_(device_ids), newest=limit)

    def _rows(self, chosen: ColumnElement[bool], newest: int | None = None) -> list[CommandRow]:
        by = (device_command.c.device_id, device_command.c.number)
        wanted = select(device_command).where(chosen).order_by(*by)
        if newest is not None:
            wanted = select(device_command).where(chosen).order_by(device_command.c.issued_at.desc()).limit(newest)
        with transaction(self._engine) as connection:
            return [_command_row(row) for row in connection.execute(wanted)]


def give(
    connection: Connection, device_id: DeviceId, order: Order, expires_at: datetime, by: str, at: datetime
) -> Command:
    """Queue an order in a transaction of somebody else's, and give the command it becomes."""
    mine = device_command.c.device_id == device_id
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": COMMAND_LOCK})
    last = connection.scalar(select(func.max(device_command.c.number)).where(mine)) or 0
    command = Command(device_id=device_id, number=last + 1, issued_at=at, expires_at=expires_at, order=order)
    connection.execute(insert(device_command).values(_row(command, by)))
    audit.record(connection, who=by, what=f"device.command.{_tag(order)}", about=f"device/{device_id}", at=at)
    return command


def tell(connection: Connection, told: Sequence[Told]) -> None:
    """Take over what devices say of commands, in the transaction that keeps their words. Older news changes nothing."""
    for one in told:
        _advance(connection, one.device_id, one.number, one.state, one.at, one.detail)


def _advance(
    connection: Connection, device_id: DeviceId, number: int, state: CommandState, at: datetime, detail: str = ""
) -> None:
    row = device_command.c
    mine = (row.device_id == device_id) & (row.number == number)
    when = {CommandState.SENT: "sent_at", CommandState.ACKNOWLEDGED: "acknowledged_at"}.get(state, "ended_at")
    news = {"state": state, "detail": detail, when: at}
    connection.execute(update(device_command).where(mine & row.state.in_(_BEFORE[state])).values(news))
    if state is CommandState.ACKNOWLEDGED:
        late = mine & (row.state == CommandState.EXPIRED) & row.acknowledged_at.is_(None)
        connection.execute(update(device_command).where(late).values(acknowledged_at=at))


def _tag(order: Order) -> str:
    return str(order.__struct_config__.tag)


def _row(command: Command, by: str) -> dict[str, object]:
    return {
        "device_id": command.device_id,
        "number": command.number,
        "body": msgspec.to_builtins(command.order),
        "by": by,
        "state": CommandState.QUEUED,
        "detail": "",
        "issued_at": command.issued_at,
        "expires_at": command.expires_at,
    }


def _command_row(row: "Row[tuple[object, ...]]") -> CommandRow:
    return CommandRow(
        command=Command(
            device_id=DeviceId(row.device_id),
            number=row.number,
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            order=msgspec.convert(row.body, Order),
        ),
        by=row.by,
        state=CommandState(row.state),
        detail=row.detail,
        sent_at=row.sent_at,
        acknowledged_at=row.acknowledged_at,
        ended_at=row.ended_at,
    )
