"""What the person sees: `screen.json` in the unit's folder, the page that shows it (`page`), and the terminal.

`capturing` in it drives the indicator: it is true before a device is opened and false only after it is closed.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import monotonic

from baqylau.links.board import Indicator
from baqylau.links.speaker import Speaker
from baqylau.locales import text as worded

OFF, RECORDING, CALL = "av.screen.off", "av.screen.on", "av.screen.call"
CALL_RECORDED = "av.screen.call_recorded"
"""What the indicator says."""


class Screen:
    """The screen of one unit. May be used by several threads."""

    def __init__(self, folder: Path, *, language: str, terminal: bool = False) -> None:
        """Take the folder, and the language until a check brings its own; `terminal`: on standard output too."""
        self._file, self._terminal, self._lock = folder / "screen.json", terminal, Lock()
        self.number = 0
        """One more with each change."""
        self._until_s = 0.0
        self._shown: dict[str, object] = {"text": "", "digit": "", "light": "", "capturing": False, "call": ""}
        self._indicator = OFF
        self._show(**_indicated(language, OFF), language=language)

    def show(
        self, text: str, language: str, *, digit: str = "", light: str = "", left_ms: int = 0, call: str | None = None
    ) -> None:
        """Show a text, a large digit, a colour behind them, and how long the person has.

        `call`: how far a live call is; None where this says nothing of it.
        """
        self._until_s = monotonic() + left_ms / 1000
        indicated = _indicated(language, self._indicator)
        if call is not None:
            indicated["call"] = call
        self._show(text=text, language=language, digit=digit, light=light, for_ms=left_ms, **indicated)
        if self._terminal:
            sys.stdout.write(f"{text} {digit}\n")
            sys.stdout.flush()

    def capturing(self, *, on: bool, key: str = RECORDING) -> None:
        """Show whether camera and microphone are open, and for what."""
        self._indicator = key if on else OFF
        indicated = _indicated(str(self._shown["language"]), self._indicator)
        if on:
            self._show(**indicated)
        else:
            self._show(digit="", light="", for_ms=0, **indicated)

    def shown(self) -> dict[str, object]:
        """Give what is shown now, with what is left of the person's time."""
        with self._lock:
            left_ms = max(0, round(1000 * (self._until_s - monotonic())))
            return {**self._shown, "left_ms": min(left_ms, int(str(self._shown.get("for_ms", 0))))}

    def _show(self, **changed: object) -> None:
        """Write what is shown now; threads of the hands come here at once."""
        with self._lock:
            self._shown |= changed
            self.number += 1
            self._shown["number"] = self.number
            unfinished = self._file.with_suffix(".new")
            unfinished.write_text(json.dumps(self._shown, ensure_ascii=False), encoding="utf-8")
            unfinished.replace(self._file)


def _indicated(language: str, key: str) -> dict[str, object]:
    return {"capturing": key != OFF, "indicator": worded(language, key)}


class ScreenIndicator(Indicator):
    """What the unit tells outside a check stands on its screen too, and is said by its voice."""

    def __init__(self, folder: Path, screen: Screen, speaker: Speaker) -> None:
        """Take the folder of lamp and lines, the screen and the voice."""
        super().__init__(folder)
        self._screen, self._speaker = screen, speaker

    def say(self, at: datetime, text: str, language: str, *, aloud: bool) -> None:
        """Tell the person."""
        super().say(at, text, language, aloud=aloud)
        self._screen.show(text, language)
        if aloud:
            self._speaker.say(text, language)
