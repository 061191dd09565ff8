"""A platform that passes on what it knows of many objects: each record carries the number of its object (spec E12).

It signs in as a dispatcher where the other side asks for that. Everything else is as with one device.
"""

import struct
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from baqylau.domain.observations import Body, Fix, Strap
from baqylau.protocols.egts import records
from baqylau.protocols.egts.codes import Auth
from baqylau.protocols.egts.device import EgtsDevice
from baqylau.protocols.egts.reports import record_of
from baqylau.protocols.egts.sensors import Inputs

ALARM_INPUT = 8
"""The digital input that stands for an alarm of the object."""
_WIRED = Inputs(strap=ALARM_INPUT, case=None, charge=None)
_DISPATCHER = struct.Struct("<BI")


class Passed(Struct, frozen=True, kw_only=True):
    """One record that is passed on."""

    oid: int
    at: datetime
    fix: Fix | None = None
    alarm: bool | None = None
    """Whether an alarm stands; None where nothing is said of it."""


class EgtsPlatform(EgtsDevice):
    """One connection of a platform. `dispatcher`: its number there; None when it does not sign in."""

    def __init__(self, dispatcher: int | None = None, password: str = "") -> None:
        super().__init__(str(dispatcher or 1), inputs=_WIRED)
        self._signs_in = dispatcher is not None
        said = _DISPATCHER.pack(0, dispatcher or 0) + password.encode("cp1251")
        self._identity = records.subrecord(Auth.DISPATCHER_IDENTITY, said)

    def hello(self) -> bytes:
        """Give the sign-in; empty when there is none."""
        return super().hello() if self._signs_in else b""

    def relay(self, passed: Sequence[Passed]) -> bytes:
        """Give one packet with these records, after the confirmations that the other side waits for.

        Raises ValueError for a time outside 2010 to 2099 and for more records than a packet holds.
        """
        numbers = tuple(self._next_record() for _ in passed)
        told = zip(numbers, passed, strict=True)
        return self._packed(
            numbers, b"".join(record_of(number, one.at, _bodies(one), one.oid, _WIRED) for number, one in told)
        )


def _bodies(one: Passed) -> tuple[Body, ...]:
    place: tuple[Body, ...] = (one.fix,) if one.fix is not None else ()
    return place if one.alarm is None else (*place, Strap(open=one.alarm))
