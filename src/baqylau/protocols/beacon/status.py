"""The 8 bytes that a device says of itself in every beacon (`spec/beacon.md`, B6). Runs in MicroPython."""

NOW = ("strap", "case", "off_body", "moving", "battery_low", "charging", "self_test_failed", "clock_unset")
"""Bits of byte 0, lowest first: what is so at this instant."""
LATCHED = ("strap", "case", "off_body", "shock", "reboot", "radio_fault", "temperature")
"""Bits of byte 1: what happened since it was last confirmed, even when it is over."""
UNKNOWN_TEMPERATURE = -128
_BATTERY_STEPS = 200


class Status:
    """What a device says of itself: two sets of words, and figures."""

    def __init__(
        self,
        now: "frozenset[str]" = frozenset(),
        latched: "frozenset[str]" = frozenset(),
        battery_percent: float = 0.0,
        temperature_c: int = UNKNOWN_TEMPERATURE,
        events: int = 0,
        moving_minutes: int = 0,
        configuration: int = 0,
    ) -> None:
        """Take the words of `NOW` and `LATCHED` that hold, and the figures; counters run over at their width."""
        self.now = now
        self.latched = latched
        self.battery_percent = battery_percent
        self.temperature_c = temperature_c
        self.events = events
        """Counts every edge of a sensor: a jump tells of an event whose frames were not heard."""
        self.moving_minutes = moving_minutes
        """Minutes with motion, modulo 256: whether the wearer walked while nothing was heard."""
        self.configuration = configuration

    def pack(self) -> bytes:
        """Give the 8 bytes."""
        battery = min(max(round(self.battery_percent * 2), 0), _BATTERY_STEPS)
        return (
            bytes([_bits(NOW, self.now), _bits(LATCHED, self.latched), battery, self.temperature_c & 0xFF])
            + (self.events & 0xFFFF).to_bytes(2, "big")
            + bytes([self.moving_minutes & 0xFF, self.configuration & 0xFF])
        )


def unpack(status: bytes) -> Status:
    """Give what 8 authenticated bytes say. Spare bits are passed over."""
    temperature_c = status[3] - 256 if status[3] & 0x80 else status[3]
    return Status(
        frozenset(_words(NOW, status[0])),
        frozenset(_words(LATCHED, status[1])),
        min(status[2], _BATTERY_STEPS) / 2,
        temperature_c,
        int.from_bytes(status[4:6], "big"),
        status[6],
        status[7],
    )


def _bits(words: "tuple[str, ...]", held: "frozenset[str]") -> int:
    return sum(1 << at for at, word in enumerate(words) if word in held)


def _words(words: "tuple[str, ...]", bits: int) -> "list[str]":
    return [word for at, word in enumerate(words) if bits >> at & 1]
