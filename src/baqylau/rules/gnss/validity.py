"""What an epoch is good for. Runs in MicroPython.

Whatever is found here is said beside the fix: the fix itself is kept as it came. Source: notes on radio and GNSS, 4.3,
step 1.
"""

from baqylau.rules.gnss.figures import MAXIMUM_HDOP, MINIMUM_SATELLITES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.rules.gnss.epoch import Epoch

UNMEASURED = "unmeasured"
"""The receiver has no fix; coordinates that it tells all the same are from memory."""
NOWHERE = "nowhere"
"""The coordinates are no place on the globe."""
FEW_SATELLITES = "few_satellites"
COARSE = "coarse"
"""The satellites stand badly for a position."""
UNDATED = "undated"
"""No time, or one that cannot be right in any era of the week count."""
BACK_IN_TIME = "back_in_time"
"""Not later than the epoch before it."""


def faults(epoch: "Epoch", at_s: "float | None", before_s: "float | None") -> "tuple[str, ...]":
    """Give what speaks against the epoch's position; nothing does where it is good for a decision.

    `at_s` is its time where that can be right, `before_s` that of the epoch before it.
    """
    if not epoch.measured():
        return (UNMEASURED,)
    wrong = []
    if not on_earth(epoch.latitude_deg, epoch.longitude_deg):
        wrong.append(NOWHERE)
    if not enough(epoch.satellites):
        wrong.append(FEW_SATELLITES)
    if not fine(epoch.hdop):
        wrong.append(COARSE)
    if at_s is None:
        wrong.append(UNDATED)
    elif before_s is not None and at_s <= before_s:
        wrong.append(BACK_IN_TIME)
    return tuple(wrong)


def on_earth(latitude_deg: "float | None", longitude_deg: "float | None") -> bool:
    """Tell whether degrees are a place on the globe. A figure that is no number is none."""
    if latitude_deg is None or longitude_deg is None:
        return False
    return -90.0 <= latitude_deg <= 90.0 and -180.0 <= longitude_deg <= 180.0  # noqa: PLR2004 - degrees of the globe


def enough(satellites: "int | None") -> bool:
    """Tell whether so many satellites give a position; a receiver that does not say has the benefit of it."""
    return satellites is None or satellites >= MINIMUM_SATELLITES


def fine(hdop: "float | None") -> bool:
    """Tell whether the satellites stand well enough."""
    return hdop is None or hdop <= MAXIMUM_HDOP
