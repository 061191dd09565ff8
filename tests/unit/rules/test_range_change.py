"""S08: a walk test chose another buffer for a home."""

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import BufferSet, Observation
from baqylau.domain.people import Supervision
from baqylau.rules.explaining import explain
from tests.unit.rules.radio_stories import BRACELET, UNIT, equipment, wearer
from tests.unit.rules.stories import at, codes, fitting, heard, judged, told


def chose(when: str, buffer_s: int, unit: DeviceId = UNIT) -> Observation:
    """Let a walk test end."""
    return heard(at(when), BufferSet(buffer_s=buffer_s), device_id=unit)


def found(*story: Observation, who: Supervision | None = None) -> list[tuple[str, str]]:
    return [one for one in told(judged(who or wearer(), list(story))[1]) if one[0] == "S08"]


def test_another_choice_is_found_with_both_walk_tests_and_both_figures() -> None:
    first, same, other = chose("12:00", 300), chose("12:10", 300), chose("12:20", 480)
    finding = next(one for one in judged(wearer(), [first, same, other])[1] if one.code == "S08")
    assert finding.at == at("12:20")
    assert finding.because == (first.id, other.id)
    assert {one.name: one.value for one in finding.thresholds} == {"buffer_before_s": 300, "buffer_s": 480}


def test_a_choice_that_is_taken_back_is_found_too() -> None:
    assert found(chose("12:00", 300), chose("12:20", 480), chose("12:30", 300)) == [("S08", "12:20"), ("S08", "12:30")]


def test_the_first_choice_after_a_fitting_changes_nothing() -> None:
    times = (fitting(BRACELET), fitting(UNIT, until_at=at("12:05")), fitting(UNIT, from_at=at("13:00")))
    moved = wearer(equipment(BRACELET), equipment(UNIT), fittings=times)
    assert found(chose("12:00", 300), chose("13:20", 480), who=moved) == []


def test_only_a_home_unit_has_a_range() -> None:
    assert found(chose("12:00", 300, BRACELET), chose("12:20", 480, BRACELET)) == []


def test_the_minute_says_what_is_known() -> None:
    state, findings = judged(wearer(), [chose("12:00", 300)])
    unit = next(one for one in explain(wearer(), state, at("12:01")).devices if one.device_id == UNIT)
    account = next(one for one in unit.accounts if one.code == "S08")
    assert [(need.key, need.figures) for need in account.needs] == [("buffer_changed", {"buffer_s": 300})]
    assert codes(findings) == []
