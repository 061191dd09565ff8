"""One command, several processes: both cores work, and one's fault is not the others'.

A child that dies is started again at once, then more slowly; one that cannot stay up ends the whole server loudly,
so that whoever runs it sees it. Children hold a lifeline to us and go when we go, even when we are killed.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence

import structlog

log = structlog.get_logger()

RESTARTS_MAX = 8
"""Starts of one child within `RESTART_WINDOW_S` after which we give up."""
RESTART_WINDOW_S = 60.0
STOP_S = 10.0
PROGRAM: tuple[str, ...] = ("-m", "baqylau.cli")
"""What Python runs for a role."""


class ChildKeepsDyingError(Exception):
    """A role cannot stay up; its own log says why."""


class Child:
    """One role of the server as a process."""

    def __init__(self, role: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Name the role and the arguments of this program that run it.

        What `environment` adds is not among the arguments, which everybody on the machine can read.
        """
        self.role = role
        self._environment = {**os.environ, **environment}
        self._arguments = arguments
        self._starts_s: list[float] = []
        self.process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Keep the role up until cancelled, or raise `ChildKeepsDyingError`."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                self._starts_s = [at for at in self._starts_s if loop.time() - at < RESTART_WINDOW_S] + [loop.time()]
                if len(self._starts_s) > RESTARTS_MAX:
                    raise ChildKeepsDyingError(self.role)
                await self._once()
                await asyncio.sleep(0.1 * 2 ** len(self._starts_s))
        finally:
            await self._stop()

    async def _once(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, *PROGRAM, *self._arguments, stdin=asyncio.subprocess.PIPE, env=self._environment
        )
        log.info("role_started", role=self.role, pid=self.process.pid)
        code = await self.process.wait()
        log.error("role_ended", role=self.role, code=code)

    async def _stop(self) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            log.warning("role_did_not_stop", role=self.role)
            process.kill()
            await process.wait()


async def supervise(roles: Mapping[str, Sequence[str]], environment: Mapping[str, str]) -> None:
    """Run all roles until we are asked to stop (SIGINT, SIGTERM), or raise when one cannot stay up."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [
        asyncio.create_task(Child(role, arguments, environment).run(), name=role) for role, arguments in roles.items()
    ]
    asked = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([asked, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done - {asked}:
            await task
    finally:
        asked.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
