"""What the pages show of work on devices, orders and walk tests."""

from datetime import timedelta
from statistics import median

from baqylau.domain.field import FieldKind, FieldState
from baqylau.domain.ids import PersonId
from baqylau.domain.people import DeviceKind
from baqylau.monitoring.console import acting
from baqylau.monitoring.console.desk import Desk
from baqylau.monitoring.console.device_views import device
from baqylau.monitoring.console.jobs import WORK_MINUTES, JobEntry
from baqylau.monitoring.console.messages import ConsoleJob, ConsoleWalk, ConsoleWork
from baqylau.monitoring.console.prescribed import worn


def jobs_of(desk: Desk) -> tuple[ConsoleJob, ...]:
    """Give the acts of the day, newest first, and what became of each."""
    return tuple(job(desk, entry, sent=sent) for entry, sent in desk.diary() if isinstance(entry, JobEntry))


def job(desk: Desk, entry: JobEntry, *, sent: bool) -> ConsoleJob:
    """Give one act."""
    settled = desk.opened().told.get((entry.act_id, entry.stage))
    return ConsoleJob(
        act_id=entry.act_id,
        stage=entry.stage,
        kind=entry.kind,
        person_id=entry.person_id,
        name=entry.name,
        off=entry.off,
        on=entry.on,
        order=entry.order,
        reason=entry.reason,
        at=entry.at,
        sent=sent,
        state=FieldState.WAITING if settled is None else settled.state,
        refusal=None if settled is None else settled.refusal,
        command="" if settled is None else settled.command,
        test=entry.test,
    )


def refused(desk: Desk) -> int:
    """Count the acts that the server did not take over. Not a use of the console."""
    opened = desk.peek()
    if opened is None:
        return 0
    known = {(one.act_id, one.stage) for one in opened.jobs}
    return sum(one.state is FieldState.REFUSED for key, one in opened.told.items() if key in known)


def work(desk: Desk, person_id: PersonId) -> ConsoleWork:
    """Give what may be done on a person's devices."""
    opened, at = desk.opened(), desk.right()
    case = opened.case(person_id)
    on, going = worn(case.supervision, at), acting.running(desk)
    elsewhere = {one.id for each in opened.package.cases for one in worn(each.supervision, at)}
    mine = tuple(one for one in jobs_of(desk) if one.person_id == person_id)
    walked = next((one.test for one in mine if one.kind is FieldKind.WALK and one.test is not None), None)
    return ConsoleWork(
        person_id=person_id,
        name=case.person.name,
        worn=tuple(device(one, opened.air, at, desk.ms()) for one in on),
        spares=tuple(
            device(one, opened.air, at, desk.ms()) for one in opened.package.spares if one.id not in elsewhere
        ),
        running=None if going is None else job(desk, going, sent=False),
        rests_until=None if going is None else going.at + timedelta(minutes=WORK_MINUTES),
        jobs=mine,
        rooms=() if walked is None else tuple(dict.fromkeys(one.name for one in walked.rooms)),
        home_unit=any(one.kind is DeviceKind.HOME_UNIT for one in on),
        walkable=any(one.kind is DeviceKind.BRACELET for one in on),
    )


def walk(desk: Desk) -> ConsoleWalk | None:
    """Give the walk test under way; None where there is none."""
    acting.tend_walk(desk)
    walking = desk.walk
    if walking is None:
        return None
    own = walking.walk
    heard = [one.rssi_dbm for one in own.steps if one.room == own.room]
    return ConsoleWalk(
        person_id=walking.person_id,
        name=desk.opened().case(walking.person_id).person.name,
        rooms=own.rooms,
        room=own.room,
        left_s=max((own.begun_ms + own.room_ms - desk.ms()) / 1000, 0.0),
        frames=len(heard),
        level_dbm=median(heard) if heard else None,
    )
