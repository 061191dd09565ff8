"""What the desk of the device link asks of the past and of the orders, wherever it stands."""

from collections.abc import Iterable
from typing import Protocol

from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.storage.equipment.link_records import Kept, Status


class Past(Protocol):
    """What was kept of devices before, as `storage.equipment.link_records.LinkRecords` tells it."""

    def all(self) -> dict[DeviceId, Kept]:
        """Give how far each device has told."""

    def of(self, device_id: DeviceId) -> Kept | None:
        """Give how far one device has told."""

    def statuses(self) -> list[Status]:
        """Give what transmitters had latched."""

    def contents(self, device_id: DeviceId, first: int, last: int) -> dict[int, bytes]:
        """Give the beginnings of the digests of records."""

    def parted(self, device_id: DeviceId, previous: bytes, digest: bytes) -> bool:
        """Whether another batch is kept that names the same one before it."""


class Orders(Protocol):
    """The commands that devices are to be given, as `storage.equipment.commands.Commands` tells them."""

    def open(self) -> dict[DeviceId, tuple[Command, ...]]:
        """Give what devices have not acknowledged yet."""

    def sent(self, commands: Iterable[Command]) -> None:
        """Note that commands are on their way."""
