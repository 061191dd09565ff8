"""What equipment told us: facts that are kept for ever and never changed.

An `Observation` is one record of one device: an instant, and everything that the device said of that instant. The
bodies are a closed union. Rules match on it and end with `assert_never`, so that a body which a rule forgot is a type
error and not a silence.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.ids import DeviceId, ObservationId


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


Body = Fix | NoFix | Strap | Enclosure | Battery | Power | Motion | LinkHealth | Blind


class Authentication(StrEnum):
    """How we know that the device said it. Shown beside every fact that rests on it."""

    UNAUTHENTICATED_DEVICE = "unauthenticated_device"
    """The protocol carries a device number in clear text and nothing that proves it."""
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
