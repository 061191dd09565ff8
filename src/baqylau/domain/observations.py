"""What equipment told us: facts that are kept for ever and never changed.

An `Observation` is one record of one device: an instant, and everything that the device said of that instant. The
bodies are a closed union. Rules match on it and end with `assert_never`, so that a body which a rule forgot is a type
error and not a silence.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.calls import CallBody
from baqylau.domain.checks import CheckBody
from baqylau.domain.console import ConsoleCheck
from baqylau.domain.ids import DeviceId, ObservationId, PersonId


class FixSource(StrEnum):
    """Where a position came from. Only `GNSS` and `RELAY` may decide about a zone."""

    GNSS = "gnss"
    RELAY = "relay"
    CELL = "cell"
    WIFI = "wifi"


class Fix(Struct, frozen=True, tag="fix", kw_only=True, gc=False):
    """A position as the receiver gave it. Nothing in it is corrected, smoothed or invented."""

    latitude_deg: float
    longitude_deg: float
    altitude_m: float | None = None
    speed_m_s: float | None = None
    course_deg: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    accuracy_m: float | None = None
    """Radius that holds the true place in 95 of 100 cases, when the device states it."""
    source: FixSource = FixSource.GNSS


class NoFix(Struct, frozen=True, tag="no_fix", kw_only=True, gc=False):
    """The receiver worked and found no position. A place it repeats from memory is not a position."""

    satellites: int | None = None


class Strap(Struct, frozen=True, tag="strap", kw_only=True, gc=False):
    """State of the strap at that instant, as its own sensor says."""

    open: bool


class Enclosure(Struct, frozen=True, tag="enclosure", kw_only=True, gc=False):
    """State of the device's case at that instant."""

    open: bool


class Battery(Struct, frozen=True, tag="battery", kw_only=True, gc=False):
    """Charge of the device's battery; either figure may be missing, never both."""

    level_percent: float | None = None
    voltage_v: float | None = None


class Power(Struct, frozen=True, tag="power", kw_only=True, gc=False):
    """Whether the device is on external power or on its charger."""

    external: bool


class Motion(Struct, frozen=True, tag="motion", kw_only=True, gc=False):
    """What the device's own motion sensor says."""

    moving: bool


class LinkEvent(StrEnum):
    """What happened on the line between the device and us."""

    LOGIN = "login"
    PING = "ping"


class LinkHealth(Struct, frozen=True, tag="link", kw_only=True, gc=False):
    """A sign of life without any other content. The instant is ours, not the device's."""

    event: LinkEvent


class Blind(Struct, frozen=True, tag="blind", kw_only=True, gc=False):
    """We ourselves did not listen from `from_at` to the observation's instant: nobody's silence counts in between."""

    from_at: datetime


class Heard(Struct, frozen=True, tag="heard", kw_only=True, gc=False):
    """A receiver of ours heard the device's own authenticated beacon. The observation is the transmitter's.

    `rssi_dbm` is the median over the frames counted; it is a strength and never a distance.
    """

    receiver_id: DeviceId
    rssi_dbm: float
    frames: int = 1


class ReceiverHealth(Struct, frozen=True, tag="receiver", kw_only=True, gc=False):
    """What a receiver says of itself: without it nobody's silence at that receiver means absence."""

    working: bool
    frames: int = 0
    """Valid frames of anything heard since it last said so, its own anchor included."""
    noise_dbm: float | None = None


class Skin(Struct, frozen=True, tag="skin", kw_only=True, gc=False):
    """Whether the body sensor feels the wearer."""

    contact: bool


class Strain(Struct, frozen=True, tag="strain", kw_only=True, gc=False):
    """Whether the strap's tension or resistance is beyond what is normal for it."""

    beyond: bool


class SelfTest(Struct, frozen=True, tag="self_test", kw_only=True, gc=False):
    """How the device's own test of its sensors ended."""

    passed: bool
    part: str = ""


class Surroundings(Struct, frozen=True, tag="surroundings", kw_only=True, gc=False):
    """Temperature and the hardest knock since the last report, as far as the device measures them."""

    temperature_c: float | None = None
    shock_g: float | None = None


class Displaced(Struct, frozen=True, tag="displaced", kw_only=True, gc=False):
    """Whether fixed equipment (home unit, relay) stands elsewhere, or otherwise, than where it was registered."""

    moved: bool


class FarewellReason(StrEnum):
    """Why a device will not be heard any more."""

    SWITCHED_OFF = "switched_off"
    BATTERY_EMPTY = "battery_empty"


class Farewell(Struct, frozen=True, tag="farewell", kw_only=True, gc=False):
    """The last word of a device before it goes dark."""

    reason: FarewellReason


class InterferenceKind(StrEnum):
    """What is disturbed, or deceived."""

    GNSS_JAM = "gnss_jam"
    GNSS_SPOOF = "gnss_spoof"
    CELL_JAM = "cell_jam"
    RADIO_JAM = "radio_jam"


class Grade(StrEnum):
    """How sure the device's indicator is."""

    NONE = "none"
    SUSPECTED = "suspected"
    CERTAIN = "certain"


class Interference(Struct, frozen=True, tag="interference", kw_only=True, gc=False):
    """The device's own indicator of jamming or spoofing, with its raw figure where it gives one."""

    kind: InterferenceKind
    grade: Grade
    figure: float | None = None


class Cell(Struct, frozen=True, tag="cell", kw_only=True, gc=False):
    """The mobile network as the device sees it. `id` is network, area and cell in the network's own digits."""

    registered: bool
    id: str = ""
    signal_dbm: float | None = None


class InUse(Struct, frozen=True, gc=False):
    """How many satellites of one system make a position."""

    system: str
    """Its letter: G GPS, R GLONASS, E Galileo, C BeiDou, J QZSS, I NavIC, S augmentation."""
    satellites: int


class Sky(Struct, frozen=True, tag="sky", kw_only=True, gc=False):
    """What the satellite receiver hears, whether or not it makes a position of it."""

    satellites: int
    """Heard, of all systems."""
    mean_cn0_dbhz: float | None = None
    """Our own devices tell the mean of the six strongest."""
    used: tuple[InUse, ...] = ()
    """Those that make the position, by system, where the receiver tells."""


class SimCard(Struct, frozen=True, tag="sim", kw_only=True, gc=False):
    """Which subscriber card is in which modem; both as digests, the numbers themselves are nobody's business here."""

    card: str
    modem: str


class DistrustReason(StrEnum):
    """Why bytes that name a device are not believed to be its own."""

    BAD_CODE = "bad_code"
    BAD_CERTIFICATE = "bad_certificate"
    REPLAY = "replay"
    CLONE = "clone"
    RELAYED = "relayed"
    SEQUENCE_CONFLICT = "sequence_conflict"
    FOREIGN_TAG = "foreign_tag"


class Distrust(Struct, frozen=True, tag="distrust", kw_only=True, gc=False):
    """Something spoke in this device's name, or to it, and was not believed."""

    reason: DistrustReason


class Nearness(Struct, frozen=True, tag="nearness", kw_only=True, gc=False):
    """How far apart two people were, worked out by ourselves from one position of each.

    The other's place is not in it: it belongs to the other's data alone.
    """

    other_id: PersonId
    distance_m: float
    accuracy_m: float
    """Both positions' R95 together: the true distance is within it in 95 of 100 cases."""
    because: tuple[ObservationId, ObservationId]
    """This person's fix and the other's."""


class BufferSet(Struct, frozen=True, tag="buffer", kw_only=True, gc=False):
    """A walk test was made; from it on so long a silence of the bracelet means nothing in this home."""

    buffer_s: int


class Panic(Struct, frozen=True, tag="panic", kw_only=True, gc=False):
    """The person held the button for help."""


class CallAsked(Struct, frozen=True, tag="call_asked", kw_only=True, gc=False):
    """The person pressed the key by which one asks to be called."""


Body = (
    Fix
    | NoFix
    | Strap
    | Enclosure
    | Battery
    | Power
    | Motion
    | LinkHealth
    | Blind
    | Heard
    | ReceiverHealth
    | Skin
    | Strain
    | SelfTest
    | Surroundings
    | Displaced
    | Farewell
    | Interference
    | Cell
    | Sky
    | SimCard
    | BufferSet
    | Distrust
    | Nearness
    | Panic
    | CallAsked
    | CallBody
    | CheckBody
    | ConsoleCheck
)


class Authentication(StrEnum):
    """How we know that the device said it. Shown beside every fact that rests on it."""

    UNAUTHENTICATED_DEVICE = "unauthenticated_device"
    """The protocol carries a device number in clear text and nothing that proves it."""
    DEVICE_KEY = "device_key"
    """The bytes carry a proof that only this device's key makes."""
    OURSELVES = "ourselves"
    """A fact about the monitoring server, written by itself."""


class Observation(Struct, frozen=True, kw_only=True, gc=False):
    """One record of one device: when, and what it said."""

    id: ObservationId
    device_id: DeviceId
    observed_at: datetime
    """The device's own time; our time of receipt where the device gave none."""
    received_at: datetime
    bodies: tuple[Body, ...]
    authentication: Authentication = Authentication.UNAUTHENTICATED_DEVICE
    via: str = ""
    """Gateway and protocol, such as `wialon` or `egts`."""
