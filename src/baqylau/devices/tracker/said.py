"""What a tracker writes down, as the arrays of the device link (`spec/batch.md`, L2 and L3). Runs in MicroPython."""

from baqylau.rules.gnss.sky import mean_dbhz

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from baqylau.rules.gnss.epoch import Epoch

    Said = list[Any]

ALIVE = ["alive"]
BATTERY_EMPTY = "battery_empty"
_GRADES = ("none", "none", "suspected", "certain")
"""The link's word for grades 0 to 3: from grade 2 on a claim rests on two independent signs."""
_INTERFERENCE = {"jam": "gnss_jam", "spoof": "gnss_spoof"}


def own(bodies: "list[Said]") -> "Said":
    """Give what the device says of itself."""
    return ["own", bodies]


def fix(epoch: "Epoch") -> "Said":
    """Give a position as the receiver gave it."""
    return _short(
        [
            "fix",
            _fraction(epoch.latitude_deg),
            _fraction(epoch.longitude_deg),
            _fraction(epoch.altitude_m),
            _fraction(epoch.speed_m_s),
            _fraction(epoch.course_deg),
            epoch.satellites,
            _fraction(epoch.hdop),
            _fraction(epoch.stated_m),
        ]
    )


def fix_by_relay(latitude_deg: float, longitude_deg: float, accuracy_m: float) -> "Said":
    """Give the registered place of the relay that is heard."""
    return ["fix", latitude_deg, longitude_deg, None, None, None, None, None, accuracy_m, "relay"]


def cell(*, there: bool, signal_dbm: "float | None") -> "Said":
    """Say whether there is a mobile network, and how strong it is."""
    return ["cell", there, "", float(signal_dbm)] if there and signal_dbm is not None else ["cell", there]


def no_fix(satellites: "int | None") -> "Said":
    """Say that the receiver worked and found no place."""
    return _short(["no_fix", satellites])


def sky(cn0_dbhz: "tuple[float, ...]", systems: "dict[str, int]") -> "Said":
    """Say how many satellites are heard, how strong the strongest are, and how many of each system are used."""
    mean = mean_dbhz(cn0_dbhz)
    used = [[letter, systems[letter]] for letter in sorted(systems) if systems[letter]]
    return _short(["sky", len(cn0_dbhz), None if mean is None else int(10 * mean + 0.5) / 10, used or None])


def claim(kind: str, grade: int, figure: "float | None") -> "Said | None":
    """Give a claim of jamming or deception; shielding is judged from the sky by the server."""
    if kind not in _INTERFERENCE:
        return None
    return _short(["interference", _INTERFERENCE[kind], _GRADES[grade], _fraction(figure)])


def surroundings(temperature_c: "float | None", shock_g: "float | None") -> "Said":
    """Give temperature and the hardest knock."""
    return _short(["surroundings", _fraction(temperature_c), _fraction(shock_g)])


def reception(relay_id: str, frame: bytes, rssi_dbm: float, frames: int, first_at_ms: int) -> "Said":
    """Give the last frame of a relay, so that the server judges it again."""
    return ["reception", relay_id, frame, "ble", float(rssi_dbm), frames, first_at_ms]


def doubt(relay_id: str, reason: str, frame: bytes) -> "Said":
    """Give a frame that goes by a relay's identity and is not believed."""
    return ["doubt", relay_id, reason, frame]


def local(code: str, *, told: bool) -> "Said":
    """Say what the person was warned of."""
    return ["local", code, told]


def result(number: int, state: str, detail: str = "") -> "Said":
    """Say what became of a command."""
    return ["result", number, state, detail] if detail else ["result", number, state]


def _fraction(figure: "float | None") -> "float | None":
    return None if figure is None else float(figure)


def _short(values: "Said") -> "Said":
    """Leave out what stands at the end and was not told."""
    while values[-1] is None:
        values.pop()
    return values
