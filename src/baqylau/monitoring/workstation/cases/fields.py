"""A change as a form sends it, made fit to be saved: instants in UTC, zones repaired, every fault at its field.

Pure. What only the registers can tell, such as an end before the beginning, they tell when it is saved.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, structs

from baqylau.domain.orders import Consent, Order, Permission, PresenceRegime, Restriction, Revocation, Suspension
from baqylau.domain.people import Person
from baqylau.domain.proposals import ResumeOrder, TransferPerson
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Corridor, Polygon, Zone
from baqylau.monitoring.workstation.cases.messages import FieldFault
from baqylau.rules.places.geometry import ZoneError, repaired

_S = TypeVar("_S", bound=Struct)
_T = TypeVar("_T")

LONGEST_TEXT: Final = 1_000
MOST_POINTS: Final = 1_000
_GREATEST: Final = 10_000_000
_DAY_MIN: Final = 1_440
_MOST_DAYS: Final = 400
_YEARS: Final = range(1990, 2200)
_ID: Final = re.compile(r"[\w.:/\-]{1,64}")
_NEEDED: Final = (
    (Person, ("name",)),
    (Order, ("court", "act_number")),
    (Restriction, ("clause",)),
    (Permission, ("reason",)),
    (Consent, ("form",)),
    (Suspension, ("act", "reason")),
    (Revocation, ("act", "reason")),
    (ResumeOrder, ("act",)),
    (TransferPerson, ("district", "act")),
)


class Fields:
    """Goes through everything that a change holds, and remembers what is wrong."""

    def __init__(self) -> None:
        self.faults: list[FieldFault] = []

    def read(self, change: _S) -> _S:
        """Give the change with everything in it as it can be saved; what cannot be is left, and is a fault."""
        return self._struct(change, "")

    def _wrong(self, path: str, key: str, **params: str | float) -> None:
        self.faults.append(FieldFault(field=path, key=key, params=dict(params)))

    def _value(self, value: _T, path: str) -> _T:
        match value:
            case Circle() | Polygon() | Corridor():
                return cast("_T", self._zone(value, path))
            case Schedule():
                self._schedule(value, path)
            case Struct():
                return cast("_T", self._struct(value, path))
            case tuple():
                return cast("_T", tuple(self._value(one, f"{path}[{number}]") for number, one in enumerate(value)))
            case datetime():
                return cast("_T", self._instant(value, path))
            case str():
                self._text(value, path)
            case _:
                self._figure(value, path)
        return value

    def _struct(self, struct: _S, path: str) -> _S:
        prefix = f"{path}." if path else ""
        made: dict[str, Any] = {
            name: self._value(getattr(struct, name), f"{prefix}{name}") for name in struct.__struct_fields__
        }
        for kind, names in _NEEDED:
            for name in names if isinstance(struct, cast("type", kind)) else ():
                if not made[name].strip():
                    self._wrong(f"{prefix}{name}", "case.fault.empty")
        if isinstance(struct, PresenceRegime) and not struct.places:
            self._wrong(f"{prefix}places", "import.place_missing")
        return structs.replace(struct, **made)

    def _text(self, text: str, path: str) -> None:
        if "\0" in text or len(text) > LONGEST_TEXT:
            self._wrong(path, "case.fault.text", most=LONGEST_TEXT)
        elif path.rpartition(".")[2] in {"id", "order_id"} and text and not _ID.fullmatch(text):
            self._wrong(path, "case.fault.id")

    def _figure(self, figure: object, path: str) -> None:
        if not isinstance(figure, int | float):
            return
        if figure < 0:
            self._wrong(path, "import.negative")
        elif figure > _GREATEST:
            self._wrong(path, "case.fault.too_great", most=_GREATEST)

    def _instant(self, at: datetime, path: str) -> datetime:
        if at.tzinfo is None:
            self._wrong(path, "import.offset_missing")
        elif at.year not in _YEARS:
            self._wrong(path, "case.fault.year")
        else:
            return at.astimezone(UTC)
        return datetime(_YEARS.start, 1, 1, tzinfo=UTC)

    def _zone(self, zone: Zone, path: str) -> Zone:
        self._text(zone.name, f"{path}.name")
        if not zone.name.strip():
            self._wrong(f"{path}.name", "case.fault.empty")
        if points_of(zone) > MOST_POINTS:
            self._wrong(path, "case.fault.too_many_points", most=MOST_POINTS)
            return zone
        try:
            return repaired(zone)
        except ZoneError as wrong:
            self._wrong(path, wrong.key, **wrong.params)
            return zone

    def _schedule(self, schedule: Schedule, path: str) -> None:
        try:
            ZoneInfo(schedule.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._wrong(f"{path}.timezone", "import.unknown_timezone", timezone=schedule.timezone[:64])
        if max(len(schedule.windows), len(schedule.exceptions), len(schedule.holidays)) > _MOST_DAYS:
            self._wrong(path, "case.fault.too_many_days", most=_MOST_DAYS)
            return
        for number, window in enumerate(schedule.windows):
            self._window(window, f"{path}.windows[{number}]")
        for number, window in enumerate(schedule.holiday_windows):
            self._window(window, f"{path}.holiday_windows[{number}]")
        for number, day in enumerate(schedule.exceptions):
            for its, window in enumerate(day.windows):
                self._window(window, f"{path}.exceptions[{number}].windows[{its}]")
            if day.day in {earlier.day for earlier in schedule.exceptions[:number]}:
                self._wrong(f"{path}.exceptions[{number}].day", "case.fault.day_twice")

    def _window(self, window: Window, path: str) -> None:
        if not (0 <= window.start_min < _DAY_MIN and 0 <= window.end_min <= _DAY_MIN):
            self._wrong(path, "case.fault.minutes")
        elif window.start_min == window.end_min:
            time = f"{window.start_min // 60:02}:{window.start_min % 60:02}"
            self._wrong(path, "import.window_empty", time=time)
        if not window.weekdays or not set(window.weekdays) <= set(range(7)):
            self._wrong(f"{path}.weekdays", "case.fault.weekdays")


def points_of(zone: Zone) -> int:
    """Give how many points a zone is drawn by."""
    match zone:
        case Circle():
            return 1
        case Polygon(outline=outline, holes=holes):
            return len(outline) + sum(len(hole) for hole in holes)
        case Corridor(line=line):
            return len(line)


Fresh = Callable[[str], str]
"""Gives an id that nobody has, beginning with the letter."""


def fresh_ids(random: Callable[[int], bytes]) -> Fresh:
    """Make the giver of ids."""
    return partial(_fresh, random)


def _fresh(random: Callable[[int], bytes], letter: str) -> str:
    return f"{letter}-{random(5).hex()}"
