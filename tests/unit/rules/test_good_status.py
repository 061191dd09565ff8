"""B10: once a day, that all is well with the bracelet."""

from datetime import UTC, datetime, timedelta

import pytest

from baqylau.domain.ids import SubjectId
from baqylau.domain.observations import Battery, Body, Enclosure, Observation, SelfTest, Skin, Strain, Strap
from baqylau.rules.explaining import explain
from tests.unit.rules.radio_stories import BRACELET, UNIT, wearer
from tests.unit.rules.stories import at, heard, judged

FULL = Battery(level_percent=80)


def says(when: datetime, *bodies: Body) -> Observation:
    """Let the bracelet speak."""
    return heard(when, *bodies, device_id=BRACELET)


def good(*story: Observation) -> list[datetime]:
    return [one.at for one in judged(wearer(), list(story))[1] if one.code == "B10"]


def test_the_first_good_word_of_each_day_is_kept_and_no_other() -> None:
    noon, hour = at("12:00"), timedelta(hours=1)
    midnight = noon.astimezone(UTC).replace(hour=0, minute=0) + timedelta(days=1)
    story = [says(noon, FULL), says(noon + hour, FULL), says(midnight - hour, FULL), says(midnight, FULL)]
    assert good(*story) == [noon, midnight]


def test_it_rests_on_what_the_bracelet_said() -> None:
    word = says(at("12:00"), FULL)
    finding = next(one for one in judged(wearer(), [word])[1] if one.code == "B10")
    assert finding.because == (word.id,)
    assert finding.subject == SubjectId(BRACELET)


@pytest.mark.parametrize(
    "wrong",
    [
        Strap(open=True),
        Enclosure(open=True),
        Battery(level_percent=5),
        Strain(beyond=True),
        Skin(contact=False),
        SelfTest(passed=False, part="strap"),
    ],
    ids=lambda body: type(body).__name__,
)
def test_nothing_is_called_well_while_something_is_wrong(wrong: Body) -> None:
    later = FULL if not isinstance(wrong, Battery) else wrong
    assert good(says(at("12:00"), wrong), says(at("12:10"), later)) == []


def test_a_strap_that_is_closed_again_is_well_again() -> None:
    story = [says(at("12:00"), FULL, Strap(open=True)), says(at("12:10"), FULL, Strap(open=False))]
    assert good(*story) == [at("12:10")]


def test_a_word_without_the_battery_does_not_tell_enough() -> None:
    assert good(says(at("12:00"), Strap(open=False))) == []


def test_only_a_bracelet_has_such_a_record() -> None:
    assert good(heard(at("12:00"), FULL, device_id=UNIT)) == []


@pytest.mark.parametrize(("days", "met"), [(0, False), (1, True)])
def test_the_minute_says_whether_it_is_due(days: int, *, met: bool) -> None:
    state, _ = judged(wearer(), [says(at("12:00"), FULL)])
    bracelet = next(
        one for one in explain(wearer(), state, at("12:01") + timedelta(days=days)).devices if one.device_id == BRACELET
    )
    account = next(one for one in bracelet.accounts if one.code == "B10")
    assert [(need.key, need.met) for need in account.needs] == [("status_due", met), ("status_good", False)]
