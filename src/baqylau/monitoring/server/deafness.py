"""What we write of ourselves when we did not listen: nothing that was not heard then may count against anybody."""

from datetime import datetime

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Authentication, Blind, Observation
from baqylau.storage.journal.journal import Entry


def deaf(
    name: DeviceId, partition: int, since: datetime, until: datetime, *, via: str, person_id: PersonId | None = None
) -> Entry:
    """Say in one partition that whoever listens there, by `name`, did not: for all in it, or for one person."""
    return Entry(
        partition=partition,
        person_id=person_id,
        observation=Observation(
            id=observation_id(name.encode(), since.isoformat().encode(), until.isoformat().encode()),
            device_id=name,
            observed_at=until,
            received_at=until,
            bodies=(Blind(from_at=since),),
            authentication=Authentication.OURSELVES,
            via=via,
        ),
        raw=b"",
    )
