"""Whom a unit watches, as its configuration says: made ready for hearing and for judging."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from baqylau.crypto.blocks import aes
from baqylau.domain.ids import DeviceId, FittingId, PersonId
from baqylau.domain.orders import Fitting, Order, Placed, PresenceRegime
from baqylau.domain.people import Device, DeviceKind, Language, Supervision
from baqylau.protocols.batch.commands import Configuration, Watched
from baqylau.protocols.beacon.recognising import Recogniser
from baqylau.protocols.beacon.system_time import BEGIN
from baqylau.rules.settings import GONE_AFTER_S

_NEVER_S = int(timedelta(days=36_500).total_seconds())
"""The unit does not judge whether it hears from itself."""
_JUDGED = timedelta(days=400)
"""How long after its configuration was made the unit judges at all; it has keys for a part of it."""


class Assignment:
    """One configuration. Remembers only what follows from it."""

    __slots__ = ("configuration", "persons", "recogniser", "wearers")

    def __init__(self, configuration: Configuration, kind: DeviceKind) -> None:
        """Take a configuration whose signature holds, and what the unit is."""
        self.configuration = configuration
        self.persons: dict[PersonId, Supervision] = {
            person_id: _supervision(configuration, person_id, kind)
            for person_id in dict.fromkeys(one.person_id for one in configuration.watched)
        }
        self.wearers: dict[DeviceId, Watched] = {one.transmitter_id: one for one in configuration.watched}
        keys = {(one.transmitter_id, one.period): one.key for one in configuration.keys}
        self.recogniser = Recogniser(aes, lambda device_id, period: keys.get((device_id, period)), {})

    def transmitters(self) -> tuple[DeviceId, ...]:
        """Give whose beacons are ours: of the persons, and of what else there are keys for, such as a relay."""
        keyed = (one.transmitter_id for one in self.configuration.keys)
        return tuple(dict.fromkeys([*self.wearers, *keyed]))

    def language(self) -> Language:
        """Give the language of what concerns the unit itself."""
        return next((one.language for one in self.configuration.watched), Language.KK)

    def quiet(self, at: datetime) -> bool:
        """Whether only what is urgent is said aloud."""
        from_min, until_min = self.configuration.quiet_from_min, self.configuration.quiet_until_min
        if from_min is None or until_min is None:
            return False
        local = at.astimezone(ZoneInfo(self.configuration.timezone))
        minute = local.hour * 60 + local.minute
        if from_min <= until_min:
            return from_min <= minute < until_min
        return minute >= from_min or minute < until_min


def _supervision(configuration: Configuration, person_id: PersonId, kind: DeviceKind) -> Supervision:
    """Give what is prescribed for one person, as far as a unit of a kind can judge it.

    A unit at home judges being there, one that is carried every place.

    The order itself stays with the server; a restriction that the server sends is under one.
    """
    mine = [one for one in configuration.watched if one.person_id == person_id]
    judged = Placed if kind is DeviceKind.MOBILE_UNIT else PresenceRegime
    restrictions = tuple(
        dict.fromkeys(one for watched in mine for one in watched.restrictions if isinstance(one, judged))
    )
    devices = (
        *(_device(one.transmitter_id, DeviceKind.BRACELET, configuration.buffer_s) for one in mine),
        _device(configuration.device_id, kind, configuration.buffer_s),
    )
    return Supervision(
        person_id=person_id,
        orders=tuple(_order(one, person_id, configuration.issued_at + _JUDGED) for one in restrictions),
        restrictions=restrictions,
        permissions=tuple(one for watched in mine for one in watched.permissions),
        fittings=tuple(
            Fitting(id=FittingId(device.id), device_id=device.id, person_id=person_id, from_at=BEGIN)
            for device in devices
        ),
        devices=devices,
    )


def _order(restriction: Placed, person_id: PersonId, until_at: datetime) -> Order:
    return Order(
        id=restriction.order_id,
        person_id=person_id,
        court="",
        act_number="",
        act_date=restriction.from_at.date(),
        from_at=BEGIN,
        until_at=until_at,
    )


def _device(device_id: DeviceId, kind: DeviceKind, buffer_s: int) -> Device:
    return Device(
        id=device_id,
        kind=kind,
        protocol="",
        number="",
        silence_limit_s=_NEVER_S,
        gone_grace_s=max(buffer_s - GONE_AFTER_S, 0),
    )
