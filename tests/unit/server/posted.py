"""An installation that forwards to one target, moved on step by step."""

import json
from datetime import datetime

from baqylau.domain.forwarding import Basis, Target
from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Fix, Strap
from baqylau.monitoring.server.forwarding.forwarder import way_to
from baqylau.monitoring.server.forwarding.relay import Relay, Sources
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.feed import Feed
from baqylau.storage.forwarding.bases import Bases
from baqylau.storage.forwarding.forwarding import Deliveries, Delivery
from tests.unit.links.receivers import WebReceiver
from tests.unit.storage.kept import HERE, House, after, heard

POLICE = "Town police"


class Post:
    """An installation that forwards to one target."""

    def __init__(self, house: House, target: Target) -> None:
        self.house, self.target = house, target
        self.bases = Bases(house.engine, house.clock)
        self.deliveries = Deliveries(house.engine)
        feed, alarms = Feed(house.engine), Alarms(house.engine, house.clock)
        sources = Sources(house.journal, feed, alarms, self.bases, self.deliveries)
        self.relay = Relay(target, sources, way_to(target, house.clock), house.clock, lambda: 1.0)

    def allow(self, *people: PersonId, from_s: float = -60, until_s: float = 3600) -> Basis:
        return allow(self.bases, *people, from_at=after(from_s), until_at=after(until_s))

    def hear(self, *people: PersonId, at_s: float, fix: Fix = HERE) -> None:
        self.house.now = max(self.house.now, after(at_s))
        self.house.journal.append([heard(one, after(at_s), fix, Strap(open=True)) for one in people])

    def carry(self) -> Delivery:
        """Carry all that is due now, and give how it goes with the target."""
        while self.relay.round():
            pass
        (state,) = self.deliveries.all(self.house.now)
        return state


def allow(bases: Bases, *people: PersonId, from_at: datetime, until_at: datetime) -> Basis:
    names = {one: str(4000 + number) for number, one in enumerate(people, 1)}
    return bases.record(
        recipient=POLICE, text_of_basis="Act 7", people=names, from_at=from_at, until_at=until_at, by="dana"
    )


def told(receiver: WebReceiver) -> list[dict[str, object]]:
    """Give all items that a receiver was told, in their order."""
    asked = [receiver.asked.get_nowait() for _ in range(receiver.asked.qsize())]
    return [item for one in asked for item in json.loads(one.body)["items"]]
