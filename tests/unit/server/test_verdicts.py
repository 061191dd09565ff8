"""What each restriction gave is kept as it is judged, and told otherwise when late data tells otherwise."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from baqylau.domain.ids import RestrictionId
from baqylau.domain.verdicts import Compliance
from baqylau.rules.fold import begin, follow
from baqylau.storage.judging.verdicts import Verdicts
from tests.unit.server.site import AINUR, FAR_AWAY, IN_SCHOOL, START, Site, prescribed
from tests.unit.server.test_judge import catch_up, entry, listen, walk_into_school

SCHOOL = RestrictionId("school")
LATER = START + timedelta(days=1)


@pytest.fixture
def site(engine: Engine) -> Site:
    opened = Site(engine, prescribed())
    opened.open_for_the_first_time()
    return opened


def kept(site: Site, from_at: datetime = START - timedelta(days=60)) -> list[tuple[datetime, Compliance]]:
    return [(one.at, one.compliance) for one in Verdicts(site.engine).of(AINUR, SCHOOL, from_at, LATER)]


def test_a_verdict_is_kept_from_the_instant_at_which_it_turned(site: Site) -> None:
    site.journal.append([entry(START, FAR_AWAY)])
    walk_into_school(site, 4)
    catch_up(site)
    turns = kept(site)
    assert [said for _, said in turns] == [
        Compliance.UNKNOWN,
        Compliance.AS_PRESCRIBED,
        Compliance.UNKNOWN,
        Compliance.NOT_AS_PRESCRIBED,
    ]
    assert turns[1][0] == START
    entered_at, found_at = turns[2][0], turns[3][0]
    assert START < entered_at < found_at <= site.clock()
    assert kept(site, found_at + timedelta(seconds=1)) == turns[3:], "what stands before the time is given too"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_any_order_of_arrival_ends_in_the_verdicts_of_one_fold(site: Site, order: tuple[int, ...]) -> None:
    places = [FAR_AWAY] * 3 + [IN_SCHOOL] * 4 + [FAR_AWAY] * 5
    told = [entry(START + timedelta(minutes=minute), place) for minute, place in enumerate(places)]
    site.clock.pass_by(hours=1)
    batches = [told[:3], told[3:7], told[7:]]
    for number in order:
        site.journal.append(batches[number])
        listen(site)
        catch_up(site)
    supervision = site.registers.supervision(AINUR)
    folded = follow(supervision, begin(), [one.observation for one in told], site.clock())
    assert kept(site) == [(one.at, one.compliance) for one in folded.turns]
    assert Compliance.NOT_AS_PRESCRIBED in {said for _, said in kept(site)}


def test_what_a_judge_took_back_leaves_no_verdict_behind(site: Site) -> None:
    site.journal.append([entry(START, FAR_AWAY)])
    catch_up(site)
    site.clock.pass_by(minutes=31)
    listen(site)
    catch_up(site)
    assert kept(site)[-1][1] is Compliance.UNKNOWN
    site.journal.append([entry(START + timedelta(minutes=minute), FAR_AWAY) for minute in range(1, 31)])
    catch_up(site)
    assert kept(site)[-1] == (START, Compliance.AS_PRESCRIBED)
