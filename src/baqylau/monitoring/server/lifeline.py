"""A child process that ends when its parent is gone, however the parent went.

The parent holds the other end of our standard input and never writes to it. The end of the file means that it died.
"""

import os
import signal
import threading

STANDARD_INPUT = 0


def hold() -> None:
    """End this process, as by a request to stop, once standard input is at its end."""
    threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    while os.read(STANDARD_INPUT, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
