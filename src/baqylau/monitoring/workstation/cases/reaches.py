"""What a restriction takes of a person's everyday life, as far as anybody wrote it down: told, never refused."""

from collections.abc import Iterator
from datetime import datetime

from baqylau.domain.case_facts import LifePlace, places_now
from baqylau.domain.ids import PersonId
from baqylau.domain.orders import Restriction
from baqylau.domain.people import Supervision
from baqylau.monitoring.workstation.cases.messages import CaseWarning, Sentence
from baqylau.monitoring.workstation.stores import Stores
from baqylau.rules.prescribing.everyday import avoided, frame_of, over_own, over_public
from baqylau.rules.prescribing.reach import Reach, reaching
from baqylau.rules.spans import validity_of


class Reaches:
    """Looks at the other restrictions, the places of the person's life, and the public places of the installation."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def of(self, restriction: Restriction, supervision: Supervision) -> Iterator[CaseWarning]:
        """Give what to look at before it is saved."""
        own = self._own(supervision.person_id)
        found = (*reaching(restriction, supervision), *over_own(restriction, own), *self._over_public(restriction))
        for one in found:
            yield CaseWarning(key=_key(one), params=dict(one.params), restriction_id=restriction.id)

    def _own(self, person_id: PersonId) -> tuple[LifePlace, ...]:
        return tuple(one.place for one in places_now(self._stores.case_facts.of(person_id).known))

    def _over_public(self, restriction: Restriction) -> Iterator[Reach]:
        """Give the clinics, courts and the like that a restriction forbids, as far as the installation knows any."""
        forbidden = avoided(restriction)
        if forbidden is not None:
            yield from over_public(restriction, self._stores.public_places.within(frame_of(*forbidden)))


def against(place: LifePlace, supervision: Supervision, now: datetime) -> Iterator[Sentence]:
    """Give which restrictions of now and of later take a place of the person's life."""
    for restriction in supervision.restrictions:
        valid = validity_of(restriction, supervision.orders)
        if valid is not None and now < valid.until_at:
            for one in over_own(restriction, (place,)):
                yield Sentence(key=_key(one), params=dict(one.params))


def _key(one: Reach) -> str:
    return f"case.warning.{one.key}"
