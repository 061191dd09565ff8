"""Checks are asked for in the city's time, step by step with the units that take them.

Who plans goes no further than everything is told that the units said: else a check would be void, or missed, that
somebody gave. And a unit on the line goes no further than was planned.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId

Asks = Callable[[datetime], Mapping[DeviceId, Sequence[Command]]]
"""Plans up to an instant, and gives what is ordered of each unit that was not before."""
STEP = timedelta(seconds=60)
LOOKS_S = 0.005


class Asking:
    """Between who plans and the units."""

    def __init__(self, asks: Asks, begun_at: datetime) -> None:
        """Begin with the city."""
        self._asks, self._planned = asks, asyncio.Condition()
        self.planned_until = begun_at
        self._ordered = defaultdict[DeviceId, list[Command]](list)

    async def run(self, ends_at: datetime, told_until: Callable[[], datetime]) -> None:
        """Plan to the end. `told_until`: up to when everything is told that units said."""
        while self.planned_until < ends_at:
            at = min(self.planned_until + STEP, ends_at)
            while told_until() < at:  # noqa: ASYNC110 - many tell, each within milliseconds
                await asyncio.sleep(LOOKS_S)
            for unit, commands in (await asyncio.to_thread(self._asks, at)).items():
                self._ordered[unit] += commands
            async with self._planned:
                self.planned_until = at
                self._planned.notify_all()

    async def orders(self, unit: DeviceId, until: datetime) -> list[Command]:
        """Wait until it is planned up to an instant, and give what is ordered of a unit until then."""
        async with self._planned:
            await self._planned.wait_for(lambda: self.planned_until >= until)
        return self._ordered.pop(unit, [])
