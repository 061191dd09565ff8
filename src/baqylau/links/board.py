"""The board that a Linux device runs on: how far its clock is to be trusted, and how it speaks to the person."""

import ctypes
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from baqylau.links.radio.words import Stamp
from baqylau.links.wall_clock import monotonic_s, now

NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that is behind this was never set."""
_TIMEX_BYTES = 512
"""More than any `struct timex`."""
_NOT_SYNCHRONISED = 5
"""TIME_ERROR of adjtimex(2)."""
_SAY_WITHIN_S = 60.0


def synchronised() -> bool:
    """Whether the kernel says that somebody keeps its clock right (adjtimex with nothing to change)."""
    libc = ctypes.CDLL(None, use_errno=True)
    state: int = libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return 0 <= state < _NOT_SYNCHRONISED


def boot_id(file: Path = Path("/proc/sys/kernel/random/boot_id")) -> str:
    """Give what the kernel calls this start of the machine; another after the next."""
    return file.read_text(encoding="ascii").strip()


class BoardClock:
    """Both clocks of the board. Where UTC was never set, it goes by what the server said."""

    fast = False

    def __init__(self, passed_s: Callable[[], float] = monotonic_s) -> None:
        """Begin with the board's own time. `passed_s`: its clock that never jumps."""
        self._ahead, self._passed_s = timedelta(), passed_s

    def __call__(self) -> Stamp:
        """Give the present instant."""
        return Stamp(now() + self._ahead, int(self._passed_s() * 1000))

    def is_set(self) -> bool:
        """Whether UTC can be right at all."""
        return now() + self._ahead >= NOT_BEFORE

    def from_network(self) -> bool:
        """Whether somebody keeps it right."""
        return bool(self._ahead) or synchronised()

    def told(self, at: datetime) -> None:
        """Take the server's time where there is none of our own."""
        if not self.is_set():
            self._ahead = at - now()


class Indicator:
    """The lamp and the voice of the box, as files that its own small programs follow.

    `lamp` holds a word; `told.jsonl` gets a line for everything that the person is told. Where a program is named, it
    is started for what is said aloud, with the language as its argument and the text on its standard input.
    """

    def __init__(self, folder: Path, voice: str = "") -> None:
        """Take the folder and the program that speaks."""
        self._folder, self._voice = folder, voice

    def light(self, lamp: str) -> None:
        """Show this from now on."""
        (self._folder / "lamp").write_text(f"{lamp}\n", encoding="ascii")

    def say(self, at: datetime, text: str, language: str, *, aloud: bool) -> None:
        """Tell the person. A voice that fails leaves the text on the screen, and the fault to whoever called."""
        line = json.dumps(
            {"at": at.isoformat(), "text": text, "language": language, "aloud": aloud}, ensure_ascii=False
        )
        with (self._folder / "told.jsonl").open("a", encoding="utf-8") as told:
            told.write(f"{line}\n")
        if aloud and self._voice:
            subprocess.run([self._voice, language], input=text.encode(), timeout=_SAY_WITHIN_S, check=True)  # noqa: S603 - the installer names it
