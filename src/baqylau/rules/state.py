"""What is carried from one observation of a person to the next: all that judging remembers."""

from datetime import date, datetime

from msgspec import Struct

from baqylau.domain.ids import CheckId, DeviceId, ObservationId
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.checks.calibration import Sensor
from baqylau.rules.checks.case import Case
from baqylau.rules.contact import Contact
from baqylau.rules.equipment.battery import Charge
from baqylau.rules.equipment.jump import BEGUN, Track
from baqylau.rules.equipment.no_fix import Loss
from baqylau.rules.equipment.rare import NONE, Rare
from baqylau.rules.equipment.silence import Silence
from baqylau.rules.equipment.tamper import Tamper
from baqylau.rules.places.geometry import LONGEST_DEGREE_M, clearance_m
from baqylau.rules.places.keeping import Keeping
from baqylau.rules.places.position import Position
from baqylau.rules.presence.curfew import Curfew
from baqylau.rules.presence.radio import Receiver
from baqylau.rules.presence.separation import Apart


class DeviceState(Struct, frozen=True, array_like=True):
    """The rules' states for one device in one time on the person."""

    from_at: datetime
    """Beginning of that time."""
    silence: Silence
    loss: Loss | None = None
    """None until the first word, and for equipment that has no receiver."""
    tamper: Tamper = Tamper()
    charge: Charge = Charge()
    clock_wrong: bool = False
    track: Track = BEGUN
    rare: Rare = NONE
    good_on: date | None = None
    """The day on which it last told that all is well."""


_DISTORTION = 1.25
"""More than distances on the plane of a zone can be longer than they are."""


class Calm(Struct, frozen=True, array_like=True, gc=False):
    """A place that changes nothing for any restriction until one of them needs a tick, and how far that holds."""

    latitude_deg: float
    longitude_deg: float
    clear_m: float

    def holds(self, position: Position) -> bool:
        """Whether another position changes nothing either, for certain."""
        fix = position.fix
        most_deg = abs(fix.latitude_deg - self.latitude_deg) + abs(fix.longitude_deg - self.longitude_deg)
        most_m = most_deg * LONGEST_DEGREE_M * _DISTORTION
        return position.decides and most_m + clearance_m(position.accuracy_m) < self.clear_m


class PersonState(Struct, frozen=True, kw_only=True):
    """One person's state. Survives msgpack exactly."""

    through: datetime | None = None
    """How far it is folded. None: nothing yet."""
    through_id: ObservationId = ObservationId("")
    """The last observation folded at `through`, or `clock.AFTER_TICKS`."""
    ticked_at: datetime | None = None
    """The last tick folded."""
    wake_at: datetime | None = None
    """When time alone next changes something."""
    due_at: datetime | None = None
    """The same, for what is prescribed alone."""
    calm: Calm | None = None
    prescribed: bytes = b""
    """Digest of the supervision that these three were worked out for."""
    devices: dict[DeviceId, DeviceState] = {}
    keepings: dict[str, Keeping] = {}
    """By restriction and version."""
    contacts: dict[str, Contact] = {}
    """By restriction, version and distance."""
    receivers: dict[DeviceId, Receiver] = {}
    """What listens for the bracelet."""
    curfews: dict[str, Curfew] = {}
    """Records of the hours of presence regimes, by restriction and version."""
    apart: dict[DeviceId, Apart] = {}
    """Carried units that the bracelet is away from."""
    checks: dict[CheckId, Case] = {}
    """Those that are open, and those that a person may still decide."""
    sensors: dict[DeviceId, Sensor] = {}
    """Calibrations of breath units."""
    position: Position | None = None
    """The last believed one."""
    holds: bool = False
    """Nothing happened since that makes it doubtful: no fix lost, no jump, no gap in our listening."""
    stale: bool = True
    """There is none, or it is too old to say where the person is."""
    blind_until: datetime | None = None
    """End of the last gap in our own listening."""
    unheard: bool = False
    """Nothing was heard since that gap began."""
    heard_at: datetime | None = None
    battery_percent: float | None = None
    compliance: Compliance = Compliance.FREE
    blindness: Blindness | None = None
    since: datetime | None = None
    """Since when these two are what they are."""
    said: dict[str, tuple[Compliance, Blindness | None]] = {}
    """The same of each restriction in force, by restriction and version."""

    def at_home(self) -> bool:
        """Whether the bracelet is heard at a place where the person has to be."""
        return any(state.by_radio and state.against is False for state in self.keepings.values())
