"""READ, for what mobile consoles bring: a check is opened, its frame judged again, and its instant put right. Pure.

Which instant is right: what the satellites said at the check; else the console's own clock that counts since its start,
when it is still the same start at which it last asked; else its wall clock. Both are kept, the shown and the right one.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import assert_never

from msgspec import Struct, to_builtins

from baqylau.crypto.boxes import BoxKey
from baqylau.domain.console import ConsoleCheck
from baqylau.domain.field import FieldKind, Stage
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Body
from baqylau.monitoring.server.link.beacons import Beacons, Latches
from baqylau.protocols.beacon.frame import kind_of
from baqylau.protocols.beacon.reading import bodies_of
from baqylau.protocols.beacon.recognising import Refusal
from baqylau.protocols.beacon.status import unpack
from baqylau.protocols.console.envelope import KeyOf, Written, opened_brought
from baqylau.protocols.console.words import Act, Brought, Checked, Fitted, Looked, Walked, Wanted
from baqylau.storage.equipment.consoles import LOOKED, Contact, Look
from baqylau.storage.equipment.field_acts import SIGNED, NewAct

_SHOWN_S = 1.0
"""Differences below this are no difference."""


class Opener(Struct, frozen=True):
    """What opens the records of consoles, and how their clocks went when they last asked."""

    box: BoxKey
    contacts: Mapping[DeviceId, Contact]

    def open(self, console_id: DeviceId, content: bytes, key_of: KeyOf) -> Written | None:
        """Give what this console wrote; None when it is not for us or not from it."""
        return opened_brought(content, console_id, self.box, key_of)

    def instant(self, console_id: DeviceId, said: Brought, now: datetime) -> datetime:
        """Give when it really was."""
        contact = self.contacts.get(console_id)
        if not isinstance(said, Looked) and said.gnss_at is not None:
            return min(said.gnss_at, now)
        if contact is not None and contact.boot == said.boot:
            passed = timedelta(milliseconds=contact.monotonic_ms - said.monotonic_ms)
            return min(contact.seen_at - passed, now)
        return min(said.at, now)


def check_of(console_id: DeviceId, said: Checked, at: datetime, now: datetime, *, heard: bool) -> ConsoleCheck:
    """Give the check as a fact. `heard`: the frame that it brought is the transmitter's own."""
    ahead_s = (said.at - at).total_seconds()
    return ConsoleCheck(
        check_id=said.check_id,
        console_id=console_id,
        officer=said.officer,
        heard=heard,
        frames=said.frames if heard else 0,
        rssi_dbm=said.rssi_dbm if heard else None,
        others=said.others,
        listened_s=said.listened_s,
        console_at=said.at,
        ahead_s=ahead_s if abs(ahead_s) >= _SHOWN_S else 0.0,
        kept_at=now,
        latitude_deg=said.latitude_deg,
        longitude_deg=said.longitude_deg,
        accuracy_m=said.accuracy_m,
        note=said.note,
        explanation=said.explanation,
        photo=sha256(said.photo).hexdigest() if said.photo else "",
    )


def status_of(said: Checked, beacons: Beacons, at: datetime) -> bytes | Refusal | None:
    """Give the status of the frame that was heard, opened with the transmitter's own keys; None where none was."""
    if not said.frame or said.frame_at is None or not beacons.knows(said.transmitter_id):
        return None
    heard_at = at + (said.frame_at - said.at)
    return beacons.open(said.transmitter_id, said.frame, heard_at, heard_at)


def told_by(status: bytes, frame: bytes, latches: Latches, transmitter_id: DeviceId, at: datetime) -> tuple[Body, ...]:
    """Give what the transmitter said of itself."""
    return bodies_of(unpack(status), latches.before(transmitter_id, at), kind_of(frame))


def look_of(console_id: DeviceId, said: Looked, at: datetime) -> Look:
    """Give a look as the audit keeps it."""
    purpose = f"{said.what}, {at:%Y-%m-%dT%H:%M:%SZ}, {console_id}"
    return Look(who=said.officer, what=LOOKED, about=f"person/{said.person_id}", purpose=purpose, at=at)


def act_of(console_id: DeviceId, said: Act, signed: bytes, at: datetime, now: datetime) -> NewAct:
    """Give an act on equipment as it waits to be taken over, with what the console signed."""
    return NewAct(
        console_id=console_id,
        act_id=said.act_id,
        stage=said.stage if isinstance(said, Fitted) else Stage.DONE,
        kind=_kind(said),
        person_id=said.person_id,
        officer=said.officer,
        body={**to_builtins(said), SIGNED: b64encode(signed).decode()},
        at=at,
        kept_at=now,
    )


def _kind(said: Act) -> FieldKind:
    match said:
        case Fitted(off=off, on=on):
            return FieldKind.SWAP if off and on else FieldKind.FIT if on else FieldKind.UNFIT
        case Wanted():
            return FieldKind.ORDER
        case Walked():
            return FieldKind.WALK
        case _:
            assert_never(said)
