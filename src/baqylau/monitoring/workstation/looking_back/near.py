"""Who was near a place at a time, read from the journal. The question and everybody it finds go into the audit."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Person, Supervision
from baqylau.monitoring.workstation.looking_back.nearby import (
    NearbyAsked,
    NearbyPage,
    NearbyPerson,
    NearbyPoint,
    best,
    points,
    ranked,
)
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.stores import Stores
from baqylau.rules.clock import instant
from baqylau.rules.spans import Validity, fitted
from baqylau.storage.access.accounts import Account

LONGEST: Final = timedelta(hours=6)
MOST_READ: Final = 400_000
"""Entries of the journal for one question: a thousand people for six hours at one position a minute."""
_AT_ONCE: Final = 200
_NONE: Final[tuple[Observation, ...]] = ()

Worn = Mapping[DeviceId, Sequence[Validity]]


class NearbyRecords:
    """Answers who was near."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime]) -> None:
        self._stores, self._clock = stores, clock

    def of(self, asked: NearbyAsked, by: Account) -> NearbyPage:
        """Give everybody within the duty who was near, or may have been. The question is on record first."""
        self._check(asked)
        place = f"place/{asked.latitude_deg:.5f},{asked.longitude_deg:.5f},{asked.radius_m:.0f}"
        time = f"{asked.from_at.isoformat()}/{asked.until_at.isoformat()}"
        why = f"{place}/{time}; {asked.reason.strip()}"
        self._stores.audit.record(by.login, "look.nearby", place, why)
        people = self._stores.directory.book().people
        told = {one: tuple(points(heard, asked)) for one, heard in self._told(dict(self._worn(asked, by)), asked)}
        near = ranked(_person(people[one], found) for one, found in told.items() if found)
        for one in near:
            self._stores.audit.record(by.login, "look.nearby", f"person/{one.id}", why)
        unseen = sum(not found for found in told.values())
        return NearbyPage(at=self._clock(), asked=asked, people=near, examined=len(told), unseen=unseen)

    def _check(self, asked: NearbyAsked) -> None:
        if not timedelta() < asked.until_at - asked.from_at <= LONGEST:
            hours = LONGEST // timedelta(hours=1)
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "case.refused.nearby_time", hours=hours)
        if asked.from_at > self._clock():
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "minute.refused.future")
        if not asked.reason.strip():
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field="reason")

    def _worn(self, asked: NearbyAsked, by: Account) -> Iterator[tuple[PersonId, Worn]]:
        """Give what each person under an order had on them then: whom the court put nowhere is not looked for."""
        book = self._stores.directory.book()
        for person_id, supervision in book.supervisions.items():
            person = book.people.get(person_id)
            if person is None or not by.bounds.hold(person_id, person.district) or not _ordered(supervision, asked):
                continue
            worn = {one.id: fitted(supervision, one.id) for one in supervision.devices}
            then = {device: times for device, times in worn.items() if any(_meets(time, asked) for time in times)}
            if then:
                yield person_id, then

    def _told(self, worn: Mapping[PersonId, Worn], asked: NearbyAsked) -> Iterator[tuple[PersonId, list[Observation]]]:
        everybody, read = list(worn.items()), 0
        for begin in range(0, len(everybody), _AT_ONCE):
            some = everybody[begin : begin + _AT_ONCE]
            devices = sorted({device for _, theirs in some for device in theirs})
            heard = self._stores.journal.of_devices(devices, asked.from_at, asked.until_at)
            read += len(heard)
            if read > MOST_READ:
                raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "case.refused.nearby_many")
            by_device = _by_device(heard)
            for person_id, theirs in some:
                yield person_id, [one for device in theirs for one in _on(by_device.get(device, _NONE), theirs[device])]


def _ordered(supervision: Supervision, asked: NearbyAsked) -> bool:
    return any(one.from_at <= asked.until_at and asked.from_at < one.until_at for one in supervision.orders)


def _meets(time: Validity, asked: NearbyAsked) -> bool:
    return time.from_at <= asked.until_at and asked.from_at < time.until_at


def _by_device(heard: Iterable[Observation]) -> dict[DeviceId, list[Observation]]:
    sorted_out: dict[DeviceId, list[Observation]] = {}
    for one in heard:
        sorted_out.setdefault(one.device_id, []).append(one)
    return sorted_out


def _on(heard: Iterable[Observation], times: Sequence[Validity]) -> Iterator[Observation]:
    """Give what a device told while it was on the person."""
    return (one for one in heard if any(time.holds(instant(one)) for time in times))


def _person(person: Person, found: tuple[NearbyPoint, ...]) -> NearbyPerson:
    return NearbyPerson(
        id=person.id,
        name=person.name,
        district=person.district,
        nearness=best(found),
        nearest_m=min(one.distance_m for one in found),
        points=found,
    )
