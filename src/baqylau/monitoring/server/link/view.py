"""What the device link knows of registers, keys and configurations, taken as one picture and exchanged as one."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from baqylau.crypto.cose import PublicKey, SharedKey
from baqylau.domain.ids import DeviceId
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.monitoring.server.link.configuration import LINK, Draft, configuration, drafts, renewed
from baqylau.protocols.batch.commands import Configuration
from baqylau.storage.equipment.device_keys import DeviceKey, DeviceKeys, KeyKind
from baqylau.storage.equipment.link_configurations import Configured, LinkConfigurations
from baqylau.storage.equipment.link_records import LinkRecords
from baqylau.storage.registers.registers import Registers

WALK = "walk"


class View(Struct, frozen=True, kw_only=True):
    """One picture."""

    fleet: Fleet
    keys: dict[DeviceId, PublicKey | SharedKey]
    """Of the devices that may speak."""
    revoked: frozenset[DeviceId]
    beacons: Beacons
    drafts: dict[DeviceId, Draft]
    configured: dict[DeviceId, Configured]

    def key_of(self, device_id: DeviceId) -> PublicKey | SharedKey | None:
        """Give the key by which a device proves what it says; None for one that must not speak."""
        device = self.fleet.device(device_id)
        return self.keys.get(device_id) if device is not None and device.protocol == LINK else None

    def version_for(self, device_id: DeviceId) -> int:
        """Give the version by which a device should run; 0 when there is none."""
        configured = self.configured.get(device_id)
        return configured.version if configured is not None else 0

    def configuration_for(self, device_id: DeviceId) -> Configuration | None:
        """Give the document by which a device should run."""
        draft, configured = self.drafts.get(device_id), self.configured.get(device_id)
        if draft is None or configured is None:
            return None
        return configuration(draft, configured, self.beacons)


class Sources(Struct, frozen=True, kw_only=True):
    """Where pictures are taken from."""

    registers: Registers
    keys: DeviceKeys
    records: LinkRecords
    configurations: LinkConfigurations
    now: Callable[[], datetime]

    def version(self) -> tuple[int, tuple[int, int]]:
        """Give something that is another when the registers or the keys have changed."""
        return self.registers.version(), self.keys.version()

    def view(self) -> View:
        """Take a picture of now. Units whose configuration changed by it get their next version."""
        devices, supervisions = self.registers.devices(), self.registers.supervisions()
        keys, at = self.keys.in_use(), self.now()
        walks = {name: int(word.body["buffer_s"]) for name, word in self.records.latest_words(WALK).items()}
        languages = {person.id: person.language for person in self.registers.people()}
        wanted = drafts(devices, supervisions, languages, walks, at)
        configured = self.configurations.all()
        new = {name: row for name, one in wanted.items() if (row := renewed(one, configured.get(name), at)) is not None}
        self.configurations.put(tuple(new.values()))
        return View(
            fleet=Fleet(devices, supervisions.values()),
            keys=dict(_proof(key) for key in keys if key.kind is not KeyKind.BEACON),
            revoked=self.keys.revoked(),
            beacons=Beacons(keys),
            drafts=wanted,
            configured=configured | new,
        )


def _proof(key: DeviceKey) -> tuple[DeviceId, PublicKey | SharedKey]:
    made = SharedKey(key.material) if key.kind is KeyKind.HMAC else PublicKey(key.material)
    return key.device_id, made
