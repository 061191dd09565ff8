"""The calibration of one unit as a file: every adjustment and verification, sealed by the workshop that made them.

COSE_Sign1 over CBOR by the workshop's key; the key id is the workshop's name. A unit believes the workshops whose keys
it was given, takes a file only for itself and its cell, and never one that is older than the last it ran by.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from cbor2 import CBORDecodeError, dumps, loads
from msgspec import Struct
from msgspec.structs import replace

from baqylau.crypto.cose import CoseError, PublicKey, opened, sealed
from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.metrology.calibration import Calibration, Lock, Verified, lock

AAD = b"baqylau/breath-calibration/1"


class CalibrationFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that was ever done to one cell in one unit, the last at the end."""

    version: int
    """Grows with each adjustment and each verification."""
    adjustments: tuple[Calibration, ...]
    verifications: tuple[Verified, ...] = ()

    @property
    def calibration(self) -> Calibration:
        """The adjustment in force."""
        return self.adjustments[-1]

    @property
    def last(self) -> Verified | None:
        """The last verification."""
        return self.verifications[-1] if self.verifications else None

    @property
    def name(self) -> str:
        """Which calibration this is, for results."""
        return f"{self.calibration.cell}/{self.version}"

    def adjusted(self, calibration: Calibration) -> "CalibrationFile":
        """Put an adjustment beside those before it."""
        return replace(self, version=self.version + 1, adjustments=(*self.adjustments, calibration))

    def verified(self, seen: Verified) -> "CalibrationFile":
        """Put a verification beside those before it."""
        return replace(self, version=self.version + 1, verifications=(*self.verifications, seen))

    def locked(self, *, unit: str, cell: str, at: datetime, newest: int = 0) -> Lock | None:
        """Give why a unit may not measure by it now, or None; `newest`: the last version that the unit ran by."""
        found = lock(self.calibration, self.last, unit=unit, cell=cell, at=at)
        if found in {Lock.ANOTHER_UNIT, Lock.ANOTHER_CELL} or self.version >= newest:
            return found
        return Lock.OLDER


def sealed_file(file: CalibrationFile, workshop: str, signer: Signer) -> bytes:
    """Give the file's bytes, signed."""
    return sealed(dumps(msgspec.to_builtins(file), canonical=True), kid=workshop.encode(), key=signer, aad=AAD)


def opened_file(raw: bytes, workshops: Mapping[str, bytes]) -> CalibrationFile | Lock:
    """Give what a file says, or why it is not believed. `workshops`: public keys by name."""
    keys = {name.encode(): PublicKey(key) for name, key in workshops.items()}
    try:
        payload = opened(raw, key_of=keys.get, aad=AAD).payload
        file = msgspec.convert(loads(payload), CalibrationFile)
    except CoseError:
        return Lock.NOT_SIGNED
    except (CBORDecodeError, msgspec.ValidationError):
        return Lock.NOT_READABLE
    return file if file.adjustments else Lock.NOT_CALIBRATED
