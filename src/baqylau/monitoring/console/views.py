"""From what the console knows to what its pages show. Everything is worked out when it is asked for."""

import base64
from collections import Counter
from datetime import datetime
from math import cos, hypot, radians

from baqylau.domain.field import Stage
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.verdicts import Compliance
from baqylau.domain.zones import Point
from baqylau.monitoring.console import acting
from baqylau.monitoring.console.checking import ENOUGH_S, Place
from baqylau.monitoring.console.desk import Desk, NoScanError, Open
from baqylau.monitoring.console.device_views import device, heard_device
from baqylau.monitoring.console.jobs import CheckEntry
from baqylau.monitoring.console.messages import (
    ConsoleCheckRow,
    ConsoleFinder,
    ConsoleNear,
    ConsoleNow,
    ConsolePerson,
    ConsolePoint,
    ConsoleScan,
    ConsoleSpot,
    ConsoleState,
    ConsoleVisit,
)
from baqylau.monitoring.console.nearby import Strength, Trace
from baqylau.monitoring.console.prescribed import home, on_the_body, prescribed, worn
from baqylau.monitoring.console.trend import LOST_MS, SHOWN_MS, smoothed, trend
from baqylau.monitoring.console.work_views import jobs_of, refused
from baqylau.protocols.console.words import Case, Spot
from baqylau.rules.spans import Duty

HEARS_MS = 90_000
METRES_A_DEGREE = 111_320.0


def state(desk: Desk) -> ConsoleState:
    """Give the bar of every page, and who is near."""
    opened, ms, left = desk.peek(), desk.ms(), desk.left()
    air, place = desk.air, desk.here()
    wiped = desk.store.held("wiped")
    return ConsoleState(
        device_id=desk.identity.device_id,
        locked=desk.locked,
        officer="" if opened is None else opened.package.officer_name,
        language=None if opened is None else opened.package.language,
        timezone="Asia/Almaty" if opened is None else opened.package.timezone,
        at=desk.right(),
        ahead_s=round(desk.ahead_s(), 1),
        online=desk.sync.online,
        synced_at=desk.sync.synced_at,
        left_s=None if left is None else max(left.total_seconds(), 0.0),
        unsent=desk.store.waiting(),
        wiped="" if wiped is None else wiped.decode(),
        hears=air.heard_ms is not None and ms - air.heard_ms <= HEARS_MS,
        accuracy_m=None if place is None else place.accuracy_m,
        cases=0 if opened is None else len(opened.package.cases),
        working=None if opened is None or (job := acting.running(desk)) is None else job.person_id,
        walking=None if desk.walk is None else desk.walk.person_id,
        refused=0 if opened is None else refused(desk),
        near=() if opened is None else near(opened, desk.right(), ms),
        others=0 if opened is None else air.others(ms),
    )


def near(opened: Open, at: datetime, ms: int) -> tuple[ConsoleNear, ...]:
    """Give who of the officer's own people is heard, strongest first."""
    found: list[ConsoleNear] = []
    for trace in opened.air.near(ms):
        for case in opened.package.cases:
            device = next((one for one in worn(case.supervision, at) if one.id == trace.device_id), None)
            if device is not None:
                compliance, duty, place, _ = standing(case, at)
                found.append(
                    ConsoleNear(
                        person_id=case.person.id,
                        name=case.person.name,
                        device_id=trace.device_id,
                        device_kind=device.kind,
                        compliance=compliance,
                        duty=duty,
                        place=place,
                        level_dbm=trace.level_dbm,
                        age_s=(ms - trace.ms) / 1000,
                    )
                )
    return tuple(found)


def standing(case: Case, at: datetime) -> tuple[Compliance, Duty, str, datetime | None]:
    """Give what is due now, and how the person stood when the package was made."""
    first = next(iter(prescribed(case.supervision, at)), None)
    if first is None or first.duty is Duty.FREE:
        return Compliance.FREE, Duty.FREE, "", None if first is None else first.until_at
    if first.duty is Duty.EXCUSED:
        return Compliance.EXCUSED, Duty.EXCUSED, first.place, first.until_at
    known = case.compliance if case.compliance in {Compliance.AS_PRESCRIBED, Compliance.NOT_AS_PRESCRIBED} else None
    return known or Compliance.UNKNOWN, Duty.DUE, first.place, first.until_at


def visits(desk: Desk) -> tuple[ConsoleVisit, ...]:
    """Give the round: who is not as prescribed or unknown, the others, who was visited; each time the nearest next."""
    opened, ends = desk.opened(), _point(desk.here())
    done = Counter(entry.person_id for entry, _ in desk.diary() if isinstance(entry, CheckEntry))
    rows = [visit(desk, case, done[case.person.id]) for case in opened.package.cases]
    places = {case.person.id: home(case.supervision) for case in opened.package.cases}
    order = list[ConsoleVisit]()
    for urgency in range(3):
        walked, ends = _round([one for one in rows if _urgency(one) == urgency], places, ends)
        order += walked
    return tuple(order)


def _urgency(one: ConsoleVisit) -> int:
    if one.done:
        return 2
    return 0 if one.compliance in {Compliance.NOT_AS_PRESCRIBED, Compliance.UNKNOWN} else 1


def _point(place: Place | None) -> Point | None:
    return None if place is None else Point(place.latitude_deg, place.longitude_deg)


def _round(
    rows: list[ConsoleVisit], places: dict[PersonId, Point | None], here: Point | None
) -> tuple[list[ConsoleVisit], Point | None]:
    """Go from one place to the nearest next; who has no known place comes at the end."""
    left, walked = list(rows), list[ConsoleVisit]()
    while left:
        at = here
        left.sort(key=lambda one: (_away(at, places[one.person_id]), one.name))
        walked.append(left.pop(0))
        here = places[walked[-1].person_id] or here
    return walked, here


def _away(here: Point | None, there: Point | None) -> float:
    metres = distance_m(here, there)
    return float("inf") if metres is None else metres


def distance_m(here: Point | None, there: Point | None) -> float | None:
    """Give how far two places are apart, on a plane: the officer's town is small."""
    if here is None or there is None:
        return None
    north = (there.latitude_deg - here.latitude_deg) * METRES_A_DEGREE
    east = (there.longitude_deg - here.longitude_deg) * METRES_A_DEGREE * cos(radians(here.latitude_deg))
    return hypot(north, east)


def visit(desk: Desk, case: Case, checked: int) -> ConsoleVisit:
    """Give one person as the lists show them."""
    opened, at = desk.opened(), desk.right()
    compliance, duty, where, until_at = standing(case, at)
    devices = {one.id for one in on_the_body(case.supervision, at)}
    levels = [one.level_dbm for one in opened.air.near(desk.ms()) if one.device_id in devices]
    return ConsoleVisit(
        person_id=case.person.id,
        name=case.person.name,
        address=case.person.address,
        phone=case.person.phone,
        compliance=compliance,
        duty=duty,
        place=where,
        until_at=until_at,
        heard_at=case.heard_at,
        open_alarms=case.open_alarms,
        near_dbm=max(levels, default=None),
        away_m=distance_m(_point(desk.here()), home(case.supervision)),
        checked=checked,
        photo=picture(case),
        done=checked > 0 or any(job.person_id == case.person.id and job.stage is Stage.DONE for job in opened.jobs),
    )


def picture(case: Case) -> str:
    """Give the data address of a picture; empty where there is none."""
    return f"data:image/jpeg;base64,{base64.b64encode(case.photo).decode()}" if case.photo else ""


def person(desk: Desk, person_id: PersonId) -> ConsolePerson:
    """Give one person's page. While it is open the server is asked how they stand."""
    desk.shown(person_id)
    opened, at = desk.opened(), desk.right()
    case = opened.case(person_id)
    rows = tuple(one for one in checks(desk) if one.person_id == person_id)
    return ConsolePerson(
        visit=visit(desk, case, len(rows)),
        prescribed=prescribed(case.supervision, at),
        devices=tuple(device(one, opened.air, at, desk.ms()) for one in worn(case.supervision, at)),
        checks=rows,
        now=_now(desk, case),
        jobs=tuple(one for one in jobs_of(desk) if one.person_id == person_id),
        known_at=opened.package.issued_at,
        since=case.since,
    )


def _now(desk: Desk, case: Case) -> ConsoleNow:
    opened = desk.opened()
    known = opened.people.get(case.person.id)
    if known is None:
        return ConsoleNow(
            at=opened.package.issued_at,
            compliance=case.compliance,
            since=case.since,
            heard_at=case.heard_at,
            battery_percent=case.battery_percent,
            spot=None,
            walk=None,
            walk_at=None,
        )
    return ConsoleNow(
        at=known.at,
        compliance=known.now.compliance,
        since=known.now.since,
        heard_at=known.now.heard_at,
        battery_percent=known.now.battery_percent,
        spot=None if known.now.spot is None else _spot(desk, known.now.spot),
        walk=known.now.walk,
        walk_at=known.now.walk_at,
    )


def _spot(desk: Desk, spot: Spot) -> ConsoleSpot:
    there = Point(spot.latitude_deg, spot.longitude_deg)
    return ConsoleSpot(
        latitude_deg=spot.latitude_deg,
        longitude_deg=spot.longitude_deg,
        accuracy_m=spot.accuracy_m,
        at=spot.at,
        away_m=distance_m(_point(desk.here()), there),
    )


def _row(entry: CheckEntry, *, sent: bool) -> ConsoleCheckRow:
    return ConsoleCheckRow(
        check_id=entry.check_id,
        person_id=entry.person_id,
        name=entry.name,
        at=entry.at,
        heard=entry.heard,
        level_dbm=entry.level_dbm,
        sent=sent,
        note=entry.note,
        explanation=entry.explanation,
        photo=entry.photo,
    )


def checks(desk: Desk) -> tuple[ConsoleCheckRow, ...]:
    """Give the checks of the day."""
    return tuple(_row(entry, sent=sent) for entry, sent in desk.diary() if isinstance(entry, CheckEntry))


def finder(desk: Desk, person_id: PersonId) -> ConsoleFinder:
    """Give the finder's picture of one person's bracelet."""
    opened, at, ms = desk.opened(), desk.right(), desk.ms()
    case = opened.case(person_id)
    theirs, traces = on_the_body(case.supervision, at), opened.air.traces
    heard = [(one, traces[one.id]) for one in theirs if one.id in traces]
    device, trace = max(heard, key=lambda pair: _sought(pair[0], pair[1], ms), default=(None, None))
    strengths = [] if trace is None else list(trace.strengths)
    seen = trend(strengths, ms)
    return ConsoleFinder(
        person_id=person_id,
        name=case.person.name,
        photo=picture(case),
        device=None if device is None or trace is None else heard_device(device, trace, at, ms),
        direction=seen.direction,
        level_dbm=seen.level_dbm,
        change_db=seen.change_db,
        span_s=seen.span_s,
        tone_hz=seen.tone_hz,
        points=_points(strengths, ms),
        line=_points(smoothed(strengths), ms),
    )


def _sought(device: Device, trace: Trace, ms: int) -> tuple[bool, bool, int]:
    """Give what is followed first: whatever is heard at all, of that the bracelet. Two ways at once would be none."""
    return ms - trace.ms < LOST_MS, device.kind is DeviceKind.BRACELET, trace.ms


def _points(strengths: list[Strength], ms: int) -> tuple[ConsolePoint, ...]:
    return tuple(ConsolePoint((ms - one.ms) / 1000, one.dbm) for one in strengths if ms - one.ms <= SHOWN_MS)


def scan(desk: Desk) -> ConsoleScan:
    """Give the check under way; `NoScanError`."""
    opened, running, ms = desk.opened(), desk.scan, desk.ms()
    if running is None:
        raise NoScanError
    case, at, place = opened.case(running.person_id), desk.right(), desk.here()
    trace = opened.air.traces.get(DeviceId(running.transmitter_id))
    strengths = running.heard(opened.air, ms)
    device = next((one for one in worn(case.supervision, at) if one.id == running.transmitter_id), None)
    shown = device is not None and trace is not None and bool(strengths)
    return ConsoleScan(
        check_id=running.check_id,
        person_id=running.person_id,
        name=case.person.name,
        listened_s=(ms - running.begun_ms) / 1000,
        enough_s=ENOUGH_S,
        frames=len(strengths),
        level_dbm=trace.level_dbm if trace is not None and strengths else None,
        others=opened.air.others(ms, max(ms - running.begun_ms, 1)),
        accuracy_m=None if place is None else place.accuracy_m,
        device=heard_device(device, trace, at, ms) if shown and device is not None and trace is not None else None,
    )
