"""Checks of the person as a fold goes on: which are open, what their facts and the time come to."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from baqylau.domain.checks import Asked, Calibrated, CheckKind, Likely
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import CheckId, DeviceId, SubjectId
from baqylau.domain.observations import Observation
from baqylau.domain.people import DeviceKind
from baqylau.rules.checks import calibration, identification, sobriety
from baqylau.rules.checks import case as cases
from baqylau.rules.checks.calibration import Sensor
from baqylau.rules.checks.case import Case, OfCase
from baqylau.rules.checks.ruling import Ruling, finding
from baqylau.rules.explanation import Account
from baqylau.rules.finding import Author
from baqylau.rules.plan import Plan
from baqylau.rules.settings import CASE_KEPT_S, CASE_WAITS_S
from baqylau.rules.spans import ALWAYS

_KEPT: Final = timedelta(seconds=CASE_KEPT_S)
_WAITS: Final = timedelta(seconds=CASE_WAITS_S)
_TO_LOOK_AT: Final = frozenset({*identification.DOUBTS, Code.BREATH_WRONG_PERSON})
_VERSIONS: Final = {
    identification.NAME: identification.VERSION,
    sobriety.NAME: sobriety.VERSION,
    calibration.NAME: calibration.VERSION,
}

_Found = tuple[Finding, ...]


class Checking:
    """The part of a fold that knows of checks."""

    __slots__ = ("_cases", "_plan", "_sensors", "_wake")

    def __init__(self, plan: Plan, cases: Mapping[CheckId, Case], sensors: Mapping[DeviceId, Sensor]) -> None:
        self._plan, self._cases, self._sensors = plan, dict(cases), dict(sensors)
        self._wake: datetime | None = None
        """When time next finds something; None when it has to be worked out again."""

    def kept(self) -> tuple[dict[CheckId, Case], dict[DeviceId, Sensor]]:
        """Give what is carried on: checks, and the calibrations of sensors."""
        return self._cases, self._sensors

    def hear(self, observation: Observation, at: datetime, blind_until: datetime | None) -> _Found:
        """Take what an observation says of checks."""
        found: _Found = ()
        for body in observation.bodies:
            said = cases.of_case(body)
            if said is not None:
                self._take(said, observation, at, blind_until)
                found += self._judged(said.check_id, at) + self._followers(said.check_id, at)
            elif isinstance(body, Calibrated):
                unit = observation.device_id
                self._sensors[unit] = calibration.told(self._sensors.get(unit), observation.id, body)
                found += self._worn_out(unit, at)
        self._wake = None
        return found

    def _take(self, said: OfCase, observation: Observation, at: datetime, blind_until: datetime | None) -> None:
        case = self._cases.get(said.check_id, Case())
        case = cases.told(case, observation.device_id, at, observation.id, said)
        if isinstance(said, Asked) and blind_until is not None and at < blind_until:
            case = replace(case, unheard=blind_until - at)
        self._cases[said.check_id] = case
        self._forget(at)

    def _followers(self, check_id: CheckId, at: datetime) -> _Found:
        """Judge the second tests that follow a first one."""
        found: _Found = ()
        for other, case in tuple(self._cases.items()):
            if case.asked is not None and case.asked.after == check_id:
                found += self._judged(other, at)
        return found

    def tick(self, at: datetime) -> _Found:
        """Take the passing of time."""
        self._wake = None
        found: _Found = ()
        if not self._plan.ordered(at):
            self._cases = {}
        for check_id in tuple(self._cases):
            found += self._judged(check_id, at)
        for unit in tuple(self._sensors):
            if self._plan.worn(unit, at):
                found += self._worn_out(unit, at)
            else:
                del self._sensors[unit]
        return found

    def blinded(self, gap: timedelta) -> None:
        """Take it that we did not listen for `gap` more."""
        self._wake = None
        self._cases = {
            check_id: case if cases.over(case) else replace(case, unheard=case.unheard + gap)
            for check_id, case in self._cases.items()
        }

    def wake_at(self, ticked_at: datetime | None) -> datetime:
        """Give when time alone next finds something, or `ALWAYS`. Nothing is found while no order is in force."""
        if self._wake is None:
            self._wake = min(self._wakes(ticked_at), default=ALWAYS)
        return self._wake

    def _wakes(self, ticked_at: datetime | None) -> Iterator[datetime]:
        for case in self._cases.values():
            wakes = sobriety.wakes(case) if cases.kind_of(case) is CheckKind.BREATH else identification.wakes(case)
            yield from (wake for wake in wakes if ticked_at is None or wake > ticked_at)
        for sensor in self._sensors.values():
            yield from (wake for wake in calibration.wakes(sensor) if ticked_at is None or wake > ticked_at)

    def _judged(self, check_id: CheckId, at: datetime) -> _Found:
        """Give what a check newly comes to."""
        case, fresh = self._cases[check_id], []
        if case.asked is None:
            return ()
        author = author_of(self._plan, case.unit_id, rule_of(case.asked.kind))
        for ruling in self._rulings(case, at):
            if _name(ruling) not in case.found:
                one = finding(author, case, ruling, at=at)
                case = replace(case, found=case.found | {_name(ruling): one.id})
                fresh.append(one)
        self._cases[check_id] = case
        return tuple(fresh)

    def _rulings(self, case: Case, at: datetime) -> tuple[Ruling, ...]:
        if cases.kind_of(case) is CheckKind.BREATH:
            return tuple(sobriety.found(case, self._cases, at))
        return tuple(identification.found(case, at))

    def _worn_out(self, unit: DeviceId, at: datetime) -> _Found:
        author = author_of(self._plan, unit, calibration.NAME)
        self._sensors[unit], found = calibration.found(author, self._sensors[unit], at)
        return found

    def _forget(self, at: datetime) -> None:
        """Let go of what is old; a check that somebody has to look at is remembered longer."""
        for check_id, case in tuple(self._cases.items()):
            begun_at = case.asked_at or case.begun_at or at
            kept = _KEPT if _TO_LOOK_AT.isdisjoint(case.found) or _settled(case) else _WAITS
            if begun_at + kept < at:
                del self._cases[check_id]


def _settled(case: Case) -> bool:
    return case.decided is not None and case.decided.outcome in {Likely.MATCH, Likely.NO_MATCH}


def _name(ruling: Ruling) -> str:
    """Give by what a ruling is told from another: what ends two findings is two."""
    return f"{ruling.code.value}/{ruling.ends}" if ruling.ends is not None else ruling.code.value


def rule_of(kind: CheckKind) -> str:
    """Give the name of the rule that judges a kind of check."""
    return sobriety.NAME if kind is CheckKind.BREATH else identification.NAME


def author_of(plan: Plan, unit: DeviceId, rule: str) -> Author:
    """Give who speaks of a unit's checks."""
    device = plan.devices.get(unit)
    return Author(
        rule=rule,
        rule_version=_VERSIONS[rule],
        person_id=plan.supervision.person_id,
        subject=SubjectId(unit),
        maintained=device.maintained if device is not None else (),
    )


def explain(
    plan: Plan, unit: DeviceId, checks: Mapping[CheckId, Case], sensors: Mapping[DeviceId, Sensor]
) -> Iterator[Account]:
    """Say of a unit what its last check, and its sensor, still lack to be an alarm."""
    kind = plan.devices[unit].device.kind
    own = [case for case in checks.values() if case.unit_id == unit and case.asked_at is not None]
    last = max(own, key=lambda case: (case.asked_at, case.asked_id), default=None)
    if kind is DeviceKind.AV_UNIT:
        yield identification.explain(author_of(plan, unit, identification.NAME), last)
    elif kind is DeviceKind.BREATH_UNIT:
        yield sobriety.explain(author_of(plan, unit, sobriety.NAME), last)
        yield calibration.explain(author_of(plan, unit, calibration.NAME), sensors.get(unit))
