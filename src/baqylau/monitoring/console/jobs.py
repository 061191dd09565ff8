"""What the officer does on the way, and what the caseload is after it. Pure.

The registers learn of it when there is a network. Until then the console goes by what was done: whoever was given
another bracelet is heard by that one. What the server refused counts no more.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.commands import LocateMode, Order, ReportNow, WalkNow
from baqylau.domain.field import FieldKind, FieldState, Stage
from baqylau.domain.ids import DeviceId, FittingId, PersonId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, Supervision
from baqylau.monitoring.console.prescribed import worn
from baqylau.protocols.batch.records import WalkTest
from baqylau.protocols.console.words import Case, Package, Settled

WORK_MINUTES = 30
"""So long alarms about the devices rest, as with `device swap`."""
FORGOTTEN = timedelta(hours=4)
"""Work that was begun so long ago and not ended is not going on any more."""
LOCATES_S = 300
REASON_MAX = 300
ROOMS_MAX = 12
ROOM_NAME_MAX = 60
ROOM_S = (10, 600)


class JobWrongError(Exception):
    """What is asked for cannot be done; the word says why."""


class CheckEntry(Struct, frozen=True, kw_only=True, tag="check"):
    """What the officer may see again of a check."""

    check_id: str
    person_id: PersonId
    name: str
    at: datetime
    heard: bool
    level_dbm: float | None
    note: str
    explanation: str
    photo: bool


class JobEntry(Struct, frozen=True, kw_only=True, tag="job"):
    """What the officer may see again of an act on equipment."""

    act_id: str
    stage: Stage
    kind: FieldKind
    person_id: PersonId
    name: str
    at: datetime
    off: DeviceId = DeviceId("")
    on: DeviceId = DeviceId("")
    """Of an order: the device that it was for."""
    order: str = ""
    """Of an order: its name."""
    reason: str = ""
    test: WalkTest | None = None


Entry = CheckEntry | JobEntry
Told = Mapping[tuple[str, Stage], Settled]
"""What became of each act, as far as the server said."""


class Work(Struct, frozen=True, kw_only=True):
    """Which device comes off and which comes on; either may be empty, not both."""

    person_id: PersonId
    off: DeviceId
    on: DeviceId
    reason: str

    @property
    def kind(self) -> FieldKind:
        """What that is called."""
        if self.off and self.on:
            return FieldKind.SWAP
        return FieldKind.FIT if self.on else FieldKind.UNFIT


def running(jobs: Iterable[JobEntry], told: Told, at: datetime) -> JobEntry | None:
    """Give the work that was begun and not ended. `jobs`: newest first."""
    newest = next((one for one in jobs if one.kind in {FieldKind.FIT, FieldKind.SWAP, FieldKind.UNFIT}), None)
    if newest is None or newest.stage is not Stage.BEGUN or at - newest.at > FORGOTTEN:
        return None
    settled = told.get((newest.act_id, Stage.BEGUN))
    return None if settled is not None and settled.state is FieldState.REFUSED else newest


def checked_work(work: Work, package: Package, case: Case, at: datetime) -> Work:
    """Give the work as it may be begun. `JobWrongError`."""
    spare = {one.id for one in package.spares} - {one.id for each in package.cases for one in _on(each, at)}
    if not work.off and not work.on:
        raise JobWrongError("no_device")
    if work.off and work.off not in {one.id for one in _on(case, at)}:
        raise JobWrongError("not_worn")
    if work.on and work.on not in spare:
        raise JobWrongError("not_spare")
    if not work.reason.strip():
        raise JobWrongError("no_reason")
    return replace(work, reason=work.reason.strip()[:REASON_MAX])


def _on(case: Case, at: datetime) -> tuple[Device, ...]:
    return worn(case.supervision, at)


def locatable(device: Device) -> bool:
    """Whether a device takes orders at all: what only sends its beacon cannot be told anything by radio."""
    return device.protocol != "beacon"


def order_of(name: str) -> Order:
    """Give what an officer asks of a tracker by its name. `JobWrongError`."""
    orders: Mapping[str, Order] = {"locate": LocateMode(for_s=LOCATES_S), "report": ReportNow()}
    if name not in orders:
        raise JobWrongError("not_understood")
    return orders[name]


def checked_rooms(rooms: Sequence[str], seconds: int) -> tuple[str, ...]:
    """Give the rooms of a walk test as they may be walked. `JobWrongError`."""
    named = tuple(one.strip()[:ROOM_NAME_MAX] for one in rooms if one.strip())
    if not named or len(named) > ROOMS_MAX or len(set(named)) != len(named):
        raise JobWrongError("rooms")
    if not ROOM_S[0] <= seconds <= ROOM_S[1]:
        raise JobWrongError("seconds")
    return named


def walk_order(transmitter_id: DeviceId, rooms: tuple[str, ...], seconds: int, by: str) -> WalkNow:
    """Give the order to a home unit to walk its home."""
    return WalkNow(transmitter_id=transmitter_id, rooms=rooms, seconds_a_room=seconds, by=by)


def after(package: Package, jobs: Iterable[JobEntry], told: Told) -> Package:
    """Give the caseload as it is after what was done on the way. `jobs`: in any order."""
    for job in sorted(jobs, key=lambda one: one.at):
        if job.stage is Stage.DONE and (job.off or job.on) and job.kind is not FieldKind.ORDER:
            package = _after(package, job, told.get((job.act_id, Stage.DONE)))
    return package


def _after(package: Package, job: JobEntry, settled: Settled | None) -> Package:
    if settled is not None:
        known = settled.state is FieldState.DONE and package.issued_at >= settled.at
        if known or settled.state is FieldState.REFUSED:
            return package
    known_devices = {one.id: one for each in package.cases for one in each.supervision.devices}
    device = next((one for one in package.spares if one.id == job.on), known_devices.get(job.on))
    cases = tuple(
        replace(case, supervision=_changed(case.supervision, job, device)) if case.person.id == job.person_id else case
        for case in package.cases
    )
    off = known_devices.get(job.off)
    spares = tuple(one for one in package.spares if one.id not in {job.on, job.off})
    return replace(package, cases=cases, spares=spares if off is None else (*spares, off))


def _changed(supervision: Supervision, job: JobEntry, device: Device | None) -> Supervision:
    fittings = [
        replace(one, until_at=job.at)
        if one.device_id == job.off and (one.until_at is None or job.at < one.until_at)
        else one
        for one in supervision.fittings
    ]
    if device is None or any(one.id == device.id for one in worn(supervision, job.at)):
        return replace(supervision, fittings=tuple(fittings))
    name = FittingId(f"field-{job.act_id}")
    fittings.append(Fitting(id=name, device_id=device.id, person_id=job.person_id, from_at=job.at))
    others = tuple(one for one in supervision.devices if one.id != device.id)
    return replace(supervision, fittings=tuple(fittings), devices=(*others, device))
