"""EGTS to another platform: packets of records, each confirmed before the next goes out."""

from collections.abc import Sequence

from baqylau.domain.forwarding import EgtsTarget, Item, Place
from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Fix
from baqylau.links.forwarding.way import Line, NotTakenError, stands
from baqylau.protocols.egts.auth import is_object_id
from baqylau.protocols.egts.platform import EgtsPlatform, Passed
from baqylau.protocols.session import Confirmed, Refused, Reply, Welcomed

RECORDS_MAX = 50
"""Records in one packet."""


class Egts:
    """A line to a platform that takes EGTS."""

    def __init__(self, target: EgtsTarget) -> None:
        self._target = target
        self._platform = EgtsPlatform()
        self._line = Line(target.host, target.port, self._begin)
        self._last: dict[PersonId, Fix] = {}

    def send(self, items: Sequence[Item]) -> None:
        """Hand items over. `NotTakenError("name_not_a_number")`: the basis gives a name that is no object id."""
        passed = [self._passed(item) for item in items]
        with self._line.open() as line:
            for at in range(0, len(passed), RECORDS_MAX):
                part = passed[at : at + RECORDS_MAX]
                line.say(_packet(self._platform, part))
                self._await(line, len(part))

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _begin(self, line: Line) -> None:
        self._platform = EgtsPlatform(self._target.dispatcher, self._target.password)
        hello = self._platform.hello()
        if hello:
            line.say(hello)
            while not any(isinstance(reply, Welcomed) for reply in self._heard(line)):
                pass

    def _await(self, line: Line, count: int) -> None:
        """Wait for the confirmation of the packet that is on its way."""
        while True:
            for reply in self._heard(line):
                if isinstance(reply, Confirmed):
                    if reply.count < count:
                        raise NotTakenError("egts_part")
                    return

    def _heard(self, line: Line) -> Sequence[Reply]:
        replies = self._platform.receive(line.hear())
        for reply in replies:
            if isinstance(reply, Refused):
                raise NotTakenError(f"egts_{reply.code}")
        return replies

    def _passed(self, item: Item) -> Passed:
        if not is_object_id(item.named.alias):
            raise NotTakenError("name_not_a_number")
        oid = int(item.named.alias)
        if isinstance(item, Place):
            self._last[item.person_id] = item.fix
            return Passed(oid=oid, at=item.at, fix=item.fix)
        return Passed(oid=oid, at=item.at, fix=self._last.get(item.person_id), alarm=stands(item.alarm))


def _packet(platform: EgtsPlatform, part: Sequence[Passed]) -> bytes:
    try:
        return platform.relay(part)
    except ValueError as cannot:
        raise NotTakenError("time_out_of_range") from cannot
