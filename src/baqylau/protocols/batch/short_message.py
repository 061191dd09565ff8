"""One word of a small device by SMS, where nothing else gets through (`spec/short-message.md`). Runs in MicroPython.

At most 140 bytes, proven by the secret that the device shares with the server. What it says comes as a record over the
link too, as soon as that is possible: this one is earlier, and says less.
"""

from baqylau.protocols.batch.small_cbor import SmallCborError, read, written
from baqylau.protocols.beacon.modes import hmac_sha256, same

VERSION = 1
BYTES_MAX = 140
TAG_BYTES = 8
ABOUT = b"baqylau short message 1"
"""Authenticated with every message and not sent."""
STRAP, HELP, EMPTY, PLACE = 1, 2, 3, 4
"""The strap is open; help is asked for; the battery is empty; the place, which was asked for."""
_SHARE = 10_000_000
_FIELDS = 7


class NotBelievedError(ValueError):
    """Bytes that no device of ours proved."""


class Short:
    """What one message says."""

    def __init__(
        self,
        device_id: str,
        at_ms: int,
        word: int,
        place: "tuple[float | None, float | None]",
        battery_percent: float,
    ) -> None:
        """Take whose it is, when, which word, the last place in degrees where one is known, and the charge."""
        self.device_id = device_id
        self.at_ms = at_ms
        self.word = word
        self.place = place
        self.battery_percent = battery_percent

    def sealed(self, secret: bytes) -> bytes:
        """Give the bytes. ValueError for a name that is too long."""
        degrees = [None if one is None else round(one * _SHARE) for one in self.place]
        battery = int(self.battery_percent)
        said = written([VERSION, self.device_id, self.at_ms // 1000, self.word, degrees[0], degrees[1], battery])
        if len(said) + TAG_BYTES > BYTES_MAX:
            raise ValueError(self.device_id)
        return said + _tag(secret, said)


def named(raw: bytes) -> str:
    """Give whose a message claims to be. Raises `NotBelievedError`."""
    return _said(raw[:-TAG_BYTES]).device_id


def opened(raw: bytes, secret: bytes) -> Short:
    """Give what a message says, or raise `NotBelievedError`."""
    if len(raw) > BYTES_MAX or not same(raw[-TAG_BYTES:], _tag(secret, raw[:-TAG_BYTES])):
        raise NotBelievedError
    return _said(raw[:-TAG_BYTES])


def _said(raw: bytes) -> Short:
    try:
        values = read(raw)
    except SmallCborError:
        raise NotBelievedError from None
    if not isinstance(values, list) or len(values) != _FIELDS or values[0] != VERSION:
        raise NotBelievedError
    _, device_id, at_s, word, latitude, longitude, battery = values
    whole = [isinstance(one, int) for one in (at_s, word, battery)]
    degrees = [one is None or isinstance(one, int) for one in (latitude, longitude)]
    if not isinstance(device_id, str) or not all(whole + degrees):
        raise NotBelievedError
    place = [None if one is None else one / _SHARE for one in (latitude, longitude)]
    return Short(device_id, at_s * 1000, word, (place[0], place[1]), battery)


def _tag(secret: bytes, said: bytes) -> bytes:
    return hmac_sha256(secret, ABOUT + said)[:TAG_BYTES]
