"""READ: from what the wire said to an observation of a known device, or to the reason why there is none."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Authentication, Heard, LinkEvent, LinkHealth, Observation
from baqylau.domain.people import Device
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.sighting import Near, indoors, near
from baqylau.protocols.session import Reading
from baqylau.rules.clock import instant
from baqylau.storage.journal.journal import Entry

_AHEAD = timedelta(days=1)
"""A device's clock may go before ours."""


def read(fleet: Fleet, device: Device, reading: Reading, *, now: datetime) -> tuple[Entry, ...]:
    """Give the observation a reading tells of; nothing when no order covers it, so that it must not be kept.

    The id comes from the device and the content: a record that is sent again is the same fact. A record without a time
    of its own cannot be told from its repetition, so the time of receipt makes each a fact of its own. The wearer's
    relays that it heard have each a fact of their own, and give it a place where satellites gave none.
    """
    observed_at = reading.observed_at or _in_its_year(reading.since_new_year, now)
    identity = reading.identity if reading.observed_at else reading.identity + observed_at.isoformat().encode()
    told = Observation(
        id=observation_id(device.id.encode(), identity),
        device_id=device.id,
        observed_at=observed_at,
        received_at=now,
        bodies=reading.bodies,
        authentication=Authentication.UNAUTHENTICATED_DEVICE,
        via=device.protocol,
    )
    if not reading.sightings:
        return placed(fleet, told, reading.raw)
    heard = near(fleet, device, reading.sightings, instant(told))
    entries = placed(fleet, replace(told, bodies=indoors(told.bodies, heard)), reading.raw)
    return entries + tuple(entry for one in heard for entry in placed(fleet, _heard(told, one), reading.raw))


def _in_its_year(since_new_year: timedelta | None, now: datetime) -> datetime:
    """Give the last instant at which a year was so old, a day ahead at most; now where that is not told."""
    if since_new_year is None:
        return now
    years = (datetime(year, 1, 1, tzinfo=UTC) for year in (now.year + 1, now.year))
    last = datetime(now.year - 1, 1, 1, tzinfo=UTC) + since_new_year
    return next((one + since_new_year for one in years if one + since_new_year <= now + _AHEAD), last)


def _heard(by: Observation, one: Near) -> Observation:
    """Give the relay's own fact: that the tracker heard it."""
    return replace(
        by,
        id=observation_id(by.id.encode(), one.relay.id.encode()),
        device_id=one.relay.id,
        bodies=(Heard(receiver_id=by.device_id, rssi_dbm=one.rssi_dbm),),
    )


def sign_of_life(fleet: Fleet, device: Device, event: LinkEvent, raw: bytes, *, now: datetime) -> tuple[Entry, ...]:
    """Give the observation that a device was on the line, at our own time."""
    return placed(
        fleet,
        Observation(
            id=observation_id(device.id.encode(), event.encode(), now.isoformat().encode()),
            device_id=device.id,
            observed_at=now,
            received_at=now,
            bodies=(LinkHealth(event=event),),
            authentication=Authentication.UNAUTHENTICATED_DEVICE,
            via=device.protocol,
        ),
        raw,
    )


def placed(fleet: Fleet, observation: Observation, raw: bytes) -> tuple[Entry, ...]:
    """Give the observation with where it belongs; nothing when no order covers it, so that it must not be kept.

    Of what serves a flat each of its people has the fact, under an id that comes from the fact and the person: whoever
    lives there besides, and whenever that changes, nobody ever has it twice.
    """
    return tuple(
        Entry(
            partition=one.partition,
            person_id=one.person_id,
            observation=_of(observation, one.person_id) if one.shared and one.person_id is not None else observation,
            raw=raw,
        )
        for one in fleet.belongs(observation.device_id, instant(observation))
    )


def _of(observation: Observation, person_id: PersonId) -> Observation:
    return replace(observation, id=observation_id(observation.id.encode(), person_id.encode()))
