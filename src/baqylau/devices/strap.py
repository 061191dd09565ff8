"""What a device that is worn shows of strap, case, skin and motion, and what that means. Runs in MicroPython.

Bracelet and tracker have the same strap. Figures without another source are design values.
"""

from baqylau.devices.condition import implausible

CUT_OHM = 500_000
"""The conductive loop is cut from here on."""
DARK_PERCENT = 5.0
"""The optical loop is cut when less of its light comes back."""
WINDOW = 0.25
"""By what share either loop may differ from what it was when the strap was put on: else it is strained."""
STRAINED_MS = 2000
OFF_BODY_MS = 30_000
ON_BODY_MS = 5000
SKIN_COUNTS = 400
"""The capacitive sensor feels a body from here on."""
SHOCK_G = 12.0
NOTHING_LEARNED = bytes(6)


class Sample:
    """What the sensors show; None for a sensor that does not answer."""

    def __init__(
        self,
        at_ms: int,
        strap: "tuple[int | None, float | None]",
        case: "tuple[bool | None, float | None]",
        skin_counts: "int | None",
        motion: "tuple[bool | None, float | None]",
        temperature_c: "float | None",
        power: "tuple[int | None, bool]",
    ) -> None:
        """Take resistance in ohm and light in percent of the strap's loops; switch and light in lux of the case;
        the skin sensor; motion since the last sample and the hardest knock in g; battery in mV and whether it charges.
        """
        self.at_ms = at_ms
        self.loop_ohm, self.loop_percent = strap
        self.case = case
        self.skin_counts = skin_counts
        self.moves, self.knock_g = motion
        self.temperature_c = temperature_c
        self.battery_mv, self.charging = power


def cut(sample: Sample) -> bool:
    """Tell whether one of the loops carries nothing any more."""
    carries = sample.loop_ohm is None or sample.loop_ohm < CUT_OHM
    shines = sample.loop_percent is None or sample.loop_percent > DARK_PERCENT
    return not (carries and shines)


def strained(loops: "tuple[int, float]", learned: bytes) -> bool:
    """Tell whether a loop is far from what it was when the strap was put on."""
    ohm, percent = int.from_bytes(learned[:4], "big"), int.from_bytes(learned[4:], "big") / 100
    return learned != NOTHING_LEARNED and (
        abs(loops[0] - ohm) > WINDOW * ohm or abs(loops[1] - percent) > WINDOW * percent
    )


def learned(loops: "tuple[int, float]") -> bytes:
    """Give what is to be kept of the loops as they are when the strap is put on."""
    return loops[0].to_bytes(4, "big") + round(loops[1] * 100).to_bytes(2, "big")


def failing(sample: Sample) -> "tuple[str, ...]":
    """Test the sensors by what they show."""
    return implausible(
        ("loop_ohm", sample.loop_ohm, 0, 10_000_000),
        ("loop_percent", sample.loop_percent, 0, 200),
        ("case_switch", sample.case[0], 0, 1),
        ("case_light", sample.case[1], 0, 200_000),
        ("skin", sample.skin_counts, 0, 65_535),
        ("motion", sample.moves, 0, 1),
        ("temperature", sample.temperature_c, -60, 120),
        ("battery", sample.battery_mv, 2000, 4500),
    )
