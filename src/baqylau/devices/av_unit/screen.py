"""What the person sees: `screen.json` in the unit's folder, which its page follows, and lines on the terminal.

`capturing` in it drives the indicator: it is true before a device is opened and false only after it is closed.
"""

import json
import sys
from pathlib import Path


class Screen:
    """The screen of one unit."""

    def __init__(self, folder: Path, *, terminal: bool = False) -> None:
        """Take the folder; with `terminal`, texts are written on standard output too."""
        self._file, self._terminal = folder / "screen.json", terminal
        self._shown: dict[str, object] = {"text": "", "digit": "", "light": "", "capturing": False}
        self._write()

    def show(self, text: str, digit: str, light: str) -> None:
        """Show a text, a large digit, and a colour behind them."""
        self._shown |= {"text": text, "digit": digit, "light": light}
        self._write()
        if self._terminal:
            sys.stdout.write(f"{text} {digit}\n")
            sys.stdout.flush()

    def capturing(self, *, on: bool) -> None:
        """Show whether camera and microphone are open."""
        self._shown |= {"capturing": on}
        if not on:
            self._shown |= {"digit": "", "light": ""}
        self._write()

    def _write(self) -> None:
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps(self._shown, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self._file)
