"""Hand-over between the unit at home and the unit that is carried: thousands of door-steps, and nobody is absent.

Somebody may go out at certain times only, and does: each time the carried unit takes the bracelet over from the unit at
home, and gives it back. At home the carried unit lies on its charger, perhaps behind walls through which it hears
nothing. Duty begins again with the permitted time's end, minutes after the return, and ends minutes before the leaving.
"""

from datetime import datetime, timedelta
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code
from baqylau.domain.ids import PermissionId
from baqylau.domain.observations import Heard, Motion, Power, ReceiverHealth
from baqylau.domain.orders import Permission
from baqylau.domain.people import DeviceKind
from tests.quality.case import Case, case
from tests.quality.judging import judge
from tests.quality.radio import (
    BRACELET,
    INTERVAL_S,
    MOBILE,
    NEVER_S,
    SENSITIVITY_DBM,
    good_home,
    listen,
)
from tests.quality.telling import AT_HOME, HOME_M, OUTDOORS, Day, round_zone
from tests.unit.rules.stories import at, nightly, permission, presence

ABSENCES = frozenset(
    {
        Code.NOT_AT_HOME,
        Code.LATE_RETURN,
        Code.LEFT_EARLY,
        Code.OUT_WHOLE_PERIOD,
        Code.SEPARATION,
    }
)
WORN_DBM, SPREAD_DB = -62.0, 6.0
"""How strong the carried unit hears the bracelet on the same body."""
POSTURES_S, HIDDEN_SHARE, HIDDEN_DB = 480, 0.02, (12.0, 30.0)
WALLS_DB = (0.0, 12.0, 60.0)
"""Between the charger and the person at home: beside it, next room, another floor."""
DOOR = timedelta(minutes=10)
"""Before and after a door-step in which one unit hands over to the other."""
PERMITTED_S = 180
"""The permitted time begins so long before the leaving and ends so long after the return."""


class Handovers(Struct, frozen=True, kw_only=True):
    """What came of some lives."""

    times: int
    absences: int
    """Absences and separations that are said to have begun at a door-step."""
    besides: int
    """Alarms of the first priority, absences among them, from the middle of a stay: what one unit at home misses."""
    wrong: tuple[str, ...]


def handovers(lives: int, trips: int) -> Handovers:
    """Let so many people go out so often. The seed of each is its number."""
    absences, besides, wrong = 0, 0, list[str]()
    for number in range(lives):
        life = life_with_trips(Random(f"hand-over {number}"), trips)  # noqa: S311 - an invented life
        for one in judge(life):
            if one.code not in ABSENCES and EVENTS[one.code].priority != 1:
                continue
            at_the_door = one.code in ABSENCES and _at_the_door(life, one.since or one.at)
            absences += at_the_door
            besides += not at_the_door
            wrong.append(f"life {number}: {one.code} {one.at}")
    return Handovers(times=2 * lives * trips, absences=absences, besides=besides, wrong=tuple(wrong))


def _at_the_door(life: Case, since: datetime) -> bool:
    """Whether something began about when somebody went out or came back."""
    margin = timedelta(seconds=PERMITTED_S)
    steps = [at for one in life.prescribed.permissions for at in (one.from_at + margin, one.until_at - margin)]
    return any(abs(since - at) <= DOOR for at in steps)


def life_with_trips(random: Random, trips: int) -> Case:
    """Give somebody who goes out so often, with two hand-overs each time."""
    day = Day(random, at("06:00"), every_s=60.0, tracked=False, rich=True)
    day.device, day.tracked, day.receiver = day.fit(MOBILE, DeviceKind.MOBILE_UNIT), True, OUTDOORS
    outings, permitted = list[tuple[float, float]](), list[Permission]()
    day.say(Power(external=True))
    for number in range(trips):
        day.stay(random.uniform(20, 45))
        left_at = day.now
        day.say(Power(external=False))
        day.go((random.choice((-1, 1)) * random.uniform(150, 1200), random.uniform(-600, 600)), random.uniform(1.2, 8))
        day.stay(random.uniform(5, 30))
        day.go(AT_HOME, random.uniform(1.2, 8))
        outings.append(((left_at - day.begun_at).total_seconds(), (day.now - day.begun_at).total_seconds()))
        day.say(Power(external=True))
        margin = timedelta(seconds=PERMITTED_S)
        granted = permission(left_at - margin, day.now + margin)
        permitted.append(replace(granted, id=PermissionId(f"permission-{number}")))
    day.stay(40)
    _carried(day, outings)
    listen(day, good_home(random))
    regime = presence(schedule=nightly("00:00", "00:00"), places=(round_zone("Home", AT_HOME, HOME_M),))
    return case(day, regime, permissions=tuple(permitted), may=[Code.GAPS_FREQUENT])


def _carried(day: Day, outings: list[tuple[float, float]]) -> None:
    """Let the carried unit tell each minute what it heard of the bracelet: on the body, or from its charger."""
    day.fit(BRACELET, DeviceKind.BRACELET, NEVER_S)
    random, hidden_db, walls_db = day.random, 0.0, _walls_db(day.random)
    out_before = False
    for minute in range(int((day.now - day.begun_at).total_seconds() // INTERVAL_S)):
        since_s = minute * INTERVAL_S + 30.0
        out = any(left_s <= since_s < back_s for left_s, back_s in outings)
        if out != out_before:
            walls_db, out_before = _walls_db(random), out
        if since_s % POSTURES_S < INTERVAL_S:
            hidden_db = random.uniform(*HIDDEN_DB) if random.random() < HIDDEN_SHARE else 0.0
        level_dbm = WORN_DBM - hidden_db - (0.0 if out else walls_db)
        levels = [one for _ in range(6) if (one := random.gauss(level_dbm, SPREAD_DB)) > SENSITIVITY_DBM]
        when = day.begun_at + timedelta(seconds=since_s)
        day.tell(when, day.device, ReceiverHealth(working=True, frames=len(levels), noise_dbm=-104.0))
        if levels:
            heard = Heard(
                receiver_id=day.device, rssi_dbm=round(sorted(levels)[len(levels) // 2], 1), frames=len(levels)
            )
            day.tell(when, BRACELET, heard, *day.bracelet_at(when), Motion(moving=day.moving_at(when)))


def _walls_db(random: Random) -> float:
    """Give what lies between the charger and the person this time."""
    return random.choice(WALLS_DB)
