"""A gateway whose database is away stays, with its lines, and knows what changed as soon as it is back."""

import asyncio
from collections.abc import Iterable
from types import SimpleNamespace
from typing import cast

from baqylau.cli.roles.gateway import look_around
from baqylau.domain.people import Device, Supervision
from baqylau.monitoring.server.gateway import Gateway
from baqylau.monitoring.server.keeper import Keeper
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.registers.registers import Registers


class Away:
    """Registers that cannot be read at first."""

    def __init__(self, stop: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
        self._stop, self._loop = stop, loop
        self.asked = 0

    def version(self) -> int:
        self.asked += 1
        if self.asked == 1:
            raise StorageUnavailableError
        self._loop.call_soon_threadsafe(self._stop.set)
        return 7

    def devices(self) -> Iterable[Device]:
        return ()

    def supervisions(self) -> dict[str, Supervision]:
        return {}


def test_a_gateway_stays_while_its_database_is_away() -> None:
    async def story() -> SimpleNamespace:
        stop = asyncio.Event()
        gateway = SimpleNamespace(close_overdue=lambda: None, fleet=None)
        keeper = SimpleNamespace(failure=None)
        registers = Away(stop, asyncio.get_running_loop())
        await look_around(cast("Gateway", gateway), None, cast("Keeper", keeper), cast("Registers", registers), 6, stop)
        assert registers.asked == 2
        return gateway

    assert asyncio.run(story()).fleet is not None
