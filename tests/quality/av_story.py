"""One check over real sockets, with programs that are killed in the middle: nothing that was accepted is lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from baqylau.domain.checks import Begun, CheckState, Ended, Ending, Likely, Likeness, Voided, VoidWhy
from baqylau.links.wall_clock import now
from baqylau.rules.checks.case import state_of
from tests.unit.av_server.flat import Flat, wait
from tests.unit.av_server.test_killed import brought

pytest.importorskip("av")
pytestmark = pytest.mark.timeout(600)
DIGEST_LETTERS = 64
"""Recordings lie under a digest, beside the database that names them."""


@pytest.fixture
def flat(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dsn: str) -> Iterator[Flat]:
    one = Flat(engine, tmp_path, monkeypatch, dsn)
    yield one
    one.close()


def test_a_check_outlives_the_death_of_its_unit_and_of_the_server(flat: Flat, tmp_path: Path) -> None:
    flat.start_servers()
    flat.start_unit()
    check_id = flat.ask()
    screen = tmp_path / "unit" / "screen.json"

    def begun() -> bool:
        flat.press()
        return any(isinstance(one, Begun) for one in flat.facts())

    wait(begun, "the check does not begin")
    wait(lambda: '"capturing": true' in screen.read_text(encoding="utf-8"), "the screen does not say that it records")
    wait(lambda: len(list((tmp_path / "unit" / "checks").iterdir())) > 4, "no segment is recorded")
    flat.programs.kill("unit")
    flat.programs.kill("av-server")
    flat.start_unit()
    wait(lambda: any(isinstance(one, Ended) for one in flat.facts()), "the check does not end")
    wait(lambda: '"capturing": false' in screen.read_text(encoding="utf-8"), "the screen says that it records")
    flat.start_av_server()
    wait(lambda: flat.media.of_check(check_id) is not None, "nothing comes to the server")
    flat.programs.kill("av-server")
    flat.start_av_server()
    wait(lambda: any(isinstance(one, Likeness) for one in flat.facts()), "nothing is compared")
    facts = flat.facts()
    (ended,) = [one for one in facts if isinstance(one, Ended)]
    (likeness,) = [one for one in facts if isinstance(one, Likeness)]
    kept = flat.media.of_check(check_id)
    assert kept is not None
    assert (ended.how, ended.items, ended.manifest) == (Ending.POWER_LOST, len(kept.items), kept.manifest)
    assert likeness.outcome is Likely.NOT_JUDGED
    assert likeness.reasons
    assert all(one.held == one.size for one in kept.items)
    assert flat.media.read(check_id, 1, who="duty").startswith(b"\x1a\x45\xdf\xa3")
    recordings = tmp_path / "unit" / "checks"
    wait(lambda: all(len(one.name) < DIGEST_LETTERS for one in recordings.iterdir()), "the unit keeps what is held")


def test_recordings_come_whole_and_are_answered_though_both_are_killed_while_they_come(
    flat: Flat, tmp_path: Path
) -> None:
    """What was brought is no film: the check ends with a reason in words, not in silence."""
    brought(flat, tmp_path / "unit", kill_unit=True)
    wait(lambda: any(isinstance(one, Likeness) for one in flat.facts()), "nothing is said of it")
    (likeness,) = [one for one in flat.facts() if isinstance(one, Likeness)]
    assert likeness.outcome is Likely.NOT_JUDGED
    assert likeness.reasons


def test_a_check_that_nobody_began_while_the_server_was_away_is_held_against_nobody(flat: Flat) -> None:
    flat.programs.start("gateway", "gateway", *flat.link_door)
    flat.programs.start("planner", "check-planner")
    flat.start_unit()
    check_id = flat.ask(lasts=timedelta(seconds=60))
    wait(lambda: bool(flat.checks.reached([check_id])), "the unit does not hear of it")
    wait(lambda: any(isinstance(one, Voided) for one in flat.facts()), "it is held against somebody")
    (voided,) = [one for one in flat.facts() if isinstance(one, Voided)]
    assert voided.why is VoidWhy.AV_SERVER_DOWN
    assert state_of(flat.checks.cases([check_id])[check_id], now() + timedelta(days=1)) is CheckState.VOID
