"""What officers did on equipment with a console, for those who watch: of one person, and what was not taken over."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from baqylau.domain.field import FieldState
from baqylau.domain.ids import PersonId
from baqylau.monitoring.workstation.equipment.messages import FieldDeed, FieldList
from baqylau.monitoring.workstation.refusals import not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.protocols.batch.records import WalkTest
from baqylau.storage.access.accounts import Account
from baqylau.storage.equipment.field_acts import FieldAct

REFUSED_FOR = timedelta(days=14)
"""So long what was not taken over is shown: by then somebody has put it right, or it stands in the file [K]."""


class FieldRecords:
    """The field side of the pages."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime]) -> None:
        self._stores, self._clock = stores, clock

    def of_person(self, person_id: PersonId, by: Account) -> FieldList:
        """Give what was done for one person, newest first."""
        if person_id not in self._stores.directory.book().people:
            raise not_found("person.refused.not_found")
        self._stores.duty.look(by, "look.field", person_id)
        return self._list(self._stores.field_acts.of_person(person_id))

    def refused(self, by: Account) -> FieldList:
        """Give what was not taken over in the last weeks, of whomever the account's duty concerns."""
        within = self._stores.duty.within(by)
        acts = self._stores.field_acts.recent(self._clock() - REFUSED_FOR)
        return self._list(one for one in acts if one.state is FieldState.REFUSED and within(one.person_id))

    def _list(self, acts: Iterable[FieldAct]) -> FieldList:
        people = self._stores.directory.book().people
        return FieldList(
            at=self._clock(),
            deeds=tuple(
                FieldDeed(
                    number=one.number,
                    person_id=one.person_id,
                    person_name=people[one.person_id].name if one.person_id in people else "",
                    console_id=one.console_id,
                    officer=one.officer,
                    kind=one.kind,
                    stage=one.stage,
                    off=one.body.get("off", ""),
                    on=one.body.get("on", one.body.get("device_id", "")),
                    order=one.body.get("order", {}).get("type", ""),
                    reason=one.body.get("reason", ""),
                    at=one.at,
                    kept_at=one.kept_at,
                    state=one.state,
                    refusal=one.refusal,
                    test=msgspec.convert(one.body["test"], WalkTest) if "test" in one.body else None,
                )
                for one in acts
            ),
        )
