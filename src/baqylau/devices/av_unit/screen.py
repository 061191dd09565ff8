"""What the person sees: `screen.json` in the unit's folder, which its page follows, and lines on the terminal.

`capturing` in it drives the indicator: it is true before a device is opened and false only after it is closed.
"""

import json
import sys
from pathlib import Path
from threading import Lock


class Screen:
    """The screen of one unit."""

    def __init__(self, folder: Path, *, terminal: bool = False) -> None:
        """Take the folder; with `terminal`, texts are written on standard output too."""
        self._file, self._terminal = folder / "screen.json", terminal
        self._shown: dict[str, object] = {"text": "", "digit": "", "light": "", "capturing": False}
        self._lock = Lock()
        self._show()

    def show(self, text: str, digit: str, light: str) -> None:
        """Show a text, a large digit, and a colour behind them."""
        self._show(text=text, digit=digit, light=light)
        if self._terminal:
            sys.stdout.write(f"{text} {digit}\n")
            sys.stdout.flush()

    def capturing(self, *, on: bool) -> None:
        """Show whether camera and microphone are open."""
        if on:
            self._show(capturing=True)
        else:
            self._show(capturing=False, digit="", light="")

    def _show(self, **changed: object) -> None:
        """Write what is shown now; threads of the hands come here at once."""
        with self._lock:
            self._shown |= changed
            unfinished = self._file.with_suffix(".new")
            unfinished.write_text(json.dumps(self._shown, ensure_ascii=False), encoding="utf-8")
            unfinished.replace(self._file)
