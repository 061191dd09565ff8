"""Ports of this machine for programs that are started a little later."""

import socket
from contextlib import suppress
from itertools import chain, repeat

TRIES = 1_000


class FreePorts:
    """Gives ports that nobody has, none of them twice: until somebody listens there the system gives one again."""

    def __init__(self, host: str) -> None:
        """Look on this address."""
        self._host = host
        self._given: set[int] = set()

    def take(self, wanted: int = 0) -> int:
        """Give the port, or one that the system chooses when somebody has it. `OSError` when there is none."""
        for asked in chain((wanted,), repeat(0, TRIES)):
            with suppress(OSError), socket.socket() as attempt:
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                attempt.bind((self._host, asked))
                port: int = attempt.getsockname()[1]
                if port not in self._given:
                    self._given.add(port)
                    return port
        msg = f"no free port on {self._host}"
        raise OSError(msg)
