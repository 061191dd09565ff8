"""One frame in plain words, for whoever looks into a device's traffic: what it says and what is wrong with it."""

from datetime import datetime
from typing import assert_never

from msgspec import Struct

from baqylau.domain.observations import Body
from baqylau.protocols.fleet import FleetProtocol
from baqylau.protocols.session import Carried, Event, Fault, Hangup, Keep, Login, Ping, Reading, Rejected, Sighting


class Wrong(Struct, frozen=True, kw_only=True):
    """What could not be taken."""

    fault: Fault
    detail: str = ""


class Told(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record of a frame."""

    number: str
    observed_at: datetime | None
    bodies: tuple[Body, ...]
    sightings: tuple[Sighting, ...] = ()


class Described(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One frame."""

    frame: str
    """As text for a text protocol, as hexadecimal digits otherwise."""
    kind: str
    """`records`, `login`, `ping` or `rejected`."""
    number: str = ""
    records: tuple[Told, ...] = ()
    wrong: tuple[Wrong, ...] = ()


def frame_bytes(protocol: FleetProtocol, line: str) -> bytes:
    """Give the bytes that a line of a file means: hexadecimal digits, or for a text protocol the text itself.

    Raises `ValueError` when the line is neither.
    """
    digits = line.strip()
    try:
        return bytes.fromhex(digits)
    except ValueError:
        if protocol.is_text:
            return line.encode("utf-8", "surrogateescape")
        raise


def describe(protocol: FleetProtocol, raw: bytes) -> list[Described]:
    """Give each frame found in the bytes. Never raises, whatever the bytes."""
    shown = raw.decode("utf-8", "backslashreplace") if protocol.is_text else raw.hex()
    return [_described(event, shown) for event in protocol.decode_frame(raw)]


def _described(event: Event, shown: str) -> Described:
    match event:
        case Keep(readings=readings, rejected=rejected):
            return Described(
                frame=shown, kind="records", records=tuple(map(_told, readings)), wrong=tuple(map(_wrong, rejected))
            )
        case Login(number=number):
            return Described(frame=shown, kind="login", number=number)
        case Ping() | Carried():
            return Described(frame=shown, kind="ping")
        case Rejected():
            return Described(frame=shown, kind="rejected", wrong=(_wrong(event),))
        case Hangup(rejected=rejected):
            return Described(frame=shown, kind="rejected", wrong=(_wrong(rejected),))
        case _:
            assert_never(event)


def _told(reading: Reading) -> Told:
    return Told(
        number=reading.number,
        observed_at=reading.observed_at,
        bodies=reading.bodies,
        sightings=reading.sightings,
    )


def _wrong(rejected: Rejected) -> Wrong:
    return Wrong(fault=rejected.fault, detail=rejected.detail)
