"""Recordings of a check or a call as their unit names them: what they are, by whom, of what, what was asked when.

How they travel is `protocols.media`; how they are kept, `storage.checks.media`.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.challenge import Step
from baqylau.domain.checks import Ending
from baqylau.domain.ids import CheckId, DeviceId, PersonId

VERSION = 1
PIECE_BYTES = 1 << 18
"""Recordings come in pieces of this size; only a last one is shorter."""
MANIFEST_BYTES_MAX = 1 << 18
ITEMS_MAX = 256
ITEM_BYTES_MAX = 1 << 26
WHOLE_BYTES_MAX = 1 << 28
"""All recordings of one check together."""
DIGEST_BYTES = 32
NONCE_BYTES_MAX = 64
ID_CHARS_MAX = 128


class Occasion(StrEnum):
    """What was recorded: a check of either kind, or a live call."""

    IDENTITY = "identity"
    BREATH = "breath"
    CALL = "call"


class MediaKind(StrEnum):
    """What a recording is."""

    CLIP = "clip"
    """Picture and sound: WebM with VP8 and Opus, 2 to 10 s."""
    PHOTO = "photo"
    """JPEG."""
    SOUND = "sound"
    TRACE = "trace"
    """The breath unit's raw measurements, CBOR."""


class Mark(Struct, frozen=True, kw_only=True, gc=False):
    """A step, and when the person was to do it; milliseconds from the beginning of the check."""

    from_ms: int
    until_ms: int
    step: Step


class Item(Struct, frozen=True, kw_only=True, gc=False):
    """One recording."""

    index: int
    """From 1 on, without a gap."""
    kind: MediaKind
    content_type: str
    from_ms: int
    """Milliseconds from the beginning of the check."""
    duration_ms: int
    size: int
    """Bytes."""
    sha256: bytes


class Manifest(Struct, frozen=True, kw_only=True, gc=False):
    """All recordings of one check or call. The unit signs it."""

    version: int = VERSION
    check_id: CheckId
    """Of the check; for a call, the call's."""
    kind: Occasion
    person_id: PersonId
    nonce: bytes
    device_id: DeviceId
    counter: int
    """From 1 on, one more with each manifest that the unit ever made."""
    previous: bytes
    """SHA-256 of the signed manifest before it; 32 zeros for the first."""
    began_at: datetime
    ended_at: datetime
    how: Ending
    lamp: bool = False
    """The unit lit the face in colours."""
    marks: tuple[Mark, ...] = ()
    items: tuple[Item, ...] = ()


class Piece(Struct, frozen=True, kw_only=True, gc=False):
    """A piece of a recording. The unit signs it."""

    manifest: bytes
    """SHA-256 of the signed manifest that names the recording."""
    index: int
    offset: int
    """A multiple of `PIECE_BYTES`."""
    content: bytes


class NotHeld(StrEnum):
    """Why recordings are not taken, in the catalogues' words (`media.refused.<reason>`). It stays so."""

    NOT_ASKED = "not_asked"
    """We know no such check."""
    OTHER_DEVICE = "other_device"
    """It was asked of another device."""
    OTHER_PERSON = "other_person"
    NONCE = "nonce"
    """It answers another random number: an old recording, or one that was made elsewhere."""
    TIME = "time"
    """It began before it was asked for, or after its time, or it ended before it began."""
    STEPS = "steps"
    """What was asked of the person does not follow from the random number."""
    REPEATED = "repeated"
    """The check has recordings already, or the counter was used by another manifest."""
    NO_MANIFEST = "no_manifest"
    """A piece of something that no manifest names: the manifest has to come first."""
    ORDER = "order"
    """A piece that does not follow what is held."""
    DIGEST = "digest"
    """The recording is whole and not what the manifest names; it has to come again from its beginning."""
    DESTROYED = "destroyed"
    """It was destroyed at the end of its time."""


class Held(Struct, frozen=True, kw_only=True, gc=False):
    """What the server has on disk of the recordings of a manifest. The server signs it."""

    device_id: DeviceId
    manifest: bytes
    bytes_held: tuple[int, ...] = ()
    """Of each recording, in the order of the manifest."""
    refused: NotHeld | None = None


class SignedManifest(Struct, frozen=True, kw_only=True, gc=False):
    """A manifest that its unit proved."""

    manifest: Manifest
    digest: bytes
    """SHA-256 of all its bytes: its name."""
