"""The registers in memory, as long as nobody saves anything: names for every alarm, zones for every screen."""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from msgspec import Struct

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Device, Person, Supervision
from baqylau.monitoring.workstation.search import Index
from baqylau.storage.registers.registers import Registers


class Book(Struct, frozen=True, kw_only=True):
    """One version of the registers."""

    version: int
    people: Mapping[PersonId, Person]
    supervisions: Mapping[PersonId, Supervision]
    devices: Mapping[DeviceId, Device]
    index: Index
    """Everybody by what somebody types."""

    def supervision(self, person_id: PersonId) -> Supervision:
        """Give what is prescribed for somebody; nothing, for whom nothing is."""
        return self.supervisions.get(person_id) or Supervision(person_id=person_id)

    def under_order(self, person_id: PersonId, at: datetime) -> bool:
        """Tell whether a court order covers the instant: without one nobody is looked at."""
        return any(order.from_at <= at < order.until_at for order in self.supervision(person_id).orders)

    def watched(self, at: datetime) -> list[Person]:
        """Give everybody whom an order covers at the instant."""
        return [person for person in self.people.values() if self.under_order(person.id, at)]


class Directory:
    """Gives the registers as they are now; they are read again only after they were saved."""

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self._lock = Lock()
        self._book = Book(version=-1, people={}, supervisions={}, devices={}, index=Index(()))

    def book(self) -> Book:
        """Give the registers of this moment."""
        version = self._registers.version()
        with self._lock:
            if self._book.version < version:
                people = {person.id: person for person in self._registers.people()}
                self._book = Book(
                    version=version,
                    people=people,
                    supervisions=self._registers.supervisions(),
                    devices={device.id: device for device in self._registers.devices()},
                    index=Index(people.values()),
                )
            return self._book
