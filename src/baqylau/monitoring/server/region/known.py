"""What a site knows of the registers: which devices may be heard and when, what proves them, what they are to be told.

It comes in letters from the centre, one for each device, and lies sealed in the site's own log. Who wears a device is
not in it. How old it is, is told at every beat.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import structlog
from msgspec import DecodeError, Struct

from baqylau.crypto.cose import PublicKey, SharedKey
from baqylau.crypto.sealing import SealBrokenError
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.links.jetstream import Message, Reader
from baqylau.monitoring.server.fleet import OF_NOBODY, Belongs, Fleet
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.monitoring.server.link.view import View
from baqylau.protocols.batch.commands import Configuration
from baqylau.protocols.region.letters import Letters
from baqylau.protocols.region.parcels import AsOf, KnownDevice, Span, told_of
from baqylau.storage.equipment.link_configurations import Configured

log = structlog.get_logger()

AS_OF = "as-of"
AT_ONCE = 500


class AllowList(Fleet):
    """Which devices may be heard. Whose they are, nobody here knows."""

    def __init__(self, known: Iterable[KnownDevice]) -> None:
        self._known: Mapping[DeviceId, KnownDevice] = {one.device.id: one for one in known}
        super().__init__((one.device for one in self._known.values()), ())

    def belongs(self, device_id: DeviceId, at: datetime) -> tuple[Belongs, ...]:
        """Tell whether what a device says of an instant may be kept: to nobody's partition, or not at all."""
        one = self._known.get(device_id)
        if one is None:
            return ()
        on_somebody = any(_holds(span, at) for span in one.fitted)
        return OF_NOBODY if not on_somebody or any(_holds(span, at) for span in one.covered) else ()


def _holds(span: Span, at: datetime) -> bool:
    return span[0] <= at and (span[1] is None or at < span[1])


class SiteView(View, frozen=True, kw_only=True):
    """One picture for the device link: configurations come ready made."""

    documents: dict[DeviceId, Configuration]

    def configuration_for(self, device_id: DeviceId) -> Configuration | None:
        """Give the document by which a device should run."""
        return self.documents.get(device_id)


class Picture(Struct, frozen=True):
    """What is known as of one look."""

    view: SiteView
    commands: dict[DeviceId, tuple[Command, ...]]


class Known:
    """Follows what the centre tells."""

    def __init__(self, letters: Letters, reader: Reader) -> None:
        """Take who reads the letters, and the log from its beginning."""
        self._letters, self._reader = letters, reader
        self._devices: dict[str, KnownDevice] = {}
        self.as_of: datetime | None = None
        """Everything that changed at the centre before this instant is known; None: nothing is."""
        self.changed = True
        """Whether something came since the last picture."""

    async def follow(self, wait_s: float) -> bool:
        """Take over what has come; tell whether anything did. `LogUnavailableError`."""
        found = await self._reader.next(AT_ONCE, wait_s)
        for one in found:
            self._take(one)
        return bool(found)

    def _take(self, message: Message) -> None:
        alias = message.subject.rpartition(".")[2]
        if not message.payload:
            self.changed = self._devices.pop(alias, None) is not None or self.changed
            return
        try:
            told = told_of(self._letters.from_centre(message.payload))
        except (SealBrokenError, DecodeError):
            log.warning("letter_not_believed", alias=alias)
            return
        if isinstance(told, AsOf):
            self.as_of = told.at
        else:
            self._devices[alias] = told
            self.changed = True

    def of(self, device_id: DeviceId) -> KnownDevice | None:
        """Give what is known of a device."""
        return self._devices.get(self._letters.alias(device_id))

    def picture(self) -> Picture:
        """Give a picture of everything that is known."""
        self.changed = False
        known = list(self._devices.values())
        view = SiteView(
            fleet=AllowList(known),
            keys={one.device.id: _key(one) for one in known if one.proof is not None},
            revoked=frozenset(one.device.id for one in known if one.revoked),
            beacons=Beacons(()),
            drafts={},
            configured={one.device.id: _version(one) for one in known if one.configuration is not None},
            documents={one.device.id: one.configuration for one in known if one.configuration is not None},
        )
        return Picture(view, {one.device.id: one.commands for one in known if one.commands})


def _key(one: KnownDevice) -> PublicKey | SharedKey:
    if one.proof is None:
        raise ValueError(one.device.id)
    return SharedKey(one.proof.material) if one.proof.shared else PublicKey(one.proof.material)


def _version(one: KnownDevice) -> Configured:
    if one.configuration is None:
        raise ValueError(one.device.id)
    return Configured(
        device_id=one.device.id,
        version=one.version,
        content=b"",
        first_period=0,
        last_period=0,
        issued_at=one.configuration.issued_at,
    )
