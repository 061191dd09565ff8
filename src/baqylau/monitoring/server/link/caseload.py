"""The package of the day: what one officer needs on the way of their own people, and of nobody else.

Names by need, what is prescribed, how each person stood last, and the keys of today and tomorrow of what they wear, as
they are delegated to home units; never a root. It ends after two days, whatever happens.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Person, Supervision
from baqylau.domain.rights import Bounds
from baqylau.domain.verdicts import Compliance
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.protocols.batch.commands import DelegatedKey
from baqylau.protocols.beacon.keys import epoch_of, period_of
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.protocols.console.words import Case
from baqylau.rules.fold import PersonStanding
from baqylau.storage.consoles import Assigned
from baqylau.storage.live import LiveRow

LASTS = timedelta(hours=48)
"""After so long without a new one the package is wiped. Notes on radio and GNSS, section 7."""


class Known(Struct, frozen=True, kw_only=True):
    """What the installation knows of people."""

    people: Iterable[Person]
    supervisions: Mapping[PersonId, Supervision]
    live: Mapping[PersonId, LiveRow]
    alarms: Mapping[PersonId, int]
    """Alarms that are not closed."""


def cases(assigned: Assigned, bounds: Bounds, known: Known, now: datetime) -> tuple[Case, ...]:
    """Give the caseload: whom the officer's duty concerns, this console is for, and an order in force holds."""
    chosen = (
        person
        for person in known.people
        if (person.district in assigned.districts or person.id in assigned.people)
        and bounds.hold(person.id, person.district)
    )
    return tuple(
        _case(person, known.supervisions[person.id], known)
        for person in sorted(chosen, key=_name)
        if _in_force(known.supervisions.get(person.id), now)
    )


def _name(person: Person) -> str:
    return person.name


def _in_force(supervision: Supervision | None, now: datetime) -> bool:
    return supervision is not None and any(one.from_at <= now < one.until_at for one in supervision.orders)


def _case(person: Person, supervision: Supervision, known: Known) -> Case:
    row = known.live.get(person.id)
    standing = None if row is None else msgspec.json.decode(row.body, type=PersonStanding)
    return Case(
        person=person,
        supervision=_needed(supervision),
        compliance=Compliance.UNKNOWN if standing is None else standing.compliance,
        since=None if standing is None else standing.since,
        heard_at=None if standing is None else standing.heard_at,
        battery_percent=None if standing is None else standing.battery_percent,
        open_alarms=known.alarms.get(person.id, 0),
    )


def _needed(supervision: Supervision) -> Supervision:
    """Give what is prescribed, without what the way to a door needs nothing of."""
    return replace(
        supervision,
        consents=(),
        maintenances=(),
        permissions=tuple(replace(one, reason="", granted_by="") for one in supervision.permissions),
        devices=tuple(replace(one, password="", number="") for one in supervision.devices),
    )


def keys(cases: Iterable[Case], beacons: Beacons, now: datetime, until_at: datetime) -> tuple[DelegatedKey, ...]:
    """Give the keys by which what these people wear is heard until an instant, and from a day before now."""
    first = period_of(epoch_of(int(seconds_at(now - timedelta(hours=1)))))
    last = period_of(epoch_of(int(seconds_at(until_at))))
    return tuple(
        DelegatedKey(transmitter_id=device_id, period=period, key=key)
        for device_id in _worn(cases, now)
        for period in range(max(first, 0), last + 1)
        if (key := beacons.period_key(device_id, period)) is not None
    )


def _worn(cases: Iterable[Case], now: datetime) -> list[DeviceId]:
    return sorted(
        {
            one.device_id
            for case in cases
            for one in case.supervision.fittings
            if one.from_at <= now and (one.until_at is None or now < one.until_at)
        }
    )
