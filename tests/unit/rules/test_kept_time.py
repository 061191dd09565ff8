"""How a restriction was kept: parts that leave no gap and add up to the hours."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, ObservationId, OrderId, RestrictionId, SubjectId
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.fold import Stretch, Turn
from baqylau.rules.looking_back.kept_time import Hours, Shares, against, cut, hours_of, shares_of, stretches
from baqylau.rules.spans import Duty
from tests.unit.rules.stories import ORDER_FROM, PERSON, at, exclusion, permission, presence, supervision

HOUR = timedelta(hours=1)
IN, OUT, UNKNOWN, FREE = (
    Compliance.AS_PRESCRIBED,
    Compliance.NOT_AS_PRESCRIBED,
    Compliance.UNKNOWN,
    Compliance.FREE,
)
HOME = presence()


def turn(instant: datetime, said: Compliance, why: Blindness | None = None, version: int = 1) -> Turn:
    name = RestrictionId("presence-1")
    return Turn(restriction_id=name, version=version, at=instant, compliance=said, blindness=why)


def nights(*more: object, days: int = 3) -> tuple[Hours, ...]:
    return hours_of([HOME], supervision(HOME, permissions=more), ORDER_FROM, ORDER_FROM + timedelta(days=days))


def test_hours_follow_the_schedule_and_are_cut_by_permissions() -> None:
    away = permission(at("23:00", 1), at("01:00", 2))
    found = [(one.span.duty, one.span.from_at, one.span.until_at) for one in nights(away)][:5]
    assert found == [
        (Duty.DUE, ORDER_FROM, at("06:00")),
        (Duty.DUE, at("22:00"), at("06:00", 1)),
        (Duty.DUE, at("22:00", 1), at("23:00", 1)),
        (Duty.EXCUSED, at("23:00", 1), at("01:00", 2)),
        (Duty.DUE, at("01:00", 2), at("06:00", 2)),
    ]


def finding(code: Code = Code.LATE_RETURN, since: datetime | None = None, until: datetime | None = None) -> Finding:
    """Give what was found at 22:07 of what was so since 22:00, unless it is said otherwise."""
    return Finding(
        id=FindingId("late"),
        rule="presence",
        rule_version="1",
        code=code,
        person_id=PERSON,
        subject=SubjectId("presence-1"),
        at=until or at("22:07"),
        because=(ObservationId("o"),),
        since=since,
    )


def one_night() -> Hours:
    (night,) = [one for one in nights() if one.span.from_at == at("22:00")]
    return night


def parts(found: Sequence[Stretch]) -> list[tuple[Compliance, datetime, datetime]]:
    return [(one.compliance, one.from_at, one.until_at) for one in found]


def test_hours_are_cut_where_one_asks_and_where_the_version_is_in_force() -> None:
    narrow = presence(from_at=at("23:00"), until_at=at("05:00", 2))

    def spans(from_at: datetime, until_at: datetime) -> list[tuple[datetime, datetime]]:
        found = hours_of([narrow], supervision(narrow), from_at, until_at)
        return [(one.span.from_at, one.span.until_at) for one in found]

    first, second = (at("23:00"), at("06:00", 1)), (at("22:00", 1), at("05:00", 2))
    assert spans(ORDER_FROM, at("12:00", 5)) == [first, second]
    assert spans(at("23:30"), at("23:00", 1)) == [(at("23:30"), first[1]), (second[0], at("23:00", 1))]
    assert spans(at("06:00", 1), at("22:00", 1)) == []
    assert hours_of([presence(order_id=OrderId("another"))], supervision(), ORDER_FROM, at("12:00", 5)) == ()


def test_only_a_finding_of_the_restriction_that_came_after_the_fact_says_something_of_the_time_before() -> None:
    late = finding(since=at("22:00"))
    told = [
        late,
        finding(since=None),
        finding(since=at("22:07")),
        finding(since=at("22:08")),
        finding(Code.RETURNED, since=at("22:00")),
        finding(Code.OUT_WHOLE_PERIOD, since=at("22:00")),
    ]
    assert against([HOME], told) == ((at("22:00"), at("22:07")),)
    ring = exclusion(warning_m=200.0)
    assert against([ring], [finding(Code.WARNING_RING, since=at("22:00"))]) == (), "a warning is no breach"


def test_what_two_findings_say_counts_within_their_times_alone() -> None:
    turns = [turn(at("22:00"), UNKNOWN)]
    was_so = [(at("22:00"), at("22:10")), (at("23:00"), at("23:30"))]
    found = stretches([one_night()], turns, at("00:00", 1), was_so)
    assert parts(found) == [
        (OUT, at("22:00"), at("22:10")),
        (UNKNOWN, at("22:10"), at("23:00")),
        (OUT, at("23:00"), at("23:30")),
        (UNKNOWN, at("23:30"), at("00:00", 1)),
    ]
    whole = [(at("21:00"), at("01:00", 1))]
    assert parts(stretches([one_night()], turns, at("00:00", 1), whole)) == [(OUT, at("22:00"), at("00:00", 1))]


def test_what_was_unknown_for_a_reason_is_not_unknown_for_it_where_a_finding_speaks() -> None:
    turns = [turn(at("22:00"), UNKNOWN, Blindness.NO_FIX)]
    found = stretches([one_night()], turns, at("00:00", 1), [(at("22:00"), at("22:10"))])
    assert [one.blindness for one in found] == [None, Blindness.NO_FIX]


def test_what_was_permitted_is_excused_whatever_a_finding_says() -> None:
    away = permission(at("23:00"), at("23:30"))
    hours = [one for one in nights(away) if at("22:00") <= one.span.from_at < at("12:00", 1)]
    found = stretches(hours, [turn(at("22:00"), IN)], at("00:00", 1), [(at("22:30"), at("23:10"))])
    assert parts(found) == [
        (IN, at("22:00"), at("22:30")),
        (OUT, at("22:30"), at("23:00")),
        (Compliance.EXCUSED, at("23:00"), at("23:30")),
        (IN, at("23:30"), at("00:00", 1)),
    ]


def test_what_was_said_at_an_edge_of_the_hours_belongs_to_what_begins_there() -> None:
    turns = [turn(at("21:00"), OUT), turn(at("22:00"), IN), turn(at("23:00"), OUT), turn(at("06:00", 1), FREE)]
    found = stretches([one_night()], turns, at("12:00", 1))
    assert parts(found) == [(IN, at("22:00"), at("23:00")), (OUT, at("23:00"), at("06:00", 1))]
    assert stretches([one_night()], turns, at("22:00")) == ()


def test_the_last_word_before_the_hours_holds_at_their_beginning() -> None:
    turns = [turn(at("19:00"), OUT), turn(at("20:00"), IN), turn(at("23:00"), OUT)]
    assert parts(stretches([one_night()], turns, at("23:30"))) == [
        (IN, at("22:00"), at("23:00")),
        (OUT, at("23:00"), at("23:30")),
    ]
    assert parts(stretches([one_night()], turns[2:], at("23:30")))[0] == (UNKNOWN, at("22:00"), at("23:00"))


def test_all_that_was_said_after_the_hours_began_counts_though_nothing_was_said_before_them() -> None:
    turns = [turn(at("22:30"), IN), turn(at("23:00"), OUT)]
    assert parts(stretches([one_night()], turns, at("23:30"))) == [
        (UNKNOWN, at("22:00"), at("22:30")),
        (IN, at("22:30"), at("23:00")),
        (OUT, at("23:00"), at("23:30")),
    ]


def test_of_two_words_at_one_instant_the_last_counts_and_one_at_the_end_says_nothing_of_the_time_before() -> None:
    excused = Compliance.EXCUSED
    turns = [turn(at("22:00"), OUT), turn(at("23:00"), excused), turn(at("23:00"), IN), turn(at("23:30"), excused)]
    assert parts(stretches([one_night()], turns, at("23:30"))) == [
        (OUT, at("22:00"), at("23:00")),
        (IN, at("23:00"), at("23:30")),
    ]


def test_hours_of_two_versions_that_overlap_are_told_once() -> None:
    hours = hours_of([HOME, presence(version=2)], supervision(HOME), at("20:00"), at("12:00", 1))
    assert [one.version for one in hours] == [1, 2]
    assert parts(stretches(hours, [turn(at("22:00"), IN)], at("06:00", 1))) == [(IN, at("22:00"), at("06:00", 1))]


def test_parts_are_cut_at_edges_and_each_lies_between_two_of_them() -> None:
    turns = [turn(at("22:00"), IN), turn(at("23:00"), OUT), turn(at("01:00", 1), IN)]
    found = stretches([one_night()], turns, at("06:00", 1))
    clocks = ["21:00", "22:30", "23:00"]
    edges = [*(at(clock) for clock in clocks), at("00:00", 1), at("06:00", 1), at("07:00", 1), at("08:00", 1)]
    assert [parts(row) for row in cut(found, edges)] == [
        [(IN, at("22:00"), at("22:30"))],
        [(IN, at("22:30"), at("23:00"))],
        [(OUT, at("23:00"), at("00:00", 1))],
        [(OUT, at("00:00", 1), at("01:00", 1)), (IN, at("01:00", 1), at("06:00", 1))],
        [],
        [],
    ]
    assert [parts(row) for row in cut(found, [at("02:00", 1), at("03:00", 1)])] == [
        [(IN, at("02:00", 1), at("03:00", 1))]
    ]


def test_nothing_adds_up_to_nothing() -> None:
    assert shares_of(()) == Shares()
    assert Shares().duty_s == 0
    assert Shares(inside_s=1, outside_s=2, unknown_s=4, excused_s=8, spared_s=16).duty_s == 15


def test_who_came_late_was_away_since_the_hours_began_and_not_since_it_was_sure() -> None:
    turns = [
        turn(at("22:00"), FREE),
        turn(at("22:05"), UNKNOWN),
        turn(at("22:07"), OUT),
        turn(at("22:11"), IN),
    ]
    found = stretches([one_night()], turns, at("06:00", 1), against([HOME], [finding(since=at("22:00"))]))
    assert [(one.compliance, one.until_at) for one in found] == [(OUT, at("22:11")), (IN, at("06:00", 1))]
    assert shares_of(found) == Shares(outside_s=11 * 60, inside_s=7 * 3600 + 49 * 60)


def test_what_nobody_judged_is_unknown_and_what_has_not_come_is_not_said() -> None:
    found = stretches(nights(), [], at("23:30"))
    assert {one.compliance for one in found} == {UNKNOWN}
    assert found[-1].until_at == at("23:30")


def test_the_grace_is_no_duty_and_is_told_apart() -> None:
    shares = shares_of(stretches([one_night()], [turn(at("22:00"), FREE), turn(at("22:03"), IN)], at("06:00", 1)))
    assert (shares.spared_s, shares.duty_s) == (180, 8 * 3600 - 180)


def test_a_new_version_is_asked_for_in_its_own_time_alone() -> None:
    old = presence(until_at=at("12:00", 1))
    new = presence(version=2, from_at=at("12:00", 1))
    hours = hours_of([old, new], supervision(old, new), ORDER_FROM, at("12:00", 2))
    assert [one.version for one in hours] == [1, 1, 2]
    found = stretches(hours, [turn(at("22:00"), IN), turn(at("22:00", 1), OUT, version=2)], at("12:00", 2))
    assert [one.compliance for one in found] == [UNKNOWN, IN, OUT]


MINUTES = st.integers(min_value=0, max_value=4 * 1440)
SAID = st.sampled_from(list(Compliance))


@given(
    turns=st.lists(st.tuples(MINUTES, SAID), max_size=30),
    excused=st.lists(st.tuples(MINUTES, MINUTES), max_size=3),
    was_so=st.lists(st.tuples(MINUTES, MINUTES), max_size=3),
    known=MINUTES,
)
def test_the_parts_leave_no_gap_and_add_up_to_the_hours(
    turns: list[tuple[int, Compliance]],
    excused: list[tuple[int, int]],
    was_so: list[tuple[int, int]],
    known: int,
) -> None:
    def after(minutes: int) -> datetime:
        return ORDER_FROM + timedelta(minutes=minutes)

    permissions = [permission(after(min(pair)), after(max(pair))) for pair in excused if pair[0] != pair[1]]
    permissions = [replace(one, id=f"p-{number}") for number, one in enumerate(permissions)]
    watched: Supervision = supervision(HOME, permissions=tuple(permissions))
    hours = hours_of([HOME], watched, ORDER_FROM, after(4 * 1440))
    said = [turn(after(minutes), one) for minutes, one in sorted(turns, key=lambda one: one[0])]
    so = [(after(min(pair)), after(max(pair))) for pair in was_so if pair[0] != pair[1]]
    found = stretches(hours, said, after(known), so)
    asked_s = sum(max((min(one.span.until_at, after(known)) - one.span.from_at).total_seconds(), 0.0) for one in hours)
    shares = shares_of(found)
    assert shares.duty_s == shares.inside_s + shares.outside_s + shares.unknown_s + shares.excused_s
    assert abs(shares.duty_s + shares.spared_s - asked_s) < 1e-6
    assert all(one.from_at < one.until_at for one in found)
    assert all(one.until_at <= other.from_at for one, other in pairwise(found))
    edges = [ORDER_FROM + number * 24 * HOUR for number in range(5)]
    rows = cut(found, edges)
    for name in shares.__struct_fields__:
        assert abs(sum(getattr(shares_of(row), name) for row in rows) - getattr(shares, name)) < 1e-6
