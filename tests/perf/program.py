"""A program of ours as a service manager runs it: started, killed, stopped, held still."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.perf.installation import STOP_S

LOOK_S = 1.0
SAID_BYTES = 2_000


def environment(code: Path | None) -> dict[str, str]:
    """Give the surroundings in which the code of a folder is run, or this one."""
    return {**os.environ, "PYTHONPATH": str(code)} if code else dict(os.environ)


class Program:
    """A program of ours that is killed and started again."""

    def __init__(self, name: str, words: list[str], log: Path) -> None:
        """Take the words after `baqylau`."""
        self.name, self._words, self._log = name, words, log
        self._process: subprocess.Popen[bytes] | None = None
        self.code: Path | None = None
        """Where another version of our code lies, which is run instead of this one."""
        self._wanted, self._turn = False, threading.RLock()
        self.broke_off: list[str] = []
        """What it had said, each time when it ended without being asked to."""

    def start(self) -> None:
        """Start it."""
        with self._turn, self._log.open("ab") as said:
            self._wanted = True
            words = [sys.executable, "-m", "baqylau.cli", *self._words]
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment(self.code)
            )

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Take it down without a warning."""
        self._wanted = False
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def hold(self) -> None:
        """Let it do nothing, as a machine that is starved or cut off."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def let_go(self) -> None:
        """Let it go on where it was, knowing nothing of the time between."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """Ask it to end. `TimeoutExpired` when it does not."""
        self._wanted = False
        if self.runs:
            assert self._process is not None
            self._process.terminate()
            self._process.wait(STOP_S)

    def tend(self) -> None:
        """Start it again when it ended by itself, as a service manager does, and note what it had said."""
        with self._turn:
            if self._wanted and not self.runs:
                said = self._log.read_bytes()[-SAID_BYTES:].decode(errors="replace")
                self.broke_off.append(f"{self.name}: {said}")
                self.start()


@contextmanager
def tended(programs: Iterable[Program]) -> Iterator[None]:
    """Look after programs, on a thread of its own."""
    done, all_of_them = threading.Event(), list(programs)

    def look() -> None:
        while not done.wait(LOOK_S):
            for one in all_of_them:
                one.tend()

    thread = threading.Thread(target=look, name="service manager")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
