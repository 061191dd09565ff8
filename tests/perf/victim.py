"""The real server as a service manager would run it, and every way to take it down without a warning."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from time import sleep

import psutil  # type: ignore[import-untyped]

from baqylau.cli.roles.doors import options
from baqylau.monitoring.server.settings import LINK
from baqylau.protocols.fleet import FLEET
from tests.perf.installation import STOP_S, free_port, listens, postmaster_of, until

UP_WITHIN_S = 300.0


class Target(StrEnum):
    """What is killed."""

    EVERYTHING = "everything"
    """All of our programs and PostgreSQL."""
    GROUP = "group"
    """All of our programs; PostgreSQL stays and is found again."""
    SUPERVISOR = "supervisor"
    GATEWAY = "gateway"
    JUDGE = "judge"
    """Any one of the judges."""
    WEB = "web"
    POSTMASTER = "postmaster"


class Victim:
    """One installation's server."""

    def __init__(self, data: Path, judges: int = 1) -> None:
        """Choose ports; nothing runs yet."""
        self.data = data
        self._judges = judges
        self.ports = {name: free_port() for name in (*FLEET, LINK)}
        self.starts = self._turn = 0
        self._web_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def bring_up(self) -> None:
        """Start it if it does not run, again if a start failed, until devices can call. `TimeoutError` if never."""
        until(self._is_up, "the server does not come up", UP_WITHIN_S)

    def _is_up(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            self._start()
        return all(map(listens, self.ports.values()))

    def _start(self) -> None:
        self.starts += 1
        words = ["server", "--data", str(self.data), *options(self.ports), "--web-port", str(self._web_port)]
        words += ["--judges", str(self._judges)]
        with (self.data / "server.log").open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "baqylau.cli", *words],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def kill(self, target: Target) -> None:
        """Send SIGKILL. What is gone already cannot be killed."""
        process = self._running()
        with suppress(ProcessLookupError, FileNotFoundError, psutil.NoSuchProcess):
            match target:
                case Target.EVERYTHING | Target.GROUP:
                    os.killpg(process.pid, signal.SIGKILL)
                case Target.SUPERVISOR:
                    process.kill()
                case Target.GATEWAY | Target.JUDGE | Target.WEB:
                    self._role(target).kill()
                case Target.POSTMASTER:
                    pass
        if target in (Target.EVERYTHING, Target.POSTMASTER):
            with suppress(ProcessLookupError, FileNotFoundError):
                os.kill(postmaster_of(self.data), signal.SIGKILL)
        if target in (Target.EVERYTHING, Target.GROUP, Target.SUPERVISOR):
            process.wait()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise ProcessLookupError("the server was never started")
        return self._process

    def _role(self, role: str) -> "psutil.Process":
        """Give the next in turn of those that play the role."""
        found = [child for child in psutil.Process(self._running().pid).children() if role in child.cmdline()]
        if not found:
            raise ProcessLookupError(role)
        self._turn += 1
        return found[self._turn % len(found)]

    def stop(self) -> None:
        """Ask it to end, as a service manager does."""
        process = self._running()
        process.terminate()
        process.wait(STOP_S)

    def forget(self) -> None:
        """Leave nothing running, whatever happened."""
        if self._process is not None and self._process.poll() is None:
            self.kill(Target.EVERYTHING)
        sleep(0.1)
