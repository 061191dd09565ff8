"""Which partition of the journal a person's facts belong to: fixed for life, the same in every program."""

from hashlib import sha256

from baqylau.domain.ids import DeviceId, PersonId

PARTITIONS = 64
UNASSIGNED = 64
"""Partition of devices that are fitted to nobody."""
ALL_PARTITIONS = range(PARTITIONS + 1)


def partition_of(person_id: PersonId) -> int:
    """Give the partition 0..63 of a person."""
    return sha256(person_id.encode()).digest()[0] % PARTITIONS


def nearness_of(person_id: PersonId) -> DeviceId:
    """Give the name under which the server writes how near a person came to those whom a restriction names."""
    return DeviceId(f"nearness/{person_id}")


def ourselves(partition: int) -> DeviceId:
    """Give the name under which the server writes facts about itself into a partition."""
    return DeviceId(f"ourselves/{partition}")


def is_ourselves(device_id: DeviceId) -> bool:
    """Tell whether a name is that of the server itself."""
    return device_id.startswith("ourselves/")


def unheard_of(person_id: PersonId) -> DeviceId:
    """Give the name under which the server writes that whoever hears this one person did not listen."""
    return DeviceId(f"unheard/{person_id}")
