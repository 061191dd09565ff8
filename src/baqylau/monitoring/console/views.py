"""From what the console knows to what its pages show. Everything is worked out when it is asked for."""

import base64
from collections import Counter
from datetime import datetime
from math import cos, hypot, radians

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Device
from baqylau.domain.verdicts import Compliance
from baqylau.domain.zones import Point
from baqylau.monitoring.console.checking import ENOUGH_S, Place
from baqylau.monitoring.console.desk import Desk, Entry, NoScanError, Open
from baqylau.monitoring.console.messages import (
    ConsoleCheckRow,
    ConsoleDevice,
    ConsoleFinder,
    ConsoleNear,
    ConsolePerson,
    ConsolePoint,
    ConsoleScan,
    ConsoleState,
    ConsoleVisit,
)
from baqylau.monitoring.console.nearby import Air, Strength, Trace
from baqylau.monitoring.console.prescribed import home, prescribed, worn
from baqylau.monitoring.console.trend import SHOWN_MS, smoothed, trend
from baqylau.protocols.console.words import Case
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
    """Give the round: first who is not as prescribed or unknown, then the others; each time the nearest next."""
    opened, at = desk.opened(), desk.right()
    checked = Counter(entry.person_id for entry, _ in desk.diary())
    rows = [visit(opened, case, at, desk.ms(), desk.here(), checked[case.person.id]) for case in opened.package.cases]
    first = [one for one in rows if one.compliance in {Compliance.NOT_AS_PRESCRIBED, Compliance.UNKNOWN}]
    rest = [one for one in rows if one not in first]
    places = {case.person.id: home(case.supervision) for case in opened.package.cases}
    place = desk.here()
    here = None if place is None else Point(place.latitude_deg, place.longitude_deg)
    begun, ends = _round(first, places, here)
    return (*begun, *_round(rest, places, ends)[0])


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


def visit(opened: Open, case: Case, at: datetime, ms: int, place: Place | None, checked: int) -> ConsoleVisit:
    """Give one person as the lists show them."""
    compliance, duty, where, until_at = standing(case, at)
    devices = {one.id for one in worn(case.supervision, at)}
    levels = [one.level_dbm for one in opened.air.near(ms) if one.device_id in devices]
    here = None if place is None else Point(place.latitude_deg, place.longitude_deg)
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
        away_m=distance_m(here, home(case.supervision)),
        checked=checked,
    )


def person(desk: Desk, person_id: PersonId) -> ConsolePerson:
    """Give one person's page."""
    opened, at = desk.opened(), desk.right()
    case = opened.case(person_id)
    rows = tuple(_row(entry, sent=sent) for entry, sent in desk.diary() if entry.person_id == person_id)
    return ConsolePerson(
        visit=visit(opened, case, at, desk.ms(), desk.here(), len(rows)),
        prescribed=prescribed(case.supervision, at),
        devices=tuple(_device(one, opened.air, at, desk.ms()) for one in worn(case.supervision, at)),
        checks=rows,
        known_at=opened.package.issued_at,
        since=case.since,
        photo=f"data:image/jpeg;base64,{base64.b64encode(case.photo).decode()}" if case.photo else "",
    )


def _row(entry: Entry, *, sent: bool) -> ConsoleCheckRow:
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
    return tuple(_row(entry, sent=sent) for entry, sent in desk.diary())


def _device(device: Device, air: Air, at: datetime, ms: int) -> ConsoleDevice:
    trace = air.traces.get(device.id)
    return ConsoleDevice(id=device.id, kind=device.kind) if trace is None else heard_device(device, trace, at, ms)


def heard_device(device: Device, trace: Trace, at: datetime, ms: int) -> ConsoleDevice:
    """Give a device with what it said of itself."""
    told = trace.told
    return ConsoleDevice(
        id=device.id,
        kind=device.kind,
        level_dbm=trace.level_dbm,
        heard_at=_before(at, ms - trace.ms),
        strap_open="strap" in told.now,
        case_open="case" in told.now,
        off_body="off_body" in told.now,
        battery_percent=told.battery_percent,
    )


def _before(at: datetime, ms: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() - ms / 1000, at.tzinfo)


def finder(desk: Desk, person_id: PersonId) -> ConsoleFinder:
    """Give the finder's picture of one person's bracelet."""
    opened, at, ms = desk.opened(), desk.right(), desk.ms()
    case = opened.case(person_id)
    heard = [(one, opened.air.traces[one.id]) for one in worn(case.supervision, at) if one.id in opened.air.traces]
    device, trace = max(heard, key=lambda pair: pair[1].ms, default=(None, None))
    strengths = [] if trace is None else list(trace.strengths)
    seen = trend(strengths, ms)
    return ConsoleFinder(
        person_id=person_id,
        name=case.person.name,
        device=None if device is None or trace is None else heard_device(device, trace, at, ms),
        direction=seen.direction,
        level_dbm=seen.level_dbm,
        change_db=seen.change_db,
        tone_hz=seen.tone_hz,
        points=_points(strengths, ms),
        line=_points(smoothed(strengths), ms),
    )


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
