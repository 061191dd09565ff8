"""Units that lost the server at one instant and come back to a gateway that has just begun."""

from pathlib import Path

from sqlalchemy import Engine

from tests.perf.installation import Installation
from tests.perf.storm import COME_BACK_S, brought_back

UNITS = 100


def test_units_that_come_back_after_a_kill_are_all_answered_and_lose_nothing(
    engine: Engine, dsn: str, tmp_path: Path
) -> None:
    seen = brought_back(Installation(data=tmp_path, dsn=dsn, engine=engine), UNITS, first_s=2.0)
    assert len(seen.met.after_s) == UNITS
    assert max(seen.met.after_s) < COME_BACK_S
    assert seen.lost == 0
