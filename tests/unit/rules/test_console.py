"""Checks by hand: what an officer's console heard is on record, and what it could not hear is held against nobody."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.console import ConsoleCheck
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.console import late
from baqylau.rules.settings import CHECKED_LATE_S
from tests.unit.rules.stories import at, heard, judged, told, wearing

NOON = at("12:00")
BRACELET = DeviceId(DeviceKind.BRACELET.value)
READ = ConsoleCheck(
    check_id="1",
    console_id=DeviceId("console-1"),
    officer="aigul",
    heard=True,
    frames=4,
    rssi_dbm=-70.0,
    others=1,
    listened_s=30.0,
    console_at=NOON,
    ahead_s=0.0,
    kept_at=NOON,
)


@pytest.mark.parametrize(
    ("check", "codes"),
    [
        (READ, ["K01"]),
        (replace(READ, others=0), ["K01"]),
        (replace(READ, heard=False), ["K02"]),
        (replace(READ, heard=False, others=0), []),
    ],
)
def test_a_bracelet_is_heard_or_not_and_who_hears_nobody_may_be_deaf(check: ConsoleCheck, codes: list[str]) -> None:
    _, found = judged(wearing(DeviceKind.BRACELET), [heard(NOON, check, device_id=BRACELET)])
    assert told(found) == [(code, "12:00") for code in codes]


def test_a_check_that_came_late_says_so_by_our_clock_and_not_by_the_consoles() -> None:
    limit = timedelta(seconds=CHECKED_LATE_S)
    assert not late(replace(READ, kept_at=NOON + limit))
    assert late(replace(READ, kept_at=NOON + limit + timedelta(seconds=1)))
    ahead = replace(READ, console_at=NOON + timedelta(hours=1), ahead_s=3600.0)
    assert not late(replace(ahead, kept_at=NOON + limit))
    assert late(replace(ahead, kept_at=NOON + limit + timedelta(seconds=1)))
    brought = replace(READ, kept_at=NOON + 2 * limit)
    _, found = judged(wearing(DeviceKind.BRACELET), [heard(NOON, brought, device_id=BRACELET)])
    assert told(found) == [("K01", "12:00"), ("K03", "12:00")]
