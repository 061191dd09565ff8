"""What becomes of recordings that are refused: bytes set aside, doubts about the unit, and a word to the check."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from baqylau.crypto.digests import observation_id
from baqylau.domain.checks import Likely, Likeness
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Authentication, Body, Distrust, DistrustReason, Observation
from baqylau.domain.partitions import partition_of
from baqylau.domain.recordings import Occasion
from baqylau.monitoring.av_server.reception import MEDIA, REASONS, Sought
from baqylau.protocols.media.envelope import manifest_digest
from baqylau.protocols.media.manifest import Manifest, NotHeld
from baqylau.storage.equipment.strangers import Item
from baqylau.storage.journal.journal import Entry, Journal
from baqylau.storage.journal.quarantine import Quarantine

VIA = "checks"
_DOUBTED = {NotHeld.NONCE, NotHeld.STEPS, NotHeld.TIME, NotHeld.REPEATED}


class KeptEvidence(Struct, frozen=True):
    """Writes into quarantine and journal."""

    journal: Journal
    quarantine: Quarantine
    now: Callable[[], datetime]

    def set_aside(self, item: Item) -> None:
        """Keep bytes that were not taken."""
        self.quarantine.keep([item])

    def refused(self, said: Manifest, why: NotHeld, sought: Sought | None, raw: bytes) -> None:
        """Write down that a unit brought what was not asked of it; the same again is the same fact."""
        self.set_aside(Item(protocol=MEDIA, peer="", number=said.device_id, fault=why, detail=said.check_id, raw=raw))
        if sought is None or sought.device_id != said.device_id or why not in _DOUBTED:
            return
        bodies: tuple[Body, ...] = (Distrust(reason=DistrustReason.REPLAY),)
        if why in REASONS and sought.kind is not Occasion.CALL:
            bodies += (Likeness(check_id=said.check_id, outcome=Likely.NOT_JUDGED, reasons=(REASONS[why],)),)
        entries = [
            fact(sought.person_id, said.device_id, (body,), self.now(), manifest_digest(raw), str(at).encode())
            for at, body in enumerate(bodies)
        ]
        self.journal.append(entries)


def fact(person_id: PersonId, device_id: DeviceId, bodies: tuple[Body, ...], at: datetime, *identity: bytes) -> Entry:
    """Give a fact of ours about a check, to be kept in the person's part of the journal."""
    return Entry(
        partition=partition_of(person_id),
        person_id=person_id,
        observation=Observation(
            id=observation_id(MEDIA.encode(), device_id.encode(), *identity),
            device_id=device_id,
            observed_at=at,
            received_at=at,
            bodies=bodies,
            authentication=Authentication.OURSELVES,
            via=VIA,
        ),
        raw=b"",
    )
