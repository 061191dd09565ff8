"""The wearer's own places and hours, for the first warning to them and for the faster rate. Runs in MicroPython.

    kept --two places in a row surely on the wrong side--> warned (again every 15 min)
    warned --a place surely on the right side--> kept

In doubt is a place whose circle of R95 reaches over the edge, or the warning ring, and everything after one that is on
the wrong side. When something begins to be asked, a place is looked for at once, also of somebody at rest. Urgency
only: the server judges for itself, from the same places. Source: catalogue, and notes on radio and GNSS, 4.3, step 5.
"""

from baqylau.devices.tracker.hours import holds
from baqylau.devices.tracker.zones import outside_m
from baqylau.protocols.batch.civil import milliseconds_of
from baqylau.rules.gnss.plane import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Rule = dict[str, Any]
    """A restriction as the configuration says it."""

AGAIN_MS = 900_000
WRONG_PLACES = 2
_MINUTE_MS = 60_000
INSIDE, OUTSIDE, FREE = "inside", "outside", "free"
_CODES = {
    "presence": "P01",
    "exclusion": "Z01",
    "required_place": "Z04",
    "territory": "Z05",
    "timed_place": "Z06",
    "route": "Z09",
}
"""Code of the catalogue by which the wearer is warned."""


class Duty:
    """What is asked of the wearer, and how it stands."""

    FIELDS = ("rules", "permissions", "ahead_min", "language", "wrong", "warned", "doubt", "asked", "minute")

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self.rules: tuple[Rule, ...] = ()
        self.permissions: tuple[Rule, ...] = ()
        self.ahead_min: dict[str, int] = {}
        self.language = "kk"
        self.wrong: dict[str, int] = {}
        """Places in a row on the wrong side, by the restriction's id."""
        self.warned: dict[str, int] = {}
        """When the wearer was last warned (UTC), by the restriction's id; while it is not kept."""
        self.doubt = False
        self.asked: tuple[str, ...] = ()
        """What each restriction asked when it was last looked at."""
        self.minute = 0
        """When that was, in UTC; 0 when nobody looked yet."""

    def copy(self) -> "Duty":
        """Give another one that is the same."""
        other = Duty()
        for name in Duty.FIELDS:
            setattr(other, name, getattr(self, name))
        return other

    def own(self, says: "dict[str, Any]") -> None:
        """Take places and hours from a configuration."""
        watched = says.get("watched", ())
        self.rules = tuple([rule for one in watched for rule in one["restrictions"] if rule["type"] in _CODES])
        self.permissions = tuple([one for each in watched for one in each["permissions"]])
        self.ahead_min = {one["timezone"]: one["minutes"] for one in says.get("ahead", ())}
        self.language = watched[0]["language"] if watched else self.language
        known = [rule["id"] for rule in self.rules]
        self.wrong = {name: count for name, count in self.wrong.items() if name in known}
        self.warned = {name: at_ms for name, at_ms in self.warned.items() if name in known}
        self.minute = 0

    def begins(self, utc_ms: int) -> bool:
        """Tell whether something is asked now that was not asked a minute ago: whoever rests elsewhere is looked at."""
        minute, known = utc_ms // _MINUTE_MS, self.minute > 0
        if minute == self.minute:
            return False
        before = self.asked
        self.minute, self.asked = minute, tuple([self._asks(rule, utc_ms) for rule in self.rules])
        return known and bool([one for one, old in zip(self.asked, before) if one not in (FREE, old)])  # noqa: B905 - as boards have it

    def judge(self, place: Place, utc_ms: int) -> "list[str]":
        """Take a believed place; give the codes that the wearer is to be warned of now."""
        codes = []
        self.doubt, self.wrong, self.warned = False, dict(self.wrong), dict(self.warned)
        for rule in self.rules:
            side, wrong_m, ring = self._stands(rule, place, utc_ms)
            if side == FREE or wrong_m < -place.r95_m:
                self.wrong.pop(rule["id"], None)
                self.warned.pop(rule["id"], None)
                self.doubt = self.doubt or ring
            else:
                self.doubt = True
                codes += self._breached(rule, utc_ms) if wrong_m > place.r95_m else []
        return codes

    def _breached(self, rule: "Rule", utc_ms: int) -> "list[str]":
        """Count a place that is surely on the wrong side."""
        name = rule["id"]
        self.wrong[name] = self.wrong.get(name, 0) + 1
        again = utc_ms - self.warned.get(name, utc_ms - AGAIN_MS) >= AGAIN_MS
        if self.wrong[name] < WRONG_PLACES or not again:
            return []
        self.warned[name] = utc_ms
        return [_CODES[rule["type"]]]

    def _stands(self, rule: "Rule", place: Place, utc_ms: int) -> "tuple[str, float, bool]":
        """Give what is asked now, by how much the place is on the wrong side, and whether it is in a warning ring."""
        asked = self._asks(rule, utc_ms)
        if asked == FREE:
            return FREE, 0.0, False
        zones = rule["places"] if rule["type"] == "presence" else [rule["zone"]]
        outside = min([outside_m(place, zone) for zone in zones])
        if asked == INSIDE:
            return INSIDE, outside, False
        return OUTSIDE, -outside, outside - place.r95_m < float(rule.get("warning_m", 0.0))

    def _asks(self, rule: "Rule", utc_ms: int) -> str:
        """Give where the wearer has to be now by a restriction, unless they are excused."""
        return FREE if self._excused(rule, utc_ms) else _asked(rule, utc_ms, self.ahead_min)

    def _excused(self, rule: "Rule", utc_ms: int) -> bool:
        if not _between(rule, utc_ms):
            return True
        return bool(
            [one for one in self.permissions if one["restriction_id"] in (None, rule["id"]) and _between(one, utc_ms)]
        )


def _between(one: "Rule", utc_ms: int) -> bool:
    until = one["until_at"]
    return milliseconds_of(one["from_at"]) <= utc_ms and (until is None or utc_ms < milliseconds_of(until))


def _asked(rule: "Rule", utc_ms: int, ahead_min: "dict[str, int]") -> str:
    """Give where the wearer has to be now by a restriction."""
    kind, schedule = rule["type"], rule.get("schedule")
    if kind == "territory":
        return INSIDE
    within = holds(schedule, utc_ms, ahead_min)
    if kind == "exclusion":
        return OUTSIDE if within else FREE
    if kind == "timed_place":
        return FREE if within else OUTSIDE
    if kind == "required_place" and rule.get("stay_s"):
        return FREE
    return INSIDE if within else FREE
