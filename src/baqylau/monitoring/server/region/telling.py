"""What the centre tells a site: one letter for each device that it may hear, written again when something changes."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from msgspec import Struct
from msgspec.structs import replace

from baqylau.crypto.cose import SharedKey
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.domain.orders import Consent, Fitting, Order
from baqylau.domain.people import Device, Person, Supervision
from baqylau.links.jetstream import Log
from baqylau.monitoring.server.link.configuration import LINK
from baqylau.monitoring.server.link.view import View
from baqylau.monitoring.server.region.known import AS_OF
from baqylau.protocols.region.letters import Letters
from baqylau.protocols.region.parcels import AsOf, KnownDevice, Proof, Span, Told, told_bytes
from baqylau.rules.spans import consents_of
from baqylau.storage.equipment.link_records import Kept
from baqylau.storage.journal.regions import Region

log = structlog.get_logger()

AS_OF_EVERY = timedelta(seconds=5)
SEED_BYTES = 32


class Registered(Struct, frozen=True, kw_only=True):
    """What the registers say, as of one look."""

    view: View
    devices: tuple[Device, ...]
    supervisions: tuple[Supervision, ...]
    people: tuple[Person, ...]
    commands: Mapping[DeviceId, tuple[Command, ...]]
    kept: Mapping[DeviceId, Kept]
    at: datetime


def of_site(region: Region, told: Registered) -> Iterator[KnownDevice]:
    """Give what a site may know: the equipment of its districts, and what is on nobody."""
    theirs = {one.id for one in told.people if not region.districts or one.district in region.districts}
    worn: dict[DeviceId, list[tuple[Supervision, Fitting]]] = {}
    for supervision in told.supervisions:
        for fitting in supervision.fittings:
            worn.setdefault(fitting.device_id, []).append((supervision, fitting))
    for device in told.devices:
        fitted = worn.get(device.id, [])
        here = [one for one in fitted if one[0].person_id in theirs]
        if here or not any(_lasts(fitting, told.at) for _, fitting in fitted):
            yield _known(device, here, told)


def _lasts(fitting: Fitting, at: datetime) -> bool:
    return fitting.until_at is None or fitting.until_at > at


def _known(device: Device, fitted: Iterable[tuple[Supervision, Fitting]], told: Registered) -> KnownDevice:
    of_link = device.protocol == LINK
    key = told.view.keys.get(device.id) if of_link else None
    kept = told.kept.get(device.id, Kept(device_id=device.id))
    return KnownDevice(
        device=replace(device, place=None, charge_schedule=None),
        fitted=tuple((fitting.from_at, fitting.until_at) for _, fitting in fitted),
        covered=tuple(span for one, fitting in fitted for span in _covered(one, fitting)),
        proof=None if key is None else Proof(isinstance(key, SharedKey), key.raw),
        revoked=device.id in told.view.revoked,
        version=told.view.version_for(device.id) if of_link else 0,
        configuration=told.view.configuration_for(device.id) if of_link else None,
        commands=told.commands.get(device.id, ()),
        through=kept.through,
        beyond=kept.beyond,
    )


def _covered(supervision: Supervision, fitting: Fitting) -> Iterator[Span]:
    grounds: list[Order | Consent] = [*supervision.orders, *consents_of(supervision, supervision.person_id)]
    for ground in grounds:
        from_at = max(fitting.from_at, ground.from_at)
        until_at = min((one for one in (fitting.until_at, ground.until_at) if one is not None), default=None)
        if until_at is None or from_at < until_at:
            yield from_at, until_at


class Telling:
    """Keeps a site told. What it was told already, it is not told again."""

    def __init__(
        self, region: Region, letters: Letters, line: Log, subject: str, random: Callable[[int], bytes]
    ) -> None:
        """`subject`: what stands before the alias."""
        self._region, self._letters, self._line = region, letters, line
        self._subject, self._random = subject, random
        self._told: dict[str, bytes] = {}
        self._as_of: datetime | None = None

    async def tell(self, registered: Registered) -> None:
        """Tell what changed, then as of when all is told. `LogUnavailableError`: tell it again."""
        known = await asyncio.to_thread(lambda: list(of_site(self._region, registered)))
        here = set()
        for one in known:
            alias = self._letters.alias(one.device.id)
            here.add(alias)
            await self._put(alias, one, replace(one, through=0, beyond=()))
        for alias in self._told.keys() - here:
            await self._line.keep(f"{self._subject}.{alias}", b"")
            del self._told[alias]
        await self.still(registered.at)

    async def still(self, at: datetime) -> None:
        """Tell that nothing has changed until now. `LogUnavailableError`."""
        if self._as_of is None or at - self._as_of >= AS_OF_EVERY:
            await self._line.keep(f"{self._subject}.{AS_OF}", self._letter(AsOf(at)))
            self._as_of = at

    async def _put(self, alias: str, told: KnownDevice, compared: KnownDevice) -> None:
        """Write a letter when it says something else than the last one. How far records are kept is no news."""
        digest = sha256(told_bytes(compared)).digest()
        if self._told.get(alias) != digest:
            await self._line.keep(f"{self._subject}.{alias}", self._letter(told))
            self._told[alias] = digest

    def _letter(self, told: Told) -> bytes:
        return self._letters.down(told_bytes(told), self._random(SEED_BYTES))
