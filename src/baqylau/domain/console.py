"""A check by hand: an officer with the mobile console stood somewhere and heard a bracelet, or did not."""

from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import DeviceId


class ConsoleCheck(Struct, frozen=True, tag="console_check", kw_only=True, gc=False):
    """One check as the console recorded it. The observation is the transmitter's; its instant is the corrected one."""

    check_id: str
    console_id: DeviceId
    officer: str
    """Login of the officer who held the console."""
    heard: bool
    """The transmitter's own frame, which the server opened again with its own keys."""
    frames: int
    rssi_dbm: float | None
    """Median, as a strength and never as a distance; None where nothing was heard."""
    others: int
    """Other transmitters that were heard meanwhile: whoever hears nobody may be deaf."""
    listened_s: float
    console_at: datetime
    """What the console's own clock showed."""
    ahead_s: float
    """How far that was ahead of the instant that we hold for right."""
    kept_at: datetime
    """When it reached us."""
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    accuracy_m: float | None = None
    note: str = ""
    explanation: str = ""
    """The person's own words, as the officer wrote them down."""
    photo: str = ""
    """SHA-256 of the picture that was taken, in hexadecimal; the picture lies with the record."""
