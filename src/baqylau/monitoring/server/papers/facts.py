"""What papers are written from: everything is read before, so that writing is pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.alarms import Alarm
from baqylau.domain.findings import Finding
from baqylau.domain.people import Device, Person, Supervision
from baqylau.domain.stock import Done as StockDone
from baqylau.domain.stock import KeptAct, Whereabouts
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.monitoring.server.papers.actors import Actors
from baqylau.storage.alarms.alarms import Done
from baqylau.storage.alarms.figures import Load
from baqylau.storage.judging.findings import Written
from baqylau.storage.registers.case_fact_rows import Facts


class Stretch(Struct, frozen=True, kw_only=True):
    """One compliance from one instant to another."""

    from_at: datetime
    until_at: datetime
    compliance: Compliance
    blindness: Blindness | None = None

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.until_at - self.from_at


class Dossier(Struct, frozen=True, kw_only=True):
    """What is known of a person for a period."""

    person: Person
    supervision: Supervision
    from_at: datetime
    until_at: datetime
    stretches: tuple[Stretch, ...] = ()
    findings: tuple[Written, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    recorded: Facts = Facts()
    """Visits, warnings and hours of labour, of all time."""
    actors: Actors = Actors()
    now: datetime
    """The next duty is told from here on."""


class AlarmFile(Struct, frozen=True, kw_only=True):
    """Everything about one alarm."""

    alarm: Alarm
    person: Person | None
    supervision: Supervision | None
    findings: tuple[Finding, ...]
    superseded: frozenset[str]
    acts: tuple[Done, ...]
    actors: Actors


class StockFile(Struct, frozen=True, kw_only=True):
    """One act on a device that was on nobody."""

    device: Device
    kept: KeptAct
    act: StockDone
    by_name: str
    known: Whereabouts
    """What is known of the device now."""


class Counted(Struct, frozen=True, kw_only=True):
    """Counts of a period."""

    load: Load
    from_at: datetime
    until_at: datetime


class Cover(Struct, frozen=True, kw_only=True):
    """What stands on a paper beside what it is about."""

    number: str
    at: datetime
    by: str
    purpose: str
    recipient: str
    version: str
    """Of the software."""
    rules: str
    """Digest of the rules' code."""
    key: str
    """Public key of the installation, by which the signature is verified."""
