"""A site whose line is cut keeps and answers; afterwards everything is in the journal, once, in order, judged late."""

from io import StringIO

import pytest
from rich.console import Console

from tests.perf.nats import MISSING, NATS
from tests.perf.proofs import Outcome
from tests.perf.region import Plan, run


@pytest.mark.timeout(300)
@pytest.mark.skipif(NATS is None, reason=MISSING)
def test_a_region_that_is_cut_off_and_killed_loses_nothing_and_doubles_nothing() -> None:
    found = run(Plan(people=2, cut_s=3.0, kills=("nats", "gateway")), Console(file=StringIO()))
    assert found.outcome == Outcome(acknowledged=found.outcome.acknowledged)
    assert found.late > 0
    assert found.out_of_order == 0
