"""Everything by which a unit runs, worked out from the registers: whom it watches, their hours, keys to hear them.

A unit learns no more than it needs to hear its own people's equipment and to warn them in time: no name, no root of any
beacon, no address but the place of a presence regime. One that is carried knows every place that is prescribed, to warn
at its edge. A version grows only when what it says changes; keys reach thirty
days ahead and are renewed while ten are left.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import Order, Permission, Placed, PresenceRegime, Restriction
from baqylau.domain.people import Device, DeviceKind, Language, Supervision
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.monitoring.server.link.wearing import worn_by
from baqylau.protocols.batch.commands import Configuration, DelegatedKey, Watched
from baqylau.protocols.beacon.keys import EPOCH_S, EPOCHS_A_PERIOD, epoch_of, period_of
from baqylau.protocols.beacon.system_time import BEGIN, seconds_at
from baqylau.rules.settings import GONE_AFTER_S
from baqylau.storage.equipment.link_configurations import Configured

PERIOD_S = EPOCH_S * EPOCHS_A_PERIOD
DELEGATED_DAYS = 30
RENEWED_DAYS = 10
"""While keys for fewer days are left, more are given."""
WORN = (DeviceKind.BRACELET, DeviceKind.TRACKER)
CARRIED = (DeviceKind.MOBILE_UNIT,)
"""What judges places by satellites itself."""
LINK, BEACON = "link", "beacon"


class Draft(Struct, frozen=True, kw_only=True):
    """What a unit's configuration says, without its version and its keys."""

    says: Configuration
    transmitters: tuple[DeviceId, ...]
    """Whose keys it holds: what its people wear, and the relays of their homes."""

    @property
    def content(self) -> bytes:
        """A digest of all of it."""
        return sha256(msgspec.msgpack.encode(self)).digest()


def drafts(
    devices: Iterable[Device],
    supervisions: Mapping[PersonId, Supervision],
    languages: Mapping[PersonId, Language],
    buffers_s: Mapping[DeviceId, int],
    now: datetime,
) -> dict[DeviceId, Draft]:
    """Give what each unit should be told now. `buffers_s`: what walk tests chose."""
    served: dict[DeviceId, list[Supervision]] = defaultdict(list)
    for supervision in sorted(supervisions.values(), key=_person):
        if _in_force(supervision.orders, now):
            for device_id in _fitted(supervision, now):
                served[device_id].append(supervision)
    return {
        device.id: _draft(device, served.get(device.id, ()), languages, buffers_s.get(device.id), now)
        for device in devices
        if device.protocol == LINK
    }


def _draft(
    unit: Device,
    served: Sequence[Supervision],
    languages: Mapping[PersonId, Language],
    buffer_s: int | None,
    now: datetime,
) -> Draft:
    says = Configuration(device_id=unit.id, version=0, issued_at=BEGIN)
    if unit.kind is DeviceKind.TRACKER and served:
        return _tracker(says, served[0], languages, now)
    beacons = {one.person_id: _beacons(one, now) for one in served}
    if buffer_s is None and unit.kind in CARRIED:
        worn = [one for heard in beacons.values() for one in heard if one.kind in WORN]
        buffer_s = GONE_AFTER_S + max((one.gone_grace_s for one in worn), default=0)
    if buffer_s is not None:
        says = replace(says, buffer_s=buffer_s)
    watched = tuple(
        Watched(
            person_id=supervision.person_id,
            transmitter_id=one.id,
            restrictions=_judged(unit.kind, supervision, now),
            language=languages.get(supervision.person_id, Language.KK),
            permissions=_permissions(supervision, now),
        )
        for supervision in served
        for one in beacons[supervision.person_id]
        if one.kind in WORN
    )
    transmitters = {one.id for heard in beacons.values() for one in heard}
    return Draft(says=replace(says, watched=watched), transmitters=tuple(sorted(transmitters)))


def _tracker(
    says: Configuration, supervision: Supervision, languages: Mapping[PersonId, Language], now: datetime
) -> Draft:
    language = languages.get(supervision.person_id, Language.KK)
    told, transmitters = worn_by(
        says, supervision, language, _permissions(supervision, now), _beacons(supervision, now), now
    )
    return Draft(says=told, transmitters=transmitters)


def _beacons(supervision: Supervision, now: datetime) -> list[Device]:
    """Give what of a person's equipment is heard by radio now."""
    fitted = _fitted(supervision, now)
    return sorted((one for one in supervision.devices if one.id in fitted and one.protocol == BEACON), key=_name)


def _fitted(supervision: Supervision, now: datetime) -> set[DeviceId]:
    return {one.device_id for one in supervision.fittings if _holds(one.from_at, one.until_at, now)}


def _judged(kind: DeviceKind, supervision: Supervision, now: datetime) -> tuple[Restriction, ...]:
    """Give what holds now or later and the unit can judge: by hearing a beacon, the hours at home and nothing else."""
    judged = Placed if kind in CARRIED else PresenceRegime
    return tuple(
        one
        for one in supervision.restrictions
        if isinstance(one, judged) and (one.until_at is None or now < one.until_at)
    )


def _permissions(supervision: Supervision, now: datetime) -> tuple[Permission, ...]:
    """Give what excuses now or later: nobody is told to come home who may be out. Why is not the unit's business."""
    return tuple(replace(one, reason="", granted_by="") for one in supervision.permissions if now < one.until_at)


def _person(supervision: Supervision) -> str:
    return supervision.person_id


def _name(device: Device) -> str:
    return device.id


def _in_force(orders: Iterable[Order], now: datetime) -> bool:
    return any(_holds(one.from_at, one.until_at, now) for one in orders)


def _holds(from_at: datetime, until_at: datetime | None, now: datetime) -> bool:
    return from_at <= now and (until_at is None or now < until_at)


def renewed(draft: Draft, before: Configured | None, now: datetime) -> Configured | None:
    """Give the next version when it says something else, or its keys come to their end; None when all is as it was."""
    period = period_of(epoch_of(int(seconds_at(now))))
    if before is not None and before.content == draft.content:
        left_days = (before.last_period - period) * PERIOD_S / 86_400
        if not draft.transmitters or left_days >= RENEWED_DAYS:
            return None
    return Configured(
        device_id=draft.says.device_id,
        version=before.version + 1 if before is not None else 1,
        content=draft.content,
        first_period=max(period - 1, 0),
        last_period=period + DELEGATED_DAYS * 86_400 // PERIOD_S + 1,
        issued_at=now,
    )


def configuration(draft: Draft, configured: Configured, beacons: Beacons) -> Configuration:
    """Give the whole document, with the keys of its periods."""
    keys = tuple(
        DelegatedKey(transmitter_id=transmitter_id, period=period, key=key)
        for transmitter_id in draft.transmitters
        for period in range(configured.first_period, configured.last_period + 1)
        if (key := beacons.period_key(transmitter_id, period)) is not None
    )
    return replace(draft.says, version=configured.version, issued_at=configured.issued_at, keys=keys)
