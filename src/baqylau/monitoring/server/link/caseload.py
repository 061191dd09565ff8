"""The package of the day: what one officer needs on the way of their own people, and of nobody else.

Names by need, what is prescribed, how each person stood last, and the keys of today and tomorrow of what they wear, as
they are delegated to home units; never a root. It ends after two days, whatever happens.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import chain

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, Person, Supervision
from baqylau.domain.rights import Bounds
from baqylau.domain.verdicts import Compliance
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.protocols.batch.commands import DelegatedKey
from baqylau.protocols.batch.records import WalkTest
from baqylau.protocols.beacon.keys import epoch_of, period_of
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.protocols.console.words import Case, Now, Spot
from baqylau.rules.fold import LastFix, PersonStanding
from baqylau.storage.equipment.consoles import Assigned
from baqylau.storage.equipment.link_records import Word
from baqylau.storage.judging.live import LiveRow

LASTS = timedelta(hours=48)
"""After so long without a new one the package is wiped. Notes on radio and GNSS, section 7."""
PICTURES_BYTES_MAX = 500_000
"""All pictures of a package together: it has to fit into one message of the link."""


class Known(Struct, frozen=True, kw_only=True):
    """What the installation knows of people."""

    people: Iterable[Person]
    supervisions: Mapping[PersonId, Supervision]
    live: Mapping[PersonId, LiveRow]
    alarms: Mapping[PersonId, int]
    """Alarms that are not closed."""
    photos: Mapping[PersonId, bytes] = {}


def chosen(assigned: Assigned, bounds: Bounds, people: Iterable[Person]) -> Iterator[Person]:
    """Give whom the officer's duty concerns and this console is for."""
    for person in people:
        named = person.district in assigned.districts or person.id in assigned.people
        if named and bounds.hold(person.id, person.district):
            yield person


def cases(known: Known, now: datetime) -> tuple[Case, ...]:
    """Give the caseload: of the people known those whom an order in force holds."""
    return _bounded(
        _case(person, known.supervisions[person.id], known)
        for person in sorted(known.people, key=_name)
        if _in_force(known.supervisions.get(person.id), now)
    )


def _bounded(found: Iterable[Case]) -> tuple[Case, ...]:
    """Leave the pictures out from where they would be too many bytes on."""
    cases, size = list[Case](), 0
    for case in found:
        size += len(case.photo)
        cases.append(case if size <= PICTURES_BYTES_MAX else replace(case, photo=b""))
    return tuple(cases)


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
        photo=known.photos.get(person.id, b""),
        compliance=Compliance.UNKNOWN if standing is None else standing.compliance,
        since=None if standing is None else standing.since,
        heard_at=None if standing is None else standing.heard_at,
        battery_percent=None if standing is None else standing.battery_percent,
        open_alarms=known.alarms.get(person.id, 0),
    )


def now_of(person_id: PersonId, row: LiveRow | None, alarms: int, walk: Word | None) -> Now:
    """Give how somebody stands now. `walk`: what their home unit reported of the last walk test."""
    standing = None if row is None else msgspec.json.decode(row.body, type=PersonStanding)
    return Now(
        person_id=person_id,
        compliance=Compliance.UNKNOWN if standing is None else standing.compliance,
        since=None if standing is None else standing.since,
        heard_at=None if standing is None else standing.heard_at,
        battery_percent=None if standing is None else standing.battery_percent,
        open_alarms=alarms,
        spot=None if standing is None or standing.last_fix is None else _spot(standing.last_fix),
        walk=None if walk is None else msgspec.convert(walk.body, WalkTest),
        walk_at=None if walk is None else walk.observed_at,
    )


def _spot(last: LastFix) -> Spot:
    fix = last.fix
    return Spot(latitude_deg=fix.latitude_deg, longitude_deg=fix.longitude_deg, accuracy_m=last.accuracy_m, at=last.at)


def _needed(supervision: Supervision) -> Supervision:
    """Give what is prescribed, without what the way to a door needs nothing of."""
    return replace(
        supervision,
        consents=(),
        maintenances=(),
        permissions=tuple(replace(one, reason="", granted_by="") for one in supervision.permissions),
        devices=tuple(replace(one, password="", number="") for one in supervision.devices),
    )


def spares(
    carried: AbstractSet[DeviceId], devices: Iterable[Device], on_anybody: AbstractSet[DeviceId]
) -> tuple[Device, ...]:
    """Give what the officer carries to fit on the way: registered, and on nobody now."""
    return tuple(replace(one, password="") for one in devices if one.id in carried - on_anybody)


def keys(
    cases: Iterable[Case], spares: Iterable[Device], beacons: Beacons, now: datetime, until_at: datetime
) -> tuple[DelegatedKey, ...]:
    """Give the keys by which what these people wear, and what may be fitted on them, is heard until an instant."""
    first = period_of(epoch_of(int(seconds_at(now - timedelta(hours=1)))))
    last = period_of(epoch_of(int(seconds_at(until_at))))
    return tuple(
        DelegatedKey(transmitter_id=device_id, period=period, key=key)
        for device_id in sorted({*_worn(cases, now), *(one.id for one in spares)})
        for period in range(max(first, 0), last + 1)
        if (key := beacons.period_key(device_id, period)) is not None
    )


def _worn(cases: Iterable[Case], now: datetime) -> frozenset[DeviceId]:
    return worn(chain.from_iterable(case.supervision.fittings for case in cases), now)


def worn(fittings: Iterable[Fitting], now: datetime) -> frozenset[DeviceId]:
    """Give what is on anybody of these."""
    return frozenset(
        one.device_id for one in fittings if one.from_at <= now and (one.until_at is None or now < one.until_at)
    )
