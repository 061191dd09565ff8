"""What opens what on a console: its own seed and the officer's password, each worth nothing without the other."""

from baqylau.crypto.boxes import BoxKey, derived
from baqylau.crypto.passwords import stretched
from baqylau.crypto.sealing import Seal
from baqylau.domain.ids import DeviceId
from baqylau.protocols.console.envelope import console_key, officer_key, opened_news, opened_package
from baqylau.protocols.console.words import News, Package

SALT_BYTES = 16
_ROWS = b"baqylau console rows"


class Officer:
    """An officer who gave the password: in memory alone, until the console is locked."""

    def __init__(self, seed: bytes, password: str, salt: bytes) -> None:
        """Work the password out; it costs what argon2id costs."""
        secret = stretched(password, salt)
        self._console, self._key = console_key(seed), officer_key(secret)
        self.rows = Seal(derived(secret + seed, _ROWS))
        """Seals what is kept on this console for the officer alone."""

    @property
    def public_key(self) -> bytes:
        """The half that the server may know."""
        return self._key.public_key

    def open(self, sealed: bytes, device_id: DeviceId) -> Package | None:
        """Open a package; None when it is another officer's, or the password is not theirs."""
        return opened_package(sealed, device_id, self._console, self._key)

    def open_news(self, sealed: bytes, device_id: DeviceId) -> News | None:
        """Open what the server said; None when it is for another officer."""
        return opened_news(sealed, device_id, self._console, self._key)


def box_key(seed: bytes) -> BoxKey:
    """Give the console's half."""
    return console_key(seed)
