"""Comparing what came in: once for each check, however often the process dies, and never without a reason."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from baqylau.domain.checks import Ending, Likely, Likeness, LikenessReason
from baqylau.monitoring.av_server.report import Judged, Report
from baqylau.monitoring.av_server.working import JudgingFailedError, Material, Worker
from tests.unit.av_server.brought import CHECK, Server, Unit
from tests.unit.storage.recorded import CLIP, pieces

AGREES = Likeness(check_id=CHECK, outcome=Likely.MATCH, reasons=(LikenessReason.FACE_AGREES,))


class Comparing:
    """Agrees with everything, or dies."""

    def __init__(self, deaths: int = 0) -> None:
        self.deaths = deaths
        self.seen: list[Material] = []

    def judged(self, material: Material) -> Judged:
        self.seen.append(material)
        if len(self.seen) <= self.deaths:
            raise JudgingFailedError("killed")
        return Judged(likeness=AGREES, report=Report(faces_compared=3))


def brought(engine: Engine, folder: Path, how: Ending = Ending.DONE, steps: int | None = None) -> Server:
    """Give a server to which one check came whole, with its first steps alone where so many are named."""
    one, unit = Server(engine, folder / "media"), Unit(folder / "unit")
    sealed = unit.recorded(how=how, steps=steps)
    assert one.reception.manifest(sealed.raw, "unit").body
    for item, content in zip(sealed.items, (CLIP, unit.spool.piece(CHECK, sealed.items[1], 0)), strict=True):
        for piece in pieces(sealed.digest, item.index, content):
            assert one.media.add(unit.identity.device_id, piece) is None
    unit.spool.close()
    return one


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Server:
    """A server to which one check came whole."""
    return brought(engine, tmp_path)


def worker(server: Server, comparing: Comparing) -> Worker:
    return Worker(media=server.media, journal=server.house.journal, judging=comparing, now=server.house.clock)


def told(server: Server) -> list[Likeness]:
    bodies = [body for one in server.house.everything() for body in one.bodies]
    return [one for one in bodies if isinstance(one, Likeness)]


def test_a_check_is_compared_once_with_all_that_came_and_its_report_is_kept(server: Server) -> None:
    comparing = Comparing()
    one = worker(server, comparing)
    assert one.once()
    assert not one.once()
    (material,) = comparing.seen
    assert [content for _, content in material.clips] == [CLIP]
    assert len(material.marks) == 11
    assert told(server) == [AGREES]
    assert b'"faces_compared":3' in (server.media.report(CHECK) or b"")


@pytest.mark.parametrize("steps", [0, 1, 4, 10])
def test_a_check_that_was_broken_off_is_no_match_whatever_the_face_was(
    engine: Engine, tmp_path: Path, steps: int
) -> None:
    server = brought(engine, tmp_path, Ending.POWER_LOST, steps)
    assert worker(server, Comparing()).once()
    (found,) = told(server)
    assert found.outcome is Likely.NOT_JUDGED
    assert found.reasons == (LikenessReason.NOT_ENDED, LikenessReason.FACE_AGREES)


def test_a_comparison_that_dies_is_begun_again_and_given_up_after_the_third_time(server: Server) -> None:
    one = worker(server, Comparing(deaths=2))
    while one.once():
        pass
    assert told(server) == [AGREES]


def test_a_recording_that_kills_every_comparison_is_said_to_be_damaged(server: Server) -> None:
    comparing = Comparing(deaths=99)
    one = worker(server, comparing)
    while one.once():
        pass
    assert len(comparing.seen) == 3
    reasons = (LikenessReason.RECORDING_DAMAGED,)
    assert told(server) == [Likeness(check_id=CHECK, outcome=Likely.NOT_JUDGED, reasons=reasons)]


def test_a_recording_that_was_changed_on_the_disk_is_said_to_be_damaged(server: Server) -> None:
    for path in server.folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"changed")
    comparing = Comparing()
    assert worker(server, comparing).once()
    assert comparing.seen == []
    assert [one.reasons for one in told(server)] == [(LikenessReason.RECORDING_DAMAGED,)]
