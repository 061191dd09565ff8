"""How a restriction was kept: parts that leave no gap and add up to the hours."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, ObservationId, RestrictionId, SubjectId
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.fold import Turn
from baqylau.rules.looking_back.kept_time import Hours, Shares, against, cut, hours_of, shares_of, stretches
from baqylau.rules.spans import Duty
from tests.unit.rules.stories import ORDER_FROM, PERSON, at, permission, presence, supervision

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


def test_who_came_late_was_away_since_the_hours_began_and_not_since_it_was_sure() -> None:
    turns = [
        turn(at("22:00"), FREE),
        turn(at("22:05"), UNKNOWN),
        turn(at("22:07"), OUT),
        turn(at("22:11"), IN),
    ]
    finding = Finding(
        id=FindingId("late"),
        rule="presence",
        rule_version="1",
        code=Code.LATE_RETURN,
        person_id=PERSON,
        subject=SubjectId("presence-1"),
        at=at("22:07"),
        because=(ObservationId("o"),),
        since=at("22:00"),
    )
    (night,) = [one for one in nights() if one.span.from_at == at("22:00")]
    found = stretches([night], turns, at("06:00", 1), against([HOME], [finding]))
    assert [(one.compliance, one.until_at) for one in found] == [(OUT, at("22:11")), (IN, at("06:00", 1))]
    assert shares_of(found) == Shares(outside_s=11 * 60, inside_s=7 * 3600 + 49 * 60)


def test_what_nobody_judged_is_unknown_and_what_has_not_come_is_not_said() -> None:
    found = stretches(nights(), [], at("23:30"))
    assert {one.compliance for one in found} == {UNKNOWN}
    assert found[-1].until_at == at("23:30")


def test_the_grace_is_no_duty_and_is_told_apart() -> None:
    (night,) = [one for one in nights() if one.span.from_at == at("22:00")]
    shares = shares_of(stretches([night], [turn(at("22:00"), FREE), turn(at("22:03"), IN)], at("06:00", 1)))
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
