"""What the breath unit's core wants done by its own hands (`hands`)."""

from datetime import datetime

from msgspec import Struct

from baqylau.devices.linux_unit.media_spool import BegunRecording
from baqylau.domain.checks import Ending
from baqylau.domain.ids import CheckId, PersonId
from baqylau.links.breath_lines import Order, Row
from baqylau.protocols.media.manifest import Mark


class ToBoard(Struct, frozen=True, gc=False):
    """Order the board something."""

    order: Order


class Open(Struct, frozen=True, gc=False):
    """Begin to keep what belongs to a check."""

    begun: BegunRecording


class KeepRows(Struct, frozen=True, gc=False):
    """Put measurements of a check on disk: a cut of power leaves what was measured up to it."""

    check_id: CheckId
    rows: tuple[Row, ...]


class Photograph(Struct, frozen=True, gc=False):
    """Take a photograph for a check. Outside one there is none."""

    check_id: CheckId
    photo: int
    from_ms: int


class Photo(Struct, frozen=True, kw_only=True, gc=False):
    """One photograph of a check."""

    number: int
    from_ms: int
    blowing: bool
    """Taken while air flowed."""
    kept: bool | None = None
    """None: not known yet."""


class Sign(Struct, frozen=True, kw_only=True):
    """Sign measurements and photographs of a check together, and keep them until the server has them."""

    check_id: CheckId
    person_id: PersonId
    nonce: bytes
    began_at: datetime
    ended_at: datetime
    how: Ending
    marks: tuple[Mark, ...]
    photos: tuple[Photo, ...]
    trace: bytes
    """CBOR; empty where the core was cut off and only the rows on disk are left."""


Act = ToBoard | Open | KeepRows | Photograph | Sign
