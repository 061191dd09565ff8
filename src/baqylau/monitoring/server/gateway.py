"""The gateway: doors for fleet protocols, lines behind them, one keeper for all.

Pure conversation lives in `protocols`, decisions about kept facts in `reading` and `keeper`; here are only sockets,
time-outs and the list of who is connected.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog

from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Device
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.keeper import Keeps
from baqylau.monitoring.server.line import Line
from baqylau.monitoring.server.settings import Limits
from baqylau.protocols.session import Carried, Session

log = structlog.get_logger()

LOOK_AROUND_S = 1.0
A_RUSH = timedelta(seconds=1)
"""Whoever is turned away sooner after another one belongs to the same rush, which the log tells of once."""


class DoorNotOpenedError(Exception):
    """Nobody can be heard there: says where and why, such as another program on that port."""

    def __init__(self, protocol: str, host: str, port: int, why: OSError) -> None:
        reason = os.strerror(why.errno) if why.errno else str(why)
        super().__init__(
            f"The door of {protocol} cannot be opened at {host}:{port}: {reason}. Give it another port, or `closed`."
        )


class Gateway:
    """All lines of all fleet protocols."""

    def __init__(self, fleet: Fleet, keeper: Keeps, limits: Limits, now: Callable[[], datetime]) -> None:
        """Join what lines share. Call from inside a running event loop."""
        self.fleet = fleet
        self.keeper = keeper
        self.limits = limits
        self.now = now
        self.time_s = asyncio.get_running_loop().time
        self._lines: set[Line] = set()
        self._known: set[Line] = set()
        """Of those, the lines on which a device signed in or reported."""
        self.turned_away_at: datetime | None = None
        """When there was last no room for another line."""
        self._by_device: dict[DeviceId, Line] = {}
        self._spoke_on: WeakValueDictionary[DeviceId, Line] = WeakValueDictionary()
        self.carried: Callable[[Line, Carried], None] = lambda _line, _event: None
        """Called with what a device says of an order."""
        self._servers: list[asyncio.Server] = []

    @property
    def connected(self) -> int:
        """How many devices have signed in or reported on an open line; any thread may ask."""
        return len(self._known)

    @property
    def lines(self) -> int:
        """How many lines are open."""
        return len(self._lines)

    async def open(self, protocol: str, session: Callable[[], Session], host: str, port: int) -> int:
        """Listen for a protocol; give the port, which the system chooses when it is 0. `DoorNotOpenedError`."""
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: Line(self, protocol, session()), host, port, backlog=1024)
        except OSError as cause:
            raise DoorNotOpenedError(protocol, host, port, cause) from cause
        self._servers.append(server)
        bound: int = server.sockets[0].getsockname()[1]
        log.info("gateway_listens", protocol=protocol, port=bound)
        return bound

    async def close(self) -> None:
        """Stop listening and end all lines."""
        for server in self._servers:
            server.close()
        for line in tuple(self._lines):
            line.close("the gateway stops")
        await asyncio.sleep(0)

    def admit(self, line: Line) -> bool:
        """Take a new line, unless there are too many."""
        if len(self._lines) >= self.limits.connections_max:
            self.turn_away(len(self._lines))
            return False
        self._lines.add(line)
        return True

    def turn_away(self, lines: int) -> None:
        """Note that a device found no line free at one of our doors, where so many are open."""
        before, self.turned_away_at = self.turned_away_at, self.now()
        if before is None or self.turned_away_at - before > A_RUSH:
            log.warning("too_many_lines", lines=lines)

    def forget(self, line: Line) -> None:
        """Drop a line that ended."""
        self._lines.discard(line)
        self._known.discard(line)
        if line.device is not None and self._by_device.get(line.device.id) is line:
            del self._by_device[line.device.id]

    def signed_in(self, line: Line, device: Device) -> None:
        """Note who is on the line. A second sign-in of the same device takes over; the older line is closed."""
        self._known.add(line)
        older = self._by_device.get(device.id)
        self._by_device[device.id] = line
        if older is not None and older is not line:
            older.close("the device signed in on another line")

    def spoke(self, line: Line, device: Device) -> None:
        """Note of whom a record came on a line on which nobody signed in."""
        self._known.add(line)
        self._spoke_on[device.id] = line

    def line_of(self, device_id: DeviceId) -> Line | None:
        """Give the line by which a device can be told something now."""
        line = self._by_device.get(device_id) or self._spoke_on.get(device_id)
        return line if line in self._lines else None

    def close_overdue(self) -> None:
        """Close lines that never signed in, leave a frame unfinished, or say nothing for too long."""
        now_s = self.time_s()
        for line in tuple(self._lines):
            if line.unfinished_since_s is not None and now_s - line.unfinished_since_s > self.limits.unfinished_s:
                line.close("a frame stays unfinished")
            elif line not in self._known and now_s - line.opened_at_s > self.limits.sign_in_s:
                line.close("nobody signed in")
            elif now_s - line.heard_at_s > self.limits.idle_s:
                line.close("nothing heard for long")
