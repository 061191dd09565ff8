"""The spool behind a loop: one thread does everything that waits for the disk, in order."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from baqylau.devices.linux_unit.spool import Spool

P = ParamSpec("P")
T = TypeVar("T")


class Disk:
    """The thread of one spool."""

    def __init__(self, spool: Spool) -> None:
        """Take the spool; from now on nobody else may use it."""
        self.spool = spool
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do it after everything that was asked before, and give what came of it. Done even when nobody waits."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*args, **kwargs))

    def close(self) -> None:
        """Finish what was asked."""
        self._thread.shutdown()
