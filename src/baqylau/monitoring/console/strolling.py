"""A home is walked through with the console: it stands where a receiver is to stand, and counts what it hears there."""

from msgspec import Struct

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.protocols.batch import walking
from baqylau.protocols.batch.records import WalkTest
from baqylau.protocols.batch.walking import Walk

SOURCE = "console"


class Walking(Struct):
    """A walk test under way."""

    act_id: str
    person_id: PersonId
    walk: Walk

    def heard(self, device_id: DeviceId, ms: int, rssi_dbm: float) -> None:
        """Take a frame of the bracelet that is carried around, in the room in which it was heard."""
        self.passed(ms)
        if device_id == self.walk.transmitter_id and not walking.over(self.walk):
            self.walk = walking.heard(self.walk, SOURCE, ms, rssi_dbm)

    def passed(self, ms: int) -> None:
        """Take the passing of time."""
        while not walking.over(self.walk) and (after := walking.passed(self.walk, ms)) is not self.walk:
            self.walk = after

    def report(self) -> WalkTest | None:
        """Give the report once every room was walked."""
        return walking.report(self.walk, (SOURCE,)) if walking.over(self.walk) else None
