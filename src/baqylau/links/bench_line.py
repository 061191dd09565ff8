"""A technician's bench: a line of words to a device over its serial contacts, and the line that it answers."""

import os
import select
import termios
import tty
from pathlib import Path

from baqylau.links.wall_clock import monotonic_s

ANSWER_WITHIN_S = 5.0
LINE_BYTES_MAX = 256
_BAUD = termios.B115200
_ANSWERS = ("OK", "NO")


class NoAnswerError(Exception):
    """The line cannot be opened, or nobody answers on it."""


def asked(path: Path, words: str, within_s: float = ANSWER_WITHIN_S) -> str:
    """Say a line and give the answer, `OK ...` or `NO ...`; what else the device says before it is passed over.

    Raises `NoAnswerError`.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as wrong:
        raise NoAnswerError(wrong.strerror or "") from wrong
    try:
        _made_raw(handle)
        os.write(handle, f"\r\n{words}\r\n".encode())
        return _answer(handle, monotonic_s() + within_s)
    except (OSError, termios.error) as wrong:
        raise NoAnswerError(str(wrong)) from wrong
    finally:
        os.close(handle)


def _made_raw(handle: int) -> None:
    tty.setraw(handle)
    attributes = termios.tcgetattr(handle)
    attributes[4] = attributes[5] = _BAUD
    termios.tcsetattr(handle, termios.TCSANOW, attributes)


def _answer(handle: int, until_s: float) -> str:
    heard = b""
    while (left_s := until_s - monotonic_s()) > 0:
        if not select.select([handle], [], [], left_s)[0]:
            break
        came = os.read(handle, LINE_BYTES_MAX)
        if not came:
            break
        *lines, heard = (heard + came).replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            said = line.decode(errors="replace").strip()
            if said.split(" ", 1)[0] in _ANSWERS:
                return said
        heard = heard[-LINE_BYTES_MAX:]
    raise NoAnswerError("")
