"""Whose device is it? The gateway's view of the registers: device numbers, fittings and orders, held in memory.

Nothing is collected without an order in force (promise 4), or the consent of a person who is protected: a device on a
person for whom neither covers the instant is answered, and only counted.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import Consent, Fitting, Order, PresenceRegime
from baqylau.domain.partitions import UNASSIGNED, partition_of
from baqylau.domain.people import SHARED, Device, Supervision
from baqylau.domain.zones import Zone
from baqylau.rules.spans import consents_of


class Belongs(Struct, frozen=True, kw_only=True):
    """Where a device's facts of one instant go."""

    partition: int
    person_id: PersonId | None
    shared: bool = False
    """The device serves a flat: each of its people has the same fact under a name of its own."""


OF_NOBODY = (Belongs(partition=UNASSIGNED, person_id=None),)


class _Worn(Struct, frozen=True):
    fitting: Fitting
    grounds: tuple[Order | Consent, ...]
    belongs: Belongs


class Fleet:
    """All known devices and who wears them."""

    def __init__(self, devices: Iterable[Device], supervisions: Iterable[Supervision]) -> None:
        """Index devices by protocol and number, fittings by device."""
        self._by_id: Mapping[DeviceId, Device] = {device.id: device for device in devices}
        self._by_number: Mapping[tuple[str, str], Device] = {
            (device.protocol, device.number): device for device in self._by_id.values()
        }
        self._worn: dict[DeviceId, list[_Worn]] = {}
        self._homes: dict[PersonId, Zone] = {}
        for supervision in supervisions:
            places = [
                Belongs(partition=partition_of(supervision.person_id), person_id=supervision.person_id, shared=shared)
                for shared in (False, True)
            ]
            consents = consents_of(supervision, supervision.person_id)
            regimes = (one for one in supervision.restrictions if isinstance(one, PresenceRegime))
            home = next((place for one in regimes for place in one.places), None)
            if home is not None:
                self._homes[supervision.person_id] = home
            for fitting in supervision.fittings:
                device = self._by_id.get(fitting.device_id)
                belongs = places[device is not None and device.kind in SHARED]
                worn = _Worn(fitting, (*supervision.orders, *consents), belongs)
                self._worn.setdefault(fitting.device_id, []).append(worn)

    def find(self, protocol: str, number: str) -> Device | None:
        """Give the device that a protocol calls by this number."""
        return self._by_number.get((protocol, number))

    def device(self, device_id: DeviceId) -> Device | None:
        """Give the device with this name of ours."""
        return self._by_id.get(device_id)

    def home(self, person_id: PersonId) -> Zone | None:
        """Give the first place at which somebody has to be in hours, None where there is none."""
        return self._homes.get(person_id)

    def belongs(self, device_id: DeviceId, at: datetime) -> tuple[Belongs, ...]:
        """Tell where facts of that instant go: to everybody on whom it is whom an order, or their consent, covers.

        None at all when it is on nobody but people whom neither covers.
        """
        covered: tuple[Belongs, ...] = ()
        fitted = False
        for worn in self._worn.get(device_id, ()):
            fitting = worn.fitting
            if fitting.from_at <= at and (fitting.until_at is None or at < fitting.until_at):
                fitted = True
                if _in_force(worn.grounds, at):
                    covered += (worn.belongs,)
        return covered if fitted else OF_NOBODY


def _in_force(grounds: Iterable[Order | Consent], at: datetime) -> bool:
    for ground in grounds:  # noqa: SIM110 - asked for every record: a generator would cost more than the answer
        if ground.from_at <= at and (ground.until_at is None or at < ground.until_at):
            return True
    return False
