"""How a paper writes instants, spans, sizes and rules in its language. The texts themselves are in the catalogues."""

from datetime import date, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from babel.dates import get_day_names
from msgspec import Struct

from baqylau.domain.orders import (
    ExclusionZone,
    Identification,
    NoContact,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Route,
    Sobriety,
    Territory,
    TimedPlace,
)
from baqylau.domain.schedules import Schedule
from baqylau.locales import catalogue, text

KM = 1_000
_SECONDS_UP_TO_S = 90
_WEEK = 7
DAY_MIN = 1440
NOTHING = "–"


class Words(Struct, frozen=True, kw_only=True):
    """A language and the civil time of a place."""

    language: str
    timezone: str

    def t(self, key: str, /, **places: object) -> str:
        """Give a text of the catalogue."""
        return text(self.language, key, **places)

    def knows(self, key: str) -> bool:
        """Whether the catalogue has such a text."""
        return key in catalogue(self.language)

    def local(self, at: datetime) -> datetime:
        """Give an instant as clocks on the wall show it."""
        return at.astimezone(ZoneInfo(self.timezone))

    def date(self, day: date) -> str:
        """19 Nov 2026, or 19.11.2026."""
        return f"{day:%d %b %Y}" if self.language == "en" else f"{day:%d.%m.%Y}"

    def day(self, at: datetime) -> str:
        """Give the day of an instant."""
        return self.date(self.local(at))

    def minute(self, at: datetime) -> str:
        """Day and minute."""
        return f"{self.day(at)} {self.local(at):%H:%M}"

    def exact(self, at: datetime) -> str:
        """Day and second."""
        return f"{self.day(at)} {self.local(at):%H:%M:%S}"

    def weekday(self, index: int) -> str:
        """Short name of a day of the week, 0 is Monday."""
        return str(get_day_names("abbreviated", locale=self.language)[index])

    def zone(self, at: datetime) -> str:
        """UTC+5 (Asia/Almaty)."""
        ahead = self.local(at).utcoffset() or timedelta()
        hours, minutes = divmod(abs(int(ahead.total_seconds())) // 60, 60)
        sign = "−" if ahead < timedelta() else "+"
        return f"UTC{sign}{hours}{f':{minutes:02}' if minutes else ''} ({self.timezone})"

    def span(self, length: timedelta) -> str:
        """2 h 5 min."""
        seconds = max(0, round(length.total_seconds()))
        if seconds < _SECONDS_UP_TO_S:
            return self.t("duration.s", s=seconds)
        hours, minutes = divmod(round(seconds / 60), 60)
        if not hours:
            return self.t("duration.min", min=minutes)
        return self.t("duration.h_min", h=hours, min=minutes) if minutes else self.t("duration.h", h=hours)

    def metres(self, size_m: float) -> str:
        """12 m, 1.4 km."""
        size = abs(size_m)
        if size < KM:
            return self.t("unit.m", value=round(size))
        return self.t("unit.km", value=self.decimal(f"{size / KM:.1f}"))

    def decimal(self, figure: str) -> str:
        """Write a figure's point as the language does."""
        return figure if self.language == "en" else figure.replace(".", ",")

    def hours(self, schedule: Schedule) -> str:
        """Give weekly hours: every day 22:00-06:00, or by days."""
        said: list[str] = []
        for window in schedule.windows:
            span = {"from": _hour(window.start_min), "until": _hour(window.end_min or DAY_MIN)}
            if len(set(window.weekdays)) == _WEEK:
                said.append(self.t("hours.every_day", **span))
            else:
                said.append(self.t("hours.on_days", days=", ".join(map(self.weekday, window.weekdays)), **span))
        return ", ".join(said)

    def rule(self, restriction: Restriction) -> str:
        """Give a restriction in plain words."""
        match restriction:
            case Identification():
                return self.t("restriction.identification", **self._asked(restriction))
            case Sobriety(limit_mg_l=limit):
                return self.t("restriction.sobriety", limit=self.decimal(f"{limit:g}"), **self._asked(restriction))
            case NoContact(distance_m=distance_m):
                return self.t("restriction.no_contact", distance=self.metres(distance_m))
            case PresenceRegime(places=places, schedule=schedule):
                named = ", ".join(place.name for place in places)
                return self.t("restriction.presence", places=named, hours=self.hours(schedule))
            case ExclusionZone() | RequiredPlace() | Territory() | TimedPlace() | Route():
                return self._placed(restriction)
            case _:
                assert_never(restriction)

    def _placed(self, one: ExclusionZone | RequiredPlace | Territory | TimedPlace | Route) -> str:
        place = one.zone.name
        match one:
            case Territory():
                return self.t("restriction.territory", place=place)
            case ExclusionZone():
                if one.schedule is None:
                    return self.t("restriction.exclusion", place=place)
                return self.t("restriction.exclusion_hours", place=place, hours=self.hours(one.schedule))
            case RequiredPlace():
                return self.t("restriction.required_place", place=place, hours=self.hours(one.schedule))
            case TimedPlace():
                return self.t("restriction.timed_place", place=place, hours=self.hours(one.schedule))
            case Route():
                return self.t("restriction.route", place=place, hours=self.hours(one.schedule))
            case _:
                assert_never(one)

    def _asked(self, one: Identification | Sobriety) -> dict[str, object]:
        return {
            "hours": self.hours(one.schedule) if one.schedule.windows else self.t("restriction.any_time"),
            "random": one.random_per_day,
            "answer": round(one.answer_s / 60),
        }


def _hour(minutes: int) -> str:
    """Write an hour of the day; its end is 24:00, so that a whole day does not look like none."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
