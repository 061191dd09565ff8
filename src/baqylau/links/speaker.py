"""The unit's voice: espeak-ng as a process where it is installed. Without it everything stands on the screen alone."""

import shutil
import subprocess
from threading import Lock

import structlog

log = structlog.get_logger()

PROGRAM = "espeak-ng"
_WORDS_A_MINUTE = "150"


class Speaker:
    """Says one thing at a time; what is new ends what is being said."""

    def __init__(self, program: str = PROGRAM) -> None:
        """Take the program; one that is not there says nothing."""
        self._program = shutil.which(program)
        self._saying: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    @property
    def there(self) -> bool:
        """Whether anything can be said."""
        return self._program is not None

    def say(self, text: str, language: str) -> None:
        """Begin to say a text in `kk`, `ru` or `en`; does not wait for its end."""
        if self._program is None:
            return
        with self._lock:
            self._quiet()
            command = [self._program, "-v", language, "-s", _WORDS_A_MINUTE, "--stdin"]
            try:
                self._saying = subprocess.Popen(  # noqa: S603 - found on the path, and the text goes to its input
                    command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
                if self._saying.stdin is not None:
                    self._saying.stdin.write(text.encode())
                    self._saying.stdin.close()
            except OSError as wrong:
                log.warning("voice_failed", why=str(wrong))

    def close(self) -> None:
        """Be quiet."""
        with self._lock:
            self._quiet()

    def _quiet(self) -> None:
        if self._saying is not None:
            self._saying.kill()
            self._saying.wait()
            self._saying = None
