"""Strap, case, skin, motion, charge: from what the sensors show to what is said of it. Runs in MicroPython.

The same sensors as the bracelet's (`devices/strap`). Every edge is a record of its own, at once; what was so when power
was lost is kept, so that a strap that opens without power is found when it comes back.
"""

from baqylau.devices.condition import is_extreme, is_low, is_open, measure, words
from baqylau.devices.settling import Settling
from baqylau.devices.strap import (
    NOTHING_LEARNED,
    OFF_BODY_MS,
    ON_BODY_MS,
    SHOCK_G,
    SKIN_COUNTS,
    STRAINED_MS,
    Sample,
    cut,
    failing,
    learned,
    strained,
)
from baqylau.devices.tracker import said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.devices.tracker.said import Said

STILL_MS = 600_000
"""Without motion for so long it is at rest. Notes on radio and GNSS, 1.1."""
EMPTY_MV = 3200
"""Below it the modem may not get through any more: the last word is said."""
KEPT = ("strap", "case", "off_body", "strained")
"""Bits, lowest first, of what is kept."""
URGENT = frozenset(("strap", "case", "off_body", "strained", "battery_low"))
_UNKNOWN_C = -128


class Worn:
    """What is so on the body of the device."""

    FIELDS = (
        "off_body",
        "strained",
        "loops",
        "learned",
        "battery_percent",
        "battery_mv",
        "temperature_c",
        "now",
        "known",
        "failing",
        "extreme",
        "moved_ms",
        "gasped",
    )

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.off_body = Settling(OFF_BODY_MS, ON_BODY_MS)
        self.strained = Settling(STRAINED_MS, STRAINED_MS)
        self.loops: tuple[int, float] = (0, 0.0)
        self.learned = NOTHING_LEARNED
        """What the loops showed when the strap was put on."""
        self.battery_percent = 0.0
        self.battery_mv = 0
        self.temperature_c = _UNKNOWN_C
        self.now: frozenset[str] = frozenset()
        self.known = False
        """Whether the sensors spoke since power came."""
        self.failing: tuple[str, ...] = ()
        self.extreme = False
        self.moved_ms = 0
        """When it was last moved."""
        self.gasped = False
        """The last word before the battery was empty is said."""

    def copy(self) -> "Worn":
        """Give another one that is the same."""
        other = Worn()
        for name in Worn.FIELDS:
            setattr(other, name, getattr(self, name))
        return other

    def resting(self, at_ms: int) -> bool:
        """Tell whether it has not been moved for long."""
        return self.known and "moving" not in self.now and at_ms - self.moved_ms >= STILL_MS

    def moving(self) -> "bool | None":
        """Tell whether it moves; None before the sensor spoke, and when it does not answer."""
        return "moving" in self.now if self.known and "motion" not in self.failing else None

    def kept(self) -> int:
        """Give the bits of what must outlive a loss of power."""
        return sum([1 << at for at, word in enumerate(KEPT) if word in self.now])

    def resume(self, bits: int, loops: bytes) -> None:
        """Go on with what was kept."""
        self.now = frozenset([word for at, word in enumerate(KEPT) if bits >> at & 1])
        self.off_body = Settling(OFF_BODY_MS, ON_BODY_MS, held="off_body" in self.now)
        self.strained = Settling(STRAINED_MS, STRAINED_MS, held="strained" in self.now)
        self.learned = loops

    def put_on(self) -> None:
        """Learn how the strap feels now."""
        self.learned = learned(self.loops)

    def wake_at_ms(self) -> int:
        """Give when a change will be believed."""
        return min(self.off_body.wake_at_ms(), self.strained.wake_at_ms())


def look(worn: Worn, sample: Sample) -> "tuple[list[Said], bool]":
    """Take what the sensors show; give what is to be said of it, and whether that is urgent."""
    at_ms = sample.at_ms
    measure(worn, sample.battery_mv, sample.temperature_c)
    worn.battery_mv = sample.battery_mv or worn.battery_mv
    if sample.loop_ohm is not None and sample.loop_percent is not None:
        worn.loops = sample.loop_ohm, sample.loop_percent
    if sample.skin_counts is not None:
        worn.off_body = worn.off_body.after(at_ms, says=sample.skin_counts < SKIN_COUNTS)
    worn.strained = worn.strained.after(at_ms, says=not cut(sample) and strained(worn.loops, worn.learned))
    if sample.moves:
        worn.moved_ms = at_ms
    extreme = is_extreme(sample.temperature_c)
    bodies = _sudden(sample, extreme=extreme and not worn.extreme) + _tested(worn, failing(sample))
    worn.extreme = extreme
    edges, urgent = _edges(worn, _shown(worn, sample))
    return edges + bodies, urgent or bool(bodies)


def settle(worn: Worn, at_ms: int) -> "tuple[list[Said], bool]":
    """Let time pass: what has been so for long enough is believed."""
    worn.off_body, worn.strained = worn.off_body.at(at_ms), worn.strained.at(at_ms)
    lasting = words(("off_body", worn.off_body.held), ("strained", worn.strained.held))
    return _edges(worn, frozenset([one for one in worn.now if one not in ("off_body", "strained")]) | lasting)


def _shown(worn: Worn, sample: Sample) -> "frozenset[str]":
    return words(
        ("strap", cut(sample)),
        ("case", is_open(sample.case)),
        ("off_body", worn.off_body.held),
        ("strained", worn.strained.held),
        ("moving", sample.moves),
        ("battery_low", is_low(worn)),
        ("charging", sample.charging),
    )


def _edges(worn: Worn, now: "frozenset[str]") -> "tuple[list[Said], bool]":
    """Say everything when the sensors speak for the first time, afterwards what changed."""
    first = not worn.known and bool(worn.loops[0] or worn.battery_mv)
    changed = now ^ worn.now
    worn.now, worn.known = now, worn.known or first
    bodies: list[Said] = []
    for word, body in (
        ("strap", ["strap", "strap" in now]),
        ("case", ["enclosure", "case" in now]),
        ("off_body", ["skin", "off_body" not in now]),
        ("strained", ["strain", "strained" in now]),
        ("moving", ["motion", "moving" in now]),
        ("battery_low", ["battery", worn.battery_percent]),
        ("charging", ["power", "charging" in now]),
    ):
        if first or word in changed:
            bodies.append(body)
    return bodies, bool(changed & URGENT)


def _sudden(sample: Sample, *, extreme: bool) -> "list[Said]":
    shock_g = sample.knock_g if (sample.knock_g or 0.0) >= SHOCK_G else None
    return [said.surroundings(sample.temperature_c, shock_g)] if extreme or shock_g is not None else []


def _tested(worn: Worn, found: "tuple[str, ...]") -> "list[Said]":
    if found == worn.failing:
        return []
    worn.failing = found
    return [["self_test", False, ",".join(found)] if found else ["self_test", True]]


def is_empty(worn: Worn) -> bool:
    """Tell whether the last word has to be said now."""
    return 0 < worn.battery_mv < EMPTY_MV and "charging" not in worn.now


def condition(worn: Worn) -> "list[Said]":
    """Say everything, as it is."""
    return [
        ["strap", "strap" in worn.now],
        ["enclosure", "case" in worn.now],
        ["skin", "off_body" not in worn.now],
        ["motion", "moving" in worn.now],
        ["battery", worn.battery_percent],
        ["power", "charging" in worn.now],
    ]
