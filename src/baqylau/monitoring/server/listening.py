"""Until when each person's equipment was listened to: time without a word speaks only up to there.

Whom a regional site hears, we hear by what it forwards. While its line is cut their time stands still: nobody's silence
is found that is none, and what happened meanwhile is judged when it comes.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.partitions import partition_of
from baqylau.domain.people import Supervision
from baqylau.storage.journal.regions import Regions
from baqylau.storage.judging.live import Listened, Live

By = tuple[str, ...]
"""By which sites somebody is heard, in order; none for whoever reaches us directly."""
DIRECTLY: By = ()


class Horizons(Struct, frozen=True):
    """Until when everybody was listened to, as of one look."""

    listened: Listened
    by_person: Mapping[PersonId, By]
    behind: frozenset[int] = frozenset()
    """Partitions of which more is kept than was read: for their people time waits until all is read."""

    def at(self, by: By) -> datetime | None:
        """Give it for those whom these sites hear; None while one of them never said that it listens."""
        if not by:
            return self.listened.here
        found = [at for name in by if (at := self.listened.by_region.get(name)) is not None]
        return min(found) if len(found) == len(by) else None

    def of(self, person_id: PersonId) -> datetime | None:
        """Give it for a person; None as well while what they told waits to be read."""
        return None if partition_of(person_id) in self.behind else self.at(self.by_person.get(person_id, DIRECTLY))


class Listening:
    """Knows by which sites everybody is heard."""

    def __init__(self, live: Live, regions: Regions) -> None:
        """Take where the signs of life and the sites are."""
        self._live, self._regions = live, regions
        self._version: tuple[int, int] = (0, 0)
        self._by_device: dict[DeviceId, str] = {}
        self._by_person: dict[PersonId, By] = {}

    def look(self, people: Iterable[Supervision]) -> bool:
        """Take over which site hears which device; tell whether that has changed."""
        version = self._regions.devices_version()
        if version == self._version:
            return False
        self._version = version
        self._by_device = self._regions.devices()
        self._by_person = {}
        for one in people:
            self.know(one)
        return True

    def know(self, supervision: Supervision) -> None:
        """Take over what is prescribed for a person, and so what they wear."""
        devices = {fitting.device_id for fitting in supervision.fittings if fitting.until_at is None}
        names = {self._by_device[one] for one in devices & self._by_device.keys()}
        self._by_person.pop(supervision.person_id, None)
        if names:
            self._by_person[supervision.person_id] = tuple(sorted(names))

    def by(self, person_id: PersonId) -> By:
        """Give by which sites a person is heard."""
        return self._by_person.get(person_id, DIRECTLY)

    def horizons(self) -> Horizons:
        """Give until when everybody was listened to."""
        return Horizons(self._live.listened(), dict(self._by_person))
