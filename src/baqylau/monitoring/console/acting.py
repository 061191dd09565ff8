"""What the officer does on the way, written down as signed records: work on devices, orders, walk tests."""

from msgspec.structs import replace

from baqylau.domain.commands import Order
from baqylau.domain.field import FieldKind, Stage
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.monitoring.console import jobs
from baqylau.monitoring.console.desk import Desk
from baqylau.monitoring.console.jobs import JobEntry, JobWrongError, Work
from baqylau.monitoring.console.prescribed import worn
from baqylau.monitoring.console.strolling import Walking
from baqylau.protocols.batch.walking import Walk
from baqylau.protocols.console.words import Fitted, Walked, Wanted


def running(desk: Desk) -> JobEntry | None:
    """Give the work that is going on: also after the console was started again."""
    opened = desk.peek()
    return None if opened is None else jobs.running(opened.jobs, opened.told, desk.right())


def begin_work(desk: Desk, asked: Work) -> None:
    """Begin to work on a person's devices: alarms about them rest from now on. `JobWrongError`."""
    opened = desk.opened()
    if running(desk) is not None:
        raise JobWrongError("work_runs")
    work = jobs.checked_work(asked, opened.package, opened.case(asked.person_id), desk.right())
    _worked(desk, work, desk.name(), Stage.BEGUN)


def end_work(desk: Desk, *, done: bool) -> None:
    """End the work: what came off is off and what came on is on, or nothing was changed. `JobWrongError`."""
    begun = running(desk)
    if begun is None:
        raise JobWrongError("no_work")
    work = Work(person_id=begun.person_id, off=begun.off, on=begun.on, reason=begun.reason)
    _worked(desk, work, begun.act_id, Stage.DONE if done else Stage.WITHDRAWN)


def _worked(desk: Desk, work: Work, act_id: str, stage: Stage) -> None:
    stamp, place = desk.stamp(), desk.placed()
    fitted = Fitted(
        act_id=act_id,
        officer=desk.opened().package.officer,
        person_id=work.person_id,
        stage=stage,
        off=work.off,
        on=work.on,
        reason=work.reason,
        minutes=jobs.WORK_MINUTES,
        at=stamp.at,
        monotonic_ms=stamp.monotonic_ms,
        boot=desk.identity.boot,
        gnss_at=None if place is None else place.at,
    )
    entry = replace(
        _entry(desk, work.kind, act_id, work.person_id), stage=stage, off=work.off, on=work.on, reason=work.reason
    )
    desk.write(fitted, entry, urgent=True, pause=True)


def ask(desk: Desk, person_id: PersonId, device_id: DeviceId, order: str) -> None:
    """Ask something of a device that takes orders, by the server. `JobWrongError`."""
    device = next((one for one in worn(_case(desk, person_id), desk.right()) if one.id == device_id), None)
    if device is None:
        raise JobWrongError("not_worn")
    if not jobs.locatable(device):
        raise JobWrongError("only_sends")
    _ordered(desk, person_id, device_id, jobs.order_of(order), order)


def begin_walk(desk: Desk, person_id: PersonId, rooms: list[str], seconds: int, *, by_unit: bool) -> None:
    """Begin to walk a home with the person's bracelet: heard by this console, or by the home unit. `JobWrongError`."""
    on = worn(_case(desk, person_id), desk.right())
    bracelet = next((one.id for one in on if one.kind is DeviceKind.BRACELET), None)
    if bracelet is None:
        raise JobWrongError("no_bracelet")
    named = jobs.checked_rooms(rooms, seconds)
    officer = desk.opened().package.officer
    if by_unit:
        unit = next((one.id for one in on if one.kind is DeviceKind.HOME_UNIT), None)
        if unit is None:
            raise JobWrongError("no_home_unit")
        _ordered(desk, person_id, unit, jobs.walk_order(bracelet, named, seconds, officer), "walk")
        return
    walk = Walk(number=0, transmitter_id=bracelet, rooms=named, room_ms=seconds * 1000, by=officer, begun_ms=desk.ms())
    desk.walk = Walking(act_id=desk.name(), person_id=person_id, walk=walk)


def tend_walk(desk: Desk) -> None:
    """Let time pass; a walk test that is over is written down."""
    if desk.walk is None:
        return
    desk.walk.passed(desk.ms())
    test = desk.walk.report()
    if test is None:
        return
    stamp, place, walked = desk.stamp(), desk.placed(), desk.walk
    said = Walked(
        act_id=walked.act_id,
        officer=desk.opened().package.officer,
        person_id=walked.person_id,
        test=test,
        at=stamp.at,
        monotonic_ms=stamp.monotonic_ms,
        boot=desk.identity.boot,
        gnss_at=None if place is None else place.at,
    )
    entry = _entry(desk, FieldKind.WALK, walked.act_id, walked.person_id)
    desk.write(said, replace(entry, test=test), pause=True)
    desk.walk = None


def _ordered(desk: Desk, person_id: PersonId, device_id: DeviceId, order: Order, name: str) -> None:
    stamp, place, act_id = desk.stamp(), desk.placed(), desk.name()
    wanted = Wanted(
        act_id=act_id,
        officer=desk.opened().package.officer,
        person_id=person_id,
        device_id=device_id,
        order=order,
        at=stamp.at,
        monotonic_ms=stamp.monotonic_ms,
        boot=desk.identity.boot,
        gnss_at=None if place is None else place.at,
    )
    entry = replace(_entry(desk, FieldKind.ORDER, act_id, person_id), on=device_id, order=name)
    desk.write(wanted, entry, urgent=True, pause=True)


def _entry(desk: Desk, kind: FieldKind, act_id: str, person_id: PersonId) -> JobEntry:
    return JobEntry(
        act_id=act_id,
        stage=Stage.DONE,
        kind=kind,
        person_id=person_id,
        name=desk.opened().case(person_id).person.name,
        at=desk.right(),
    )


def _case(desk: Desk, person_id: PersonId) -> Supervision:
    return desk.opened().case(person_id).supervision
