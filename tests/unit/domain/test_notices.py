"""What a notice goes through, and whom it is for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, FindingId, PersonId, SubjectId
from baqylau.domain.notices import (
    ATTEMPTS_MAX,
    PAUSE,
    PAUSE_MAX,
    Channel,
    Notice,
    NoticeId,
    NoticeState,
    Why,
    began,
    failed,
    taken_over,
)
from baqylau.domain.targets import QuietHours, Target, Telling, mistakes, not_before, wants

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEASE = timedelta(seconds=90)
ALMATY = ZoneInfo("Asia/Almaty")
NIGHT = QuietHours(begin="22:00", end="07:00")
QUEUED = Notice(
    id=NoticeId("n"),
    alarm_id=AlarmId(1),
    target="duty",
    channel=Channel.WEBHOOK,
    why=Why.RAISED,
    level=0,
    created_at=NOON,
    next_at=NOON,
)
ALARM = Alarm(
    id=AlarmId(1),
    person_id=PersonId("aigul"),
    code=Code.EXCLUSION_ENTRY,
    subject=SubjectId("zone"),
    priority=1,
    state=AlarmState.OPEN,
    first_finding_id=FindingId("f"),
    last_finding_id=FindingId("f"),
    raised_at=NOON,
    began_at=NOON,
    last_at=NOON,
    waits_since=NOON,
)
HOOK = Target(name="hook", channel=Channel.WEBHOOK, address="https://example.test/in", secret="s")  # noqa: S106 - invented


@given(jitter=st.floats(0, 1), lasting_at=st.integers(1, ATTEMPTS_MAX + 3))
def test_pauses_grow_to_their_longest_and_attempts_come_to_an_end(jitter: float, lasting_at: int) -> None:
    notice, at = QUEUED, NOON
    for attempt in range(1, ATTEMPTS_MAX + 1):
        notice = failed(began(notice, at, LEASE), at, "timeout", lasting=attempt == lasting_at, jitter=jitter)
        if attempt in {lasting_at, ATTEMPTS_MAX}:
            break
        assert notice.state is NoticeState.FAILED
        assert notice.next_at is not None
        pause = min(PAUSE * 2 ** (attempt - 1), PAUSE_MAX)
        assert pause / 2 <= notice.next_at - at <= pause
        at = notice.next_at
    assert (notice.state, notice.next_at, notice.last_error) == (NoticeState.GIVEN_UP, None, "timeout")


def test_who_dies_in_an_attempt_leaves_it_due_again_when_the_lease_ends() -> None:
    assert began(QUEUED, NOON, LEASE).next_at == NOON + LEASE


def test_what_went_well_asks_for_nothing_more() -> None:
    done = taken_over(began(QUEUED, NOON, LEASE), NOON, delivered=True)
    assert (done.state, done.next_at, done.delivered_at) == (NoticeState.DELIVERED, None, NOON)


@pytest.mark.parametrize(
    ("civil", "later"),
    [
        ("21:59", "21:59"),
        ("22:00", "07:00"),
        ("23:30", "07:00"),
        ("00:00", "07:00"),
        ("06:59", "07:00"),
        ("07:00", "07:00"),
    ],
)
def test_quiet_hours_go_over_midnight(civil: str, later: str) -> None:
    hour, minute = map(int, civil.split(":"))
    at = datetime(2026, 3, 10, hour, minute, tzinfo=ALMATY).astimezone(UTC)
    told_at = not_before(NIGHT, 2, at, ALMATY)
    assert f"{told_at.astimezone(ALMATY):%H:%M}" == later
    assert timedelta(0) <= told_at - at <= timedelta(hours=9)


def test_priority_one_knows_no_quiet_hours() -> None:
    at = datetime(2026, 3, 10, 23, tzinfo=ALMATY)
    assert not_before(NIGHT, 1, at, ALMATY) == at


@pytest.mark.parametrize(
    ("target", "level", "district", "told"),
    [
        (Target(name="a", channel=Channel.EMAIL, address="a@b"), 0, "Almaly", True),
        (Target(name="a", channel=Channel.EMAIL, address="a@b", levels=(1, 2)), 0, "Almaly", False),
        (Target(name="a", channel=Channel.EMAIL, address="a@b", levels=(1, 2)), 2, "Almaly", True),
        (Target(name="a", channel=Channel.EMAIL, address="a@b", priorities=(2, 3)), 0, "Almaly", False),
        (Target(name="a", channel=Channel.EMAIL, address="a@b", districts=("Almaly",)), 0, "Almaly", True),
        (Target(name="a", channel=Channel.EMAIL, address="a@b", districts=("Almaly",)), 0, "Medeu", False),
        (Target(name="a", channel=Channel.EMAIL, address="a@b", districts=("Almaly",)), 0, "", False),
    ],
)
def test_a_target_is_told_what_it_wants_to_know(target: Target, level: int, district: str, told: bool) -> None:  # noqa: FBT001 - a case
    assert wants(target, ALARM, level, district) is told


@pytest.mark.parametrize(
    ("telling", "what"),
    [
        (Telling(targets=(HOOK, HOOK)), "name_taken"),
        (Telling(targets=(Target(name="m", channel=Channel.EMAIL, address="m@example.test"),)), "no_mail"),
        (Telling(targets=(Target(name="s", channel=Channel.SMS, address="+7700"),)), "no_gateway"),
        (Telling(targets=(Target(name="h", channel=Channel.WEBHOOK, address="example.test", secret="s"),)), "no_url"),  # noqa: S106 - invented
        (Telling(targets=(Target(name="h", channel=Channel.WEBHOOK, address="https://example.test"),)), "no_secret"),
        (Telling(wearer_first=True), "no_gateway"),
    ],
)
def test_what_cannot_be_right_is_named(telling: Telling, what: str) -> None:
    assert [one.what for one in mistakes(telling)] == [what]
