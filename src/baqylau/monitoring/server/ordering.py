"""Orders to bought trackers: to the line on which the device is now, or on which it comes in time.

One order is on its way to a device at a time, since most answers carry no number. What was not answered goes out again
on the device's next line, but not on the same one; a restart never goes out twice. A device on a person whom no court
order covers is ordered nothing (promise 4).
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

import structlog
from msgspec import Struct, field

from baqylau.domain.commands import Command, CommandState, Restart
from baqylau.domain.ids import DeviceId
from baqylau.monitoring.server.gateway import Gateway
from baqylau.monitoring.server.line import Line
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Carried
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.commands import CommandRow, Commands, Told

log = structlog.get_logger()

LOOK_S = 0.25
"""How soon an order is on its way to a device that is on the line."""
ANSWER_WITHIN_S = 30.0
"""So long the next order waits for the answer to the one before."""
NOT_SPOKEN, NOT_COVERED, AGAIN_ON_THE_LINE = "not_spoken", "not_covered", "signed_in_again"


class _OnLine(Struct):
    """What went out on a device's line."""

    line: Line
    opened_at: datetime
    numbers: set[int] = field(default_factory=set)
    awaited_since_s: float | None = None


class Ordering:
    """Hands out orders and takes over what devices say of them. Lives on the loop of the gateway."""

    def __init__(self, gateway: Gateway, commands: Commands) -> None:
        self._gateway = gateway
        self._commands = commands
        self._lines: dict[DeviceId, _OnLine] = {}
        self._told: list[Told] = []
        gateway.carried = self._carried

    async def run(self) -> None:
        """Go on until cancelled. While the database is away nothing goes out and nothing is forgotten."""
        while True:
            with suppress(StorageUnavailableError):
                await self.round()
            await asyncio.sleep(LOOK_S)

    async def round(self) -> None:
        """Write down what devices said, and send what is due."""
        told = tuple(self._told)
        waiting = await asyncio.to_thread(self._look, told)
        del self._told[: len(told)]
        for row in waiting:
            await self._consider(row)

    def _look(self, told: Iterable[Told]) -> list[CommandRow]:
        self._commands.note(told)
        self._commands.expire()
        return self._commands.waiting()

    def _carried(self, line: Line, event: Carried) -> None:
        """Take over what the device on a line says of an order."""
        for device_id, on in self._lines.items():
            if on.line is line:
                on.awaited_since_s = None
                self._say(device_id, event.number, event.state, event.detail)

    def _say(self, device_id: DeviceId, number: int, state: CommandState, detail: str) -> None:
        at = self._gateway.now()
        self._told.append(Told(device_id=device_id, number=number, state=state, detail=detail, at=at))
        log.info("order", device=device_id, number=number, state=state.value)

    async def _consider(self, row: CommandRow) -> None:
        command = row.command
        device = self._gateway.fleet.device(command.device_id)
        line = self._gateway.line_of(command.device_id)
        if device is None or device.protocol not in FLEET or line is None:
            return
        if not self._gateway.fleet.belongs(device.id, self._gateway.now()):
            self._say(device.id, command.number, CommandState.FAILED, NOT_COVERED)
            return
        on = self._on(device.id, line)
        if command.number in on.numbers or self._awaits(on):
            return
        if isinstance(command.order, Restart) and row.sent_at is not None:
            if row.sent_at < on.opened_at:
                self._say(device.id, command.number, CommandState.DONE, AGAIN_ON_THE_LINE)
            return
        await self._send(on, command)

    async def _send(self, on: _OnLine, command: Command) -> None:
        words = on.line.order(command.number, command.order)
        on.numbers.add(command.number)
        if words is None:
            self._say(command.device_id, command.number, CommandState.FAILED, NOT_SPOKEN)
            return
        await asyncio.to_thread(self._commands.sent, (command,))
        on.awaited_since_s = self._gateway.time_s()
        on.line.tell(words)

    def _on(self, device_id: DeviceId, line: Line) -> _OnLine:
        on = self._lines.get(device_id)
        if on is None or on.line is not line:
            on = self._lines[device_id] = _OnLine(line, line.opened_at)
        return on

    def _awaits(self, on: _OnLine) -> bool:
        return on.awaited_since_s is not None and self._gateway.time_s() - on.awaited_since_s < ANSWER_WITHIN_S
