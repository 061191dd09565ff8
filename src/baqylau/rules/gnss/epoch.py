"""What a satellite receiver said of one instant, as it said it. Runs in MicroPython.

Nothing here is corrected, smoothed or left out: what an epoch is good for is said beside it, by the other modules of
this folder. A receiver fills the fields that it knows; the others stay None.
"""

NO_FIX = 0
FLAT_FIX = 2
FULL_FIX = 3

GPS = "G"
GLONASS = "R"
GALILEO = "E"
BEIDOU = "C"
QZSS = "J"
NAVIC = "I"
AUGMENTATION = "S"
"""Letters of the satellite systems, as RINEX uses them."""


class Epoch:
    """One epoch of a receiver. Give the fields by name: `Epoch(at_s=..., mode=FULL_FIX, latitude_deg=...)`."""

    __slots__ = (
        "agc",
        "altitude_m",
        "at_s",
        "cn0_dbhz",
        "course_deg",
        "hdop",
        "jam_figure",
        "latitude_deg",
        "longitude_deg",
        "mode",
        "receiver_jam",
        "receiver_spoof",
        "satellites",
        "speed_m_s",
        "stated_m",
        "systems",
    )

    def __init__(self, **said: object) -> None:
        """Take what was said. Raises AttributeError on a name that is no field."""
        self.at_s: float | None = None
        """UTC in Unix seconds, as the receiver told it: it may be of another era. Whole where floats are short."""
        self.mode = NO_FIX
        """Of what the position is: `NO_FIX` (none was measured), `FLAT_FIX` or `FULL_FIX`."""
        self.latitude_deg: float | None = None
        """May be told without a fix: a place from memory."""
        self.longitude_deg: float | None = None
        self.altitude_m: float | None = None
        self.speed_m_s: float | None = None
        self.course_deg: float | None = None
        self.satellites: int | None = None
        """Used for the position, of all systems."""
        self.hdop: float | None = None
        self.stated_m: float | None = None
        """R95, where the receiver states its accuracy."""
        self.systems: dict[str, int] = {}
        """How many satellites of each system are used, by the system's letter."""
        self.cn0_dbhz: tuple[float, ...] | None = None
        """Strength of each satellite that is heard, used or not. Empty: none is heard; None: not told this time."""
        self.agc: int | None = None
        """Gain of the input, 0 (none) to 8191 (full). It falls where something louder than the sky is heard."""
        self.jam_figure: int | None = None
        """The receiver's indicator of a narrow disturbance, 0 to 255."""
        self.receiver_jam: int | None = None
        """The receiver's own judgement of jamming: 0 unknown, 1 none, 2 warning, 3 critical."""
        self.receiver_spoof: int | None = None
        """The receiver's own judgement of deception: 0 unknown, 1 none, 2 indicated, 3 by several signs."""
        for name, value in said.items():
            if name not in Epoch.__slots__:
                raise AttributeError(name)
            setattr(self, name, value)

    def measured(self) -> bool:
        """Tell whether there is a position that was measured now."""
        return self.mode != NO_FIX and self.latitude_deg is not None and self.longitude_deg is not None
