"""PAIR: how near two people came to each other, worked out of one position of each.

A restriction that names another person is judged from `Nearness` alone. Whenever a fix of either reaches the judge, the
fix of the other that is nearest in time gives a distance, and that is an entry in the journal of the one who has the
restriction. The other's place is not in it; beyond a few times the distance that matters, neither is how far it was.

An entry's id follows from the two fixes, so that working the same out again, after a kill or for late data, adds
nothing twice. Entries are written before the judge moves on; they are judged in its next round, as any others.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from math import hypot
from typing import Final

import structlog
from msgspec import Struct

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Authentication, Fix, Nearness, Observation
from baqylau.domain.orders import NoContact
from baqylau.domain.partitions import nearness_of, partition_of
from baqylau.domain.people import Supervision
from baqylau.rules.clock import instant, plausible
from baqylau.rules.contact import ContactPlan
from baqylau.rules.equipment import jump
from baqylau.rules.places.geometry import distance_m
from baqylau.rules.places.position import Position, position
from baqylau.rules.plan import Plan, plan_of
from baqylau.rules.settings import FAR_TIMES, NEARNESS_STEP_M, PAIR_WITHIN_S
from baqylau.storage.journal.archived import DaysArchivedError
from baqylau.storage.journal.journal import Entry, Journal

log = structlog.get_logger()

_WITHIN: Final = timedelta(seconds=PAIR_WITHIN_S)
_WARM_UP: Final = timedelta(minutes=5)
"""So long before the fixes in question others are read, to know which of them are jumps."""
_TOGETHER: Final = timedelta(minutes=10)
_DAY: Final = timedelta(days=1)


class Window(Struct, frozen=True):
    """Both instants are included."""

    from_at: datetime
    until_at: datetime


class Pairing:
    """Knows who has such a restriction. Costs nothing while nobody has."""

    def __init__(self, journal: Journal, supervision_of: Callable[[PersonId], Supervision | None]) -> None:
        """Take where fixes are read and entries written, and who knows what is prescribed."""
        self._journal = journal
        self._supervision_of = supervision_of
        self._named: dict[PersonId, set[PersonId]] = {}
        """By who has the restriction."""

    def know(self, supervision: Supervision) -> None:
        """Take over what is prescribed for somebody."""
        named = {one.other_id for one in supervision.restrictions if isinstance(one, NoContact)}
        if named:
            self._named[supervision.person_id] = named
        else:
            self._named.pop(supervision.person_id, None)

    def heard(self, new: Mapping[PersonId, Sequence[Observation]]) -> None:
        """Work out what new observations say of how near people were."""
        for owner, other in self._pairs(new):
            fresh = chain(new.get(owner, ()), new.get(other, ()))
            self._write(owner, other, windows(instant(one) for one in fresh if _has_fix(one)))

    def changed(self, since: Mapping[PersonId, datetime], until_at: datetime) -> None:
        """Work it out again for people whose orders, consents or fittings changed, from these instants on."""
        for owner, other in self._pairs(since):
            from_at = min(since[one] for one in (owner, other) if one in since)
            self._write(owner, other, days(from_at, until_at))

    def _pairs(self, concerned: Mapping[PersonId, object]) -> Iterator[tuple[PersonId, PersonId]]:
        for owner, named in self._named.items():
            for other in named:
                if owner in concerned or other in concerned:
                    yield owner, other

    def _write(self, owner: PersonId, other: PersonId, when: Iterable[Window]) -> None:
        """Write what is worked out. Of days that are in the archive alone, what was worked out then stays."""
        mine, theirs = self._supervision_of(owner), self._supervision_of(other)
        if mine is None or theirs is None:
            return
        contacts = tuple(one for one in plan_of(mine).contacts if one.restriction.other_id == other)
        begun_at = _begun_at(contacts, mine, theirs)
        for window in when:
            if begun_at is None or window.until_at < begun_at:
                continue
            try:
                own, others = [self._believed(plan_of(one), window) for one in (mine, theirs)]
            except DaysArchivedError:
                log.warning("days_archived", since=window.from_at.isoformat())
                continue
            self._journal.append([_entry(owner, contacts, *pair) for pair in pairs(own, others, window, contacts)])

    def _believed(self, plan: Plan, window: Window) -> list[Position]:
        """Give the fixes of somebody, around the window too, that no rule doubts."""
        if not plan.devices:
            return []
        begin_at, end_at = window.from_at - _WITHIN - _WARM_UP, window.until_at + _WITHIN
        return believed(plan, self._journal.of_devices(sorted(plan.devices), begin_at, end_at))


def _begun_at(contacts: Iterable[ContactPlan], mine: Supervision, theirs: Supervision) -> datetime | None:
    """Give before which instant there is nothing to work out; None when there never is."""
    watched = [time.from_at for contact in contacts for time in contact.watched]
    worn = [[fitting.from_at for fitting in one.fittings] for one in (mine, theirs)]
    return max(min(times) for times in (watched, *worn)) if watched and all(worn) else None


def _has_fix(observation: Observation) -> bool:
    return any(type(body) is Fix for body in observation.bodies)


def windows(instants: Iterable[datetime]) -> list[Window]:
    """Give the stretches that these instants lie in, far ones apart."""
    found: list[Window] = []
    for at in sorted(instants):
        if found and at - found[-1].until_at <= _TOGETHER:
            found[-1] = Window(found[-1].from_at, at)
        else:
            found.append(Window(at, at))
    return found


def days(from_at: datetime, until_at: datetime) -> Iterator[Window]:
    """Cut a long time into days."""
    while from_at < until_at:
        yield Window(from_at, min(from_at + _DAY, until_at))
        from_at += _DAY


def believed(plan: Plan, observations: Iterable[Observation]) -> list[Position]:
    """Give the positions that may decide, of devices while they are on the person, without jumps."""
    tracks: dict[DeviceId, jump.Track] = defaultdict(lambda: jump.BEGUN)
    found = []
    for observation in observations:
        device, at = plan.devices.get(observation.device_id), instant(observation)
        if device is None or device.time_at(at) is None or not plausible(observation):
            continue
        for body in observation.bodies:
            place = position(observation.id, at, body) if isinstance(body, Fix) else None
            if place is not None and place.decides:
                author = device.authors[jump.NAME]
                tracks[observation.device_id], sure, _ = jump.step(author, tracks[observation.device_id], place)
                found += [place] if sure else []
    return sorted(found, key=lambda one: (one.at, one.id))


def pairs(
    own: Sequence[Position], others: Sequence[Position], window: Window, contacts: Iterable[ContactPlan]
) -> list[tuple[Position, Position]]:
    """Give each fix of the window, of either, with the other's nearest in time, while it is watched."""
    found = [(one, near) for one in own if _lies_in(one, window) and (near := _nearest(others, one.at))]
    found += [(near, one) for one in others if _lies_in(one, window) and (near := _nearest(own, one.at))]
    watched = (pair for pair in found if any(contact.watches(_at(*pair)) for contact in contacts))
    return list({(mine.id, theirs.id): (mine, theirs) for mine, theirs in watched}.values())


def _lies_in(position: Position, window: Window) -> bool:
    return window.from_at <= position.at <= window.until_at


def _at(mine: Position, theirs: Position) -> datetime:
    return max(mine.at, theirs.at)


def _nearest(positions: Sequence[Position], at: datetime) -> Position | None:
    place = bisect_left(positions, at, key=lambda one: one.at)
    near = [one for one in positions[max(place - 1, 0) : place + 1] if abs(one.at - at) <= _WITHIN]
    return min(near, key=lambda one: abs(one.at - at), default=None)


def _entry(owner: PersonId, contacts: Sequence[ContactPlan], mine: Position, theirs: Position) -> Entry:
    at = _at(mine, theirs)
    one, two = mine.fix, theirs.fix
    apart_m = distance_m(one.latitude_deg, one.longitude_deg, two.latitude_deg, two.longitude_deg)
    far_m = FAR_TIMES * max(contact.restriction.distance_m for contact in contacts)
    nearness = Nearness(
        other_id=contacts[0].restriction.other_id,
        distance_m=min(round(apart_m / NEARNESS_STEP_M) * NEARNESS_STEP_M, far_m),
        accuracy_m=round(hypot(mine.accuracy_m, theirs.accuracy_m) + NEARNESS_STEP_M / 2, 1),
        because=(mine.id, theirs.id),
    )
    return Entry(
        partition=partition_of(owner),
        person_id=owner,
        observation=Observation(
            id=observation_id(b"nearness", owner.encode(), mine.id.encode(), theirs.id.encode()),
            device_id=nearness_of(owner),
            observed_at=at,
            received_at=at,
            bodies=(nearness,),
            authentication=Authentication.OURSELVES,
            via="judge",
        ),
        raw=b"",
    )
