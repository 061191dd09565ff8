"""A device's end of a serial line, as a pair of terminals."""

import os
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread


@contextmanager
def contacts(answer: Callable[[str], str]) -> Iterator[Path]:
    """A device's end of a serial line: it hears lines and says what `answer` makes of each."""
    device, bench = os.openpty()
    tty.setraw(device)
    tty.setraw(bench)

    def listen() -> None:
        heard = b""
        while True:
            try:
                came = os.read(device, 256)
            except OSError:
                return
            *lines, heard = (heard + came).replace(b"\r", b"\n").split(b"\n")
            for line in filter(None, lines):
                if line == b"END":
                    return
                os.write(device, answer(line.decode()).encode() + b"\n")

    listening = Thread(target=listen, daemon=True)
    listening.start()
    try:
        yield Path(os.ttyname(bench))
    finally:
        os.write(bench, b"END\n")
        listening.join()
        os.close(bench)
        os.close(device)
