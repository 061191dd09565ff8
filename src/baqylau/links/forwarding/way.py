"""What every way to another system has in common: items go in, and all were taken over or none counts."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.forwarding import Item
from baqylau.links.notices.way import TIMEOUT_S, NotTakenError

__all__ = ["TIMEOUT_S", "Line", "NotTakenError", "Way", "alarm_facts", "stands"]

READ_BYTES = 65_536


class Way(Protocol):
    """A way to one target. Used by one thread at a time."""

    def send(self, items: Sequence[Item]) -> None:
        """Hand items over in their order; comes back when all are taken, or raises `NotTakenError`."""
        ...

    def close(self) -> None:
        """End what is open."""
        ...


class Line:
    """A TCP connection that is opened when it is needed and given up after any trouble."""

    def __init__(self, host: str, port: int, begin: Callable[["Line"], None]) -> None:
        """`begin` says what comes first on a new connection."""
        self._where = (host, port)
        self._begin = begin
        self._socket: socket.socket | None = None

    @contextmanager
    def open(self) -> Iterator["Line"]:
        """Give the line. What goes wrong on it becomes `NotTakenError`, and the next time begins on a new one."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._where, TIMEOUT_S)
                self._begin(self)
            yield self
        except TimeoutError as late:
            self.close()
            raise NotTakenError("timeout") from late
        except OSError as broken:
            self.close()
            raise NotTakenError("not_reached") from broken
        except NotTakenError:
            self.close()
            raise

    def say(self, data: bytes) -> None:
        """Send bytes. Only inside `open`."""
        self._there().sendall(data)

    def hear(self) -> bytes:
        """Give what comes next. Only inside `open`. `NotTakenError` when the other side hangs up."""
        data = self._there().recv(READ_BYTES)
        if not data:
            raise NotTakenError("hung_up")
        return data

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _there(self) -> socket.socket:
        if self._socket is None:
            raise NotTakenError("not_reached")
        return self._socket


def stands(alarm: Alarm) -> bool:
    """Whether an alarm still stands."""
    return alarm.state is not AlarmState.CLOSED


def alarm_facts(alarm: Alarm) -> dict[str, str | int]:
    """Give what leaves of an alarm: no words of anybody, no names."""
    return {
        "alarm": alarm.code.value,
        "alarm_number": alarm.id,
        "alarm_state": alarm.state.value,
        "alarm_priority": int(alarm.priority),
    }
