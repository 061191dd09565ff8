"""Families about two people who must not meet, and about the unit that somebody carries."""

from datetime import datetime, timedelta
from math import hypot
from random import Random

from baqylau.domain.findings import Code
from baqylau.domain.ids import ConsentId, ObservationId, PersonId, RestrictionId
from baqylau.domain.observations import Fix, Nearness, Observation, Panic, Power
from baqylau.domain.orders import Consent, NoContact
from baqylau.domain.partitions import nearness_of
from baqylau.domain.people import DeviceKind
from tests.quality.case import AT_ONCE_S, Case, case, family, truth
from tests.quality.families_home import curfew
from tests.quality.families_zones import afternoon
from tests.quality.radio import BRACELET, MOBILE, carried, good_home, listen
from tests.quality.telling import AT_HOME, OUTDOORS, Day, Place
from tests.unit.rules.stories import ORDER, ORDER_FROM, PERSON, at

OTHER = PersonId("person-2")
OTHERS_HOME: Place = (2400.0, 300.0)
APART_M = 500.0
ACCURACY_M = 15.0
"""Of both positions together."""


def keep_away(distance_m: float, *, protected: bool = False) -> NoContact:
    """Do not come near the other."""
    return NoContact(
        id=RestrictionId("contact-1"),
        order_id=ORDER,
        version=1,
        clause="no contact",
        from_at=ORDER_FROM,
        other_id=OTHER,
        distance_m=distance_m,
        protected=protected,
    )


def _agreed(until_at: datetime | None = None) -> Consent:
    return Consent(id=ConsentId("consent-1"), person_id=OTHER, from_at=ORDER_FROM, until_at=until_at, form="No 1")


def _together(day: Day, others: Place) -> None:
    """Tell how far the other, who stays at a place, was at each fix, as the server works it out."""
    for one in [one for one in day.said if isinstance(one.bodies[0], Fix)]:
        day.tell(one.observed_at, nearness_of(PERSON), _near(day, one, others))


def _near(day: Day, one: Observation, others: Place) -> Nearness:
    here = day.place_at(one.observed_at)
    distance_m = hypot(here[0] - others[0], here[1] - others[1]) + day.random.gauss(0.0, 4.0)
    theirs = ObservationId("0" * 32)
    return Nearness(other_id=OTHER, distance_m=abs(distance_m), accuracy_m=ACCURACY_M, because=(one.id, theirs))


def _nearer_than(day: Day, metres: float, others: Place) -> datetime:
    return day.first(lambda here: hypot(here[0] - others[0], here[1] - others[1]) < metres)


@family
def passes_the_other_at_a_distance(random: Random) -> Case:
    """The other sits in a park two streets away."""
    day = afternoon(random)
    day.stay(20)
    beside = OTHERS_HOME[1] + 320.0
    day.go((2400.0, beside))
    day.go(AT_HOME)
    _together(day, OTHERS_HOME)
    return case(day, keep_away(100.0))


@family
def meets_the_other(random: Random) -> Case:
    """Two supervised people who must not meet sit together."""
    day = afternoon(random)
    day.stay(20)
    day.go(OTHERS_HOME)
    day.stay(random.uniform(8, 40))
    day.go(AT_HOME)
    day.stay(20)
    _together(day, OTHERS_HOME)
    return case(day, keep_away(100.0), truths=[truth(Code.MEETING, _nearer_than(day, 100.0, OTHERS_HOME), 240)])


@family
def approaches_the_protected_person(random: Random) -> Case:
    """Comes near the home of somebody who is protected, and turns round."""
    day = afternoon(random)
    day.stay(20)
    day.go((OTHERS_HOME[0] - random.uniform(50, 300), OTHERS_HOME[1]))
    day.stay(random.uniform(5, 20))
    day.go(AT_HOME)
    day.stay(20)
    _together(day, OTHERS_HOME)
    truths = [
        truth(Code.PREALERT, _nearer_than(day, 2 * APART_M, OTHERS_HOME), 240),
        truth(Code.PROXIMITY, _nearer_than(day, APART_M, OTHERS_HOME), 240),
    ]
    return case(day, keep_away(APART_M, protected=True), consents=(_agreed(),), truths=truths)


@family
def lives_far_from_the_protected_person(random: Random) -> Case:
    """An afternoon about the own quarter."""
    day = afternoon(random)
    for _ in range(3):
        day.go((random.uniform(-600, 600), random.uniform(-600, 600)))
        day.stay(random.uniform(10, 40))
    _together(day, OTHERS_HOME)
    return case(day, keep_away(APART_M, protected=True), consents=(_agreed(),))


@family
def consent_withdrawn(random: Random) -> Case:
    """The protected person withdrew the consent: nobody watches the distance any more."""
    day = afternoon(random)
    day.stay(30)
    withdrawn_at = day.now - timedelta(minutes=random.uniform(5, 20))
    day.go(OTHERS_HOME)
    day.stay(random.uniform(5, 20))
    day.go(AT_HOME)
    _together(day, OTHERS_HOME)
    return case(day, keep_away(APART_M, protected=True), consents=(_agreed(withdrawn_at),))


@family
def calls_for_help(random: Random) -> Case:
    """Holds the button."""
    day = afternoon(random)
    day.stay(random.uniform(10, 60))
    pressed_at = day.say(Panic())
    day.stay(20)
    return case(day, curfew(), truths=[truth(Code.PANIC, pressed_at, AT_ONCE_S)])


def _carrying(random: Random, clock: str = "10:00") -> Day:
    """Begin a day with a bracelet and a unit that is carried."""
    day = Day(random, at(clock), every_s=60.0, tracked=False, rich=True)
    day.device, day.tracked = day.fit(MOBILE, DeviceKind.MOBILE_UNIT), True
    day.fit(BRACELET, DeviceKind.BRACELET)
    day.receiver = OUTDOORS
    return day


@family
def carries_the_unit(random: Random) -> Case:
    """Goes about with the unit all day."""
    day = _carrying(random)
    for _ in range(3):
        day.go((random.uniform(-900, 900), random.uniform(-900, 900)))
        day.stay(random.uniform(20, 60))
    carried(day)
    return case(day, curfew())


@family
def forgets_the_unit(random: Random) -> Case:
    """Goes out and leaves the unit on the table."""
    day = _carrying(random)
    day.stay(random.uniform(30, 90))
    left_at = day.now
    _without_the_unit(day, (random.uniform(400, 900), 300.0), random.uniform(20, 60))
    back_at = day.now
    day.stay(60)
    carried(day, left_at_home=((left_at, back_at),))
    return case(day, curfew(), truths=[truth(Code.SEPARATION, left_at, 500)], may=[Code.NOT_CARRIED])


def _without_the_unit(day: Day, to: Place, minutes: float) -> None:
    """Go somewhere and come back while the unit goes on to tell its own place, where it lies."""
    said = len(day.said)
    day.go(to)
    day.stay(minutes)
    day.go(AT_HOME)
    lying = day.said[said:]
    del day.said[said:]
    here = Day(day.random, lying[0].observed_at, every_s=day.every_s, rich=True)
    here.device, here.receiver = day.device, OUTDOORS
    here.stay_until(day.now)
    day.said += here.said


@family
def handed_over_from_home_to_the_carried_unit(random: Random) -> Case:
    """Leaves home in the morning with the carried unit and comes back in the evening: each hears what it should."""
    day = _carrying(random, "05:00")
    day.say(Power(external=True))
    day.stay_until(at("07:30"))
    day.say(Power(external=False))
    day.go((1500.0, 500.0), speed_m_s=4.0)
    day.stay(random.uniform(300, 500))
    day.go(AT_HOME, speed_m_s=4.0)
    day.say(Power(external=True))
    day.stay_until(at("23:30"))
    carried(day)
    listen(day, good_home(random))
    return case(day, curfew(), may=[Code.GAPS_FREQUENT])
