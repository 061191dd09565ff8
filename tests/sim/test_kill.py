"""A real server is killed under real clients, and loses nothing that it acknowledged. At length: `tests.perf.kill`."""

from io import StringIO

import pytest
from rich.console import Console

from tests.perf.kill import Plan, run
from tests.perf.proofs import Outcome
from tests.perf.victim import Target


@pytest.mark.timeout(900)
def test_four_kills_lose_nothing_and_double_nothing() -> None:
    plan = Plan(times=4, people=6, targets=(Target.JUDGE, Target.GATEWAY, Target.EVERYTHING, Target.POSTMASTER))
    found = run(plan, Console(file=StringIO()))
    assert found.acknowledged >= 6 * 20
    assert found == Outcome(acknowledged=found.acknowledged)
