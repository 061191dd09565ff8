"""What receivers say, as the judgement of a regime takes it, to the second."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.observations import Fix
from baqylau.domain.verdicts import Blindness
from baqylau.rules.places.confirmation import Confirmation, Mark
from baqylau.rules.places.keeping import BEGUN, Keeping, Sight
from baqylau.rules.places.position import Position, position
from baqylau.rules.plan import RestrictionPlan, plan_of
from baqylau.rules.presence import radio_keeping
from baqylau.rules.presence.radio import FRESH, Presence, Word
from tests.unit.rules.radio_stories import wearer
from tests.unit.rules.stories import HOME, at, north

SECOND = timedelta(seconds=1)
NIGHT = at("23:00")
EARLIER = at("22:30")
ONE, TWO = (ObservationId("one"),), (ObservationId("two"),)
OPEN = FindingId("open")
HALF_SEEN = Confirmation(marks=(Mark(NIGHT, ONE[0], against=True),), decide_at=NIGHT)
SURE = Confirmation(confirmed=True, since=EARLIER, because=ONE)


@pytest.fixture(scope="module")
def plan() -> RestrictionPlan:
    return plan_of(wearer()).restrictions[0]


def placed(metres: float, when: datetime) -> Position | None:
    home = north(metres, HOME)
    return position(
        ONE[0], when, Fix(latitude_deg=home.latitude_deg, longitude_deg=home.longitude_deg, accuracy_m=10.0)
    )


def sight(when: datetime = NIGHT, last: Position | None = None, *, holds: bool = True) -> Sight:
    return Sight(when, last, holds, may_wait=True)


def here(*, lone: bool = False) -> Word:
    return Word(presence=Presence.WEAK, since=EARLIER, because=TWO, lone=lone, zone=1)


def gone(proved_at: datetime | None = NIGHT, since: datetime | None = EARLIER) -> Word:
    return Word(presence=Presence.ABSENT_CONFIRMED, since=since, because=TWO, proved_at=proved_at, zone=1)


def test_who_is_heard_is_at_home_whatever_fixes_half_said(plan: RestrictionPlan) -> None:
    before = replace(
        BEGUN, confirmation=HALF_SEEN, against=True, doubt_from=EARLIER, due_from=EARLIER, why=Blindness.NO_FIX
    )
    after = radio_keeping.told(plan, before, sight(), here())
    assert after == replace(
        before,
        confirmation=Confirmation(since=EARLIER, because=TWO),
        against=False,
        doubt_from=None,
        kept=True,
        by_radio=True,
        zone=1,
        why=None,
    )
    assert radio_keeping.told(plan, after, sight(), replace(here(), because=ONE, zone=0)) is after


def test_to_be_heard_outside_of_the_hours_is_not_to_have_kept_them(plan: RestrictionPlan) -> None:
    after = radio_keeping.told(plan, BEGUN, sight(), here())
    assert not after.kept
    begun = replace(after, due_from=NIGHT)
    assert radio_keeping.told(plan, begun, sight(), here()).kept
    assert radio_keeping.told(plan, replace(after, kept=True), sight(), here()).kept


def test_who_was_away_is_at_home_with_the_reception_that_says_so(plan: RestrictionPlan) -> None:
    away = replace(BEGUN, confirmation=SURE, against=True, by_radio=True)
    after = radio_keeping.told(plan, away, sight(), here())
    assert (after.confirmation, after.against) == (Confirmation(since=EARLIER, because=TWO), False)
    doubted = replace(after, against=None, why=Blindness.DEVICE_SILENT)
    again = radio_keeping.told(plan, doubted, sight(), replace(here(), because=ONE))
    assert (again.confirmation.because, again.against, again.why) == (TWO, False, None)


def test_one_frame_alone_ends_nothing_and_is_enough_where_nothing_is_open(plan: RestrictionPlan) -> None:
    away = replace(BEGUN, confirmation=SURE, against=True, by_radio=True)
    assert radio_keeping.told(plan, away, sight(), here(lone=True)).against is False
    open_ = radio_keeping.told(plan, replace(away, finding=OPEN), sight(), here(lone=True))
    assert (open_.against, open_.why, open_.confirmation.confirmed) == (None, Blindness.DEVICE_SILENT, True)


def test_who_is_gone_is_away_by_what_receivers_say(plan: RestrictionPlan) -> None:
    before = Keeping(
        HALF_SEEN,
        against=False,
        doubt_from=NIGHT,
        due_from=EARLIER,
        kept=True,
        witness=placed(0, NIGHT),
        why=Blindness.NO_FIX,
    )
    after = radio_keeping.told(plan, before, sight(), gone())
    assert after == Keeping(
        Confirmation(confirmed=True, since=EARLIER, because=TWO),
        against=True,
        due_from=EARLIER,
        kept=True,
        by_radio=True,
        zone=1,
    )
    assert radio_keeping.told(plan, after, sight(), replace(gone(), because=ONE)) is after


def test_who_was_heard_last_before_the_hours_did_not_leave_in_them(plan: RestrictionPlan) -> None:
    before = replace(BEGUN, kept=True, due_from=EARLIER)
    kept = [
        radio_keeping.told(plan, state, sight(), gone(since=since)).kept
        for state, since in (
            (before, EARLIER),
            (before, EARLIER - SECOND),
            (before, None),
            (replace(before, due_from=None), EARLIER),
            (replace(before, kept=False), EARLIER),
        )
    ]
    assert kept == [True, False, False, False, False]


def test_fixes_that_said_away_do_not_stand_for_what_receivers_say(plan: RestrictionPlan) -> None:
    for before in (
        Keeping(SURE, against=True),
        Keeping(SURE, against=None, by_radio=True),
        Keeping(Confirmation(), against=True, by_radio=True),
    ):
        after = radio_keeping.told(plan, before, sight(), gone())
        assert (after.confirmation.because, after.against, after.by_radio) == (TWO, True, True)


def test_absence_needs_a_proof_within_two_minutes_unless_it_is_open(plan: RestrictionPlan) -> None:
    when = NIGHT + FRESH
    assert radio_keeping.told(plan, BEGUN, sight(when), gone()).against is True
    for word, at_ in ((gone(), when + SECOND), (gone(None), when)):
        old = radio_keeping.told(plan, BEGUN, sight(at_), word)
        assert (old.against, old.why, old.by_radio) == (None, Blindness.RECEIVER_SILENT, True)
        assert radio_keeping.told(plan, replace(BEGUN, finding=OPEN), sight(at_), word).against is True


@pytest.mark.parametrize(
    ("metres", "age_s", "holds", "disagree"),
    [(0, 180, True, True), (0, 181, True, False), (0, 180, False, False), (99, 0, True, False), (500, 0, True, False)],
)
def test_a_fresh_fix_at_home_contradicts_the_receivers(
    plan: RestrictionPlan, metres: float, age_s: int, *, holds: bool, disagree: bool
) -> None:
    seen = sight(NIGHT, placed(metres, NIGHT - age_s * SECOND), holds=holds)
    after = radio_keeping.told(plan, BEGUN, seen, gone())
    assert (after.why is Blindness.SOURCES_DISAGREE) is disagree
    assert (after.against is None) is disagree


def test_a_suspicion_waits_and_forgets_what_was_half_seen(plan: RestrictionPlan) -> None:
    before = replace(BEGUN, confirmation=HALF_SEEN, against=False)
    suspected = Word(presence=Presence.ABSENT_SUSPECTED, since=EARLIER)
    after = radio_keeping.told(plan, before, sight(), suspected)
    assert after == Keeping(doubt_from=NIGHT, by_radio=True, why=Blindness.DEVICE_SILENT)
    assert radio_keeping.told(plan, after, sight(NIGHT + SECOND), suspected) is after
    for other in (replace(after, why=Blindness.NO_FIX), replace(after, by_radio=False), replace(after, against=False)):
        waiting = radio_keeping.told(plan, other, sight(NIGHT), suspected)
        assert (waiting.why, waiting.by_radio, waiting.against) == (Blindness.DEVICE_SILENT, True, None)


def test_where_receivers_do_not_know_fixes_decide_again(plan: RestrictionPlan) -> None:
    silent = Word(presence=Presence.UNKNOWN, why=Blindness.RECEIVER_SILENT)
    by_fixes = Keeping(HALF_SEEN, against=False)
    after = radio_keeping.told(plan, by_fixes, sight(), silent)
    assert after == replace(by_fixes, why=Blindness.RECEIVER_SILENT)
    assert radio_keeping.told(plan, after, sight(), silent) is after
    by_radio = radio_keeping.told(plan, replace(by_fixes, by_radio=True), sight(), silent)
    assert by_radio == Keeping(HALF_SEEN, doubt_from=NIGHT, why=Blindness.RECEIVER_SILENT)


def test_without_any_receiver_nothing_is_said_of_receivers() -> None:
    by_fixes = Keeping(HALF_SEEN, against=False)
    assert radio_keeping.left(by_fixes, NIGHT) is by_fixes
    assert radio_keeping.left(replace(by_fixes, why=Blindness.RECEIVER_SILENT), NIGHT) == by_fixes
    by_radio = replace(by_fixes, by_radio=True)
    assert radio_keeping.left(by_radio, NIGHT) == Keeping(HALF_SEEN, doubt_from=NIGHT)
