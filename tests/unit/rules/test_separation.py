"""The bracelet and the unit that the person carries."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from baqylau.domain.findings import Finding
from baqylau.domain.ids import ObservationId, SubjectId
from baqylau.domain.observations import Motion
from baqylau.rules.finding import Author
from baqylau.rules.presence import separation
from baqylau.rules.presence.radio import FRESH, Presence, Word
from tests.unit.rules.radio_stories import (
    BRACELET,
    MINUTE,
    MOBILE,
    UNIT,
    at_home,
    equipment,
    hears,
    listens,
    wearer,
    well,
)
from tests.unit.rules.stories import PERSON, at, deaf, exclusion, fix, heard, judged, north, presence, told

AUTHOR = Author(rule="separation", rule_version="1", person_id=PERSON, subject=SubjectId(MOBILE))
NOON = at("12:00")
CARRIER = wearer(equipment(BRACELET), equipment(MOBILE), restrictions=())
BOTH = wearer(equipment(BRACELET), equipment(UNIT), equipment(MOBILE))


def only(findings: Iterable[Finding], *codes: str) -> list[tuple[str, str]]:
    return [one for one in told(findings) if one[0] in codes]


def test_a_bracelet_away_from_its_unit_is_found_to_the_tick_and_its_return_with_its_duration() -> None:
    story = [
        *at_home(at("12:00"), at("13:00"), MOBILE),
        *listens(at("13:00"), at("13:30"), MOBILE),
        *at_home(at("13:30"), at("14:00"), MOBILE),
    ]
    apart, together = (one for one in judged(CARRIER, story, at("14:00"))[1] if one.code.value[0] == "M")
    assert told([apart, together]) == [("M01", "13:05"), ("M02", "13:30")]
    assert (str(apart.subject), apart.since) == (str(MOBILE), at("12:59"))
    assert (together.ends, together.since) == (apart.id, at("12:59"))


def test_a_unit_that_does_not_report_finds_nothing() -> None:
    story = [*at_home(at("12:00"), at("13:00"), MOBILE)]
    assert only(judged(CARRIER, story, at("14:00"))[1], "M01") == []
    broken = [well(at("13:00") + MINUTE * number, MOBILE, working=False) for number in range(60)]
    assert only(judged(CARRIER, [*story, *broken], at("14:00"))[1], "M01") == []


def test_a_bracelet_that_lay_still_at_home_hides_and_is_not_away_from_the_unit() -> None:
    last = hears(at("12:59"), UNIT, -60.0, 6, Motion(moving=False))
    heard_till = [*at_home(at("12:00"), at("12:59")), last]
    both = [*listens(at("12:00"), at("13:30"), MOBILE), *listens(at("12:59"), at("13:30"))]
    assert only(judged(BOTH, [*heard_till, *both], at("13:30"))[1], "M01") == [("M01", "13:10")]
    back = at_home(at("13:09"), at("13:30"))
    assert only(judged(BOTH, [*heard_till, *both, *back], at("13:30"))[1], "M01") == []


def test_our_own_deafness_moves_the_deadline() -> None:
    story = [*at_home(at("12:00"), at("13:00"), MOBILE), *listens(at("13:00"), at("13:30"), MOBILE)]
    story.append(deaf(at("13:01"), at("13:04")))
    assert only(judged(CARRIER, story, at("13:30"))[1], "M01") == [("M01", "13:08")]


def test_at_home_the_unit_may_lie_where_it_likes() -> None:
    story = [
        *at_home(at("19:00"), at("20:00"), MOBILE),
        *listens(at("20:00"), at("23:00"), MOBILE),
        *at_home(at("19:50"), at("23:00"), UNIT),
    ]
    assert only(judged(BOTH, story, at("23:00"))[1], "M01", "P03") == []


def test_going_out_without_the_unit_is_counted_from_the_last_reception_at_home() -> None:
    story = [
        *at_home(at("10:00"), at("12:00"), UNIT),
        *listens(at("12:00"), at("13:00"), UNIT),
        *listens(at("10:00"), at("13:00"), MOBILE),
    ]
    assert only(judged(BOTH, story, at("13:00"))[1], "M01", "M02") == [("M01", "12:05")]


def test_coming_home_ends_a_separation() -> None:
    story = [
        *at_home(at("10:00"), at("12:00"), UNIT),
        *listens(at("12:00"), at("12:40"), UNIT),
        *at_home(at("12:40"), at("13:00"), UNIT),
        *listens(at("10:00"), at("13:00"), MOBILE),
    ]
    assert only(judged(BOTH, story, at("13:00"))[1], "M01", "M02") == [("M01", "12:05"), ("M02", "12:40")]


def test_a_thousand_ways_between_home_and_street_find_nothing() -> None:
    """Handed over between the home unit and the carried one, with up to four minutes in which neither hears."""
    story, when, by = [], at("06:00"), UNIT
    for number in range(1000):
        stay = timedelta(minutes=3 + number % 5, seconds=number % 37)
        steps = int(stay / MINUTE)
        story += [hears(when + MINUTE * step, by, frames=1 + number % 3) for step in range(steps + 1)]
        when, by = when + stay + timedelta(seconds=(number * 53) % 240), MOBILE if by is UNIT else UNIT
    story += [*listens(at("06:00"), when, UNIT), *listens(at("06:00"), when, MOBILE)]
    who = wearer(equipment(BRACELET), equipment(UNIT), equipment(MOBILE), restrictions=())
    assert only(judged(who, story, when)[1], "M01", "M02") == []


def test_the_place_of_a_unit_left_behind_is_not_the_persons() -> None:
    """The unit lies at home with its fix there, the bracelet is gone: that is an absence and no contradiction."""
    fixes = [heard(at("21:00") + MINUTE * n, fix(at("12:00")).bodies[0], device_id=MOBILE) for n in range(150)]
    story = [
        *at_home(at("21:00"), at("23:00"), UNIT),
        *listens(at("23:00"), at("23:30"), UNIT),
        *at_home(at("21:00"), at("23:00"), MOBILE),
        *listens(at("23:00"), at("23:30"), MOBILE),
        *fixes,
    ]
    assert only(judged(BOTH, story, at("23:30"))[1], "P03", "P12", "M01") == [("P03", "23:05"), ("M01", "23:05")]


def test_a_unit_that_somebody_else_carries_into_a_zone_accuses_nobody() -> None:
    who = wearer(equipment(BRACELET), equipment(UNIT), equipment(MOBILE), restrictions=(presence(), exclusion()))
    there = [
        heard(at("12:10") + MINUTE * n, fix(at("12:00"), north(2000)).bodies[0], device_id=MOBILE) for n in range(30)
    ]
    story = [*at_home(at("11:00"), at("13:00"), UNIT), *listens(at("11:00"), at("13:00"), MOBILE), *there]
    assert only(judged(who, story, at("13:00"))[1], "Z01") == []


def gone(proved_at: datetime | None = NOON) -> Word:
    return Word(presence=Presence.ABSENT_CONFIRMED, since=NOON, because=(ObservationId("one"),), proved_at=proved_at)


def there(*, lone: bool = False) -> Word:
    return Word(presence=Presence.WEAK, since=NOON, because=(ObservationId("two"),), lone=lone)


def test_only_a_tick_and_a_fresh_proof_find_the_bracelet_away() -> None:
    fresh_until = NOON + FRESH
    assert separation.step(AUTHOR, None, fresh_until, gone(), ticking=True)[0] is not None
    for when, proved_at, ticking in (
        (fresh_until, NOON, False),
        (fresh_until + timedelta(seconds=1), NOON, True),
        (fresh_until, None, True),
    ):
        assert separation.step(AUTHOR, None, when, gone(proved_at), ticking=ticking) == (None, ())


def test_one_frame_alone_does_not_end_a_separation() -> None:
    apart, _ = separation.step(AUTHOR, None, NOON, gone(), ticking=True)
    assert separation.step(AUTHOR, apart, NOON, there(lone=True), ticking=False) == (apart, ())
    assert separation.step(AUTHOR, apart, NOON, gone(), ticking=True) == (apart, ())
    ended, found = separation.step(AUTHOR, apart, NOON, there(), ticking=False)
    assert (ended, told(found)) == (None, [("M02", "12:00")])


def test_who_leaves_a_home_that_no_regime_names_without_the_unit_is_found_to_the_tick_all_the_same() -> None:
    who = wearer(equipment(BRACELET, grace_s=90), equipment(UNIT), equipment(MOBILE), restrictions=())
    story = [
        *at_home(at("11:30"), at("12:00"), MOBILE),
        *listens(at("12:00"), at("12:40"), MOBILE),
        *at_home(at("12:00"), at("12:20")),
        *listens(at("12:20"), at("12:40")),
    ]
    assert only(judged(who, story, at("12:40"))[1], "M01") == [("M01", "12:25:30")]
