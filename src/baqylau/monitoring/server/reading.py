"""READ: from what the wire said to an observation of a known device, or to the reason why there is none."""

from datetime import datetime

from baqylau.crypto.digests import observation_id
from baqylau.domain.observations import Authentication, LinkEvent, LinkHealth, Observation
from baqylau.domain.people import Device
from baqylau.monitoring.server.fleet import Fleet
from baqylau.protocols.session import Reading
from baqylau.rules.clock import instant
from baqylau.storage.journal import Entry


def read(fleet: Fleet, device: Device, reading: Reading, *, now: datetime) -> Entry | None:
    """Give the observation a reading tells of; None when no order covers it, so that it must not be kept.

    The id comes from the device and the content: a record that is sent again is the same fact. A record without a time
    of its own cannot be told from its repetition, so the time of receipt makes each a fact of its own.
    """
    identity = reading.identity if reading.observed_at else reading.identity + now.isoformat().encode()
    return placed(
        fleet,
        Observation(
            id=observation_id(device.id.encode(), identity),
            device_id=device.id,
            observed_at=reading.observed_at or now,
            received_at=now,
            bodies=reading.bodies,
            authentication=Authentication.UNAUTHENTICATED_DEVICE,
            via=device.protocol,
        ),
        reading.raw,
    )


def sign_of_life(fleet: Fleet, device: Device, event: LinkEvent, raw: bytes, *, now: datetime) -> Entry | None:
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


def placed(fleet: Fleet, observation: Observation, raw: bytes) -> Entry | None:
    """Give the observation with where it belongs; None when no order covers it, so that it must not be kept."""
    belongs = fleet.belongs(observation.device_id, instant(observation))
    if belongs is None:
        return None
    return Entry(partition=belongs.partition, person_id=belongs.person_id, observation=observation, raw=raw)
