"""A quarter without electricity: many lives lose their network together, and it is one incident and no accusation."""

from datetime import timedelta
from random import Random

from baqylau.domain.correlation import Silence, needed, outage, together
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, FindingId, PersonId
from tests.quality.case import case
from tests.quality.families_home import curfew
from tests.quality.judging import judge
from tests.quality.telling import Day, cell_at
from tests.unit.rules.stories import at

PEOPLE = 12


def darkness(number: int) -> list[Finding]:
    """Give what is found of one inhabitant: at home, and unheard from some minute of the outage on."""
    random = Random(f"quarter {number}")  # noqa: S311 - an invented life
    day = Day(random, at("19:00"), every_s=60.0, rich=True)
    day.stay_until(at("21:00") + timedelta(minutes=random.uniform(0, 6)))
    day.without_reports(120)
    return judge(case(day, curfew()))


def silence(number: int, finding: Finding) -> Silence:
    return Silence(
        alarm_id=AlarmId(number), person_id=PersonId(f"person-{number}"), since=finding.at, because=finding.because
    )


def test_a_power_cut_in_a_quarter_is_one_incident_and_accuses_nobody() -> None:
    found = [darkness(number) for number in range(PEOPLE)]
    assert {one.code for findings in found for one in findings} == {Code.NO_COMMS}
    (area,) = {one.area for findings in found for one in findings}
    assert area == cell_at((0.0, 0.0))
    silences = [silence(number, findings[0]) for number, findings in enumerate(found)]
    held = together(silences, needed())
    assert len(held) == PEOPLE
    assert outage(FindingId("incident"), area, held, needed()).code is Code.AREA_OUTAGE


def test_two_neighbours_who_fall_silent_are_no_incident() -> None:
    silences = [silence(number, darkness(number)[0]) for number in range(2)]
    assert together(silences, needed()) == ()
