"""What browsers were asked to sign."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from baqylau.crypto.passkeys import CHALLENGE_BYTES

HOLDS = timedelta(minutes=2)
_MOST = 1_000


class Challenges:
    """What browsers were asked to sign and have not yet: each may be answered once, within two minutes."""

    def __init__(self, clock: Callable[[], datetime], random: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._random = random
        self._lock = Lock()
        self._given: dict[bytes, tuple[str, datetime]] = {}

    def give(self, whom: str) -> bytes:
        """Make one for somebody; the oldest are forgotten where there are too many."""
        challenge = self._random(CHALLENGE_BYTES)
        with self._lock:
            self._given[challenge] = whom, self._clock() + HOLDS
            while len(self._given) > _MOST:
                del self._given[next(iter(self._given))]
        return challenge

    def take(self, challenge: bytes, whom: str) -> bool:
        """Tell whether it was given to them and still holds; it is used up then."""
        with self._lock:
            for_whom, until_at = self._given.pop(challenge, ("", self._clock()))
        return for_whom == whom and self._clock() < until_at
