"""Coming to a place and staying there; not leaving the town."""

from tests.unit.rules.stories import at, codes, every, judged, north, required_place, supervision, territory, told

WORK = north(5000)
WHO = supervision(required_place())


def test_who_does_not_come_is_found_when_the_grace_is_over() -> None:
    assert told(judged(WHO, every(60, at("08:30"), at("10:00")), at("10:00"))[1]) == [("Z04", "09:15")]


def test_who_comes_late_ends_it() -> None:
    story = [*every(60, at("08:30"), at("09:40")), *every(60, at("09:50"), at("10:30"), WORK)]
    _, (missing, there) = judged(WHO, story, at("10:30"))
    assert told([missing, there]) == [("Z04", "09:15"), ("Z07", "09:51")]
    assert there.ends == missing.id


def test_who_leaves_before_the_end_has_left() -> None:
    story = [*every(60, at("08:30"), at("12:00"), WORK), *every(60, at("12:10"), at("12:30"))]
    assert told(judged(WHO, story, at("12:30"))[1]) == [("Z03", "12:11")]


def test_who_is_first_seen_elsewhere_in_the_hours_has_not_come() -> None:
    assert told(judged(WHO, every(60, at("11:00"), at("11:10")), at("11:10"))[1]) == [("Z04", "11:01")]


def test_leaving_at_the_end_is_fine() -> None:
    story = [*every(60, at("08:30"), at("18:01"), WORK), *every(60, at("18:10"), at("19:00"))]
    assert codes(judged(WHO, story, at("19:00"))[1]) == []


def test_leaving_the_territory_and_coming_back() -> None:
    story = [
        *every(60, at("08:00"), at("09:00"), north(19_000)),
        *every(60, at("09:00"), at("09:30"), north(21_000)),
        *every(60, at("09:30"), at("09:40"), north(19_000)),
    ]
    _, (left, back) = judged(supervision(territory()), story, at("10:00"))
    assert told([left, back]) == [("Z05", "09:01"), ("Z07", "09:31")]
    assert back.ends == left.id
