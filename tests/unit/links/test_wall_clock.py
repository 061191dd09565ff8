"""The one place that asks for the time."""

import asyncio
from datetime import timedelta

from baqylau.links import wall_clock


def test_now_is_aware_and_in_utc() -> None:
    assert wall_clock.now().utcoffset() == timedelta()


def test_a_wait_that_is_over_already_only_lets_others_run() -> None:
    before_s = wall_clock.monotonic_s()
    asyncio.run(wall_clock.sleep(-10.0))
    assert wall_clock.monotonic_s() - before_s < 5
