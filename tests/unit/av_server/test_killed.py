"""Both real programs over sockets, killed while recordings are on their way: nothing that was accepted is lost."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from baqylau.devices.linux_unit.folder import Folder
from baqylau.devices.linux_unit.media_spool import BegunRecording, MediaSpool, Sealed
from baqylau.domain.challenge import challenge
from baqylau.domain.checks import CheckKind, Ending
from baqylau.domain.ids import CheckId
from baqylau.domain.recordings import Occasion
from baqylau.links.wall_clock import now
from baqylau.protocols.media.manifest import Mark, MediaKind
from tests.unit.av_server.flat import AIGERIM, UNIT, Flat, wait

pytestmark = pytest.mark.timeout(600)
SEGMENTS = tuple(os.urandom(3 * 2**20) for _ in range(2))


@pytest.fixture
def flat(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dsn: str) -> Iterator[Flat]:
    one = Flat(engine, tmp_path, monkeypatch, dsn, filmed=False)
    yield one
    one.close()


def recorded(flat: Flat, folder: Path, check_id: CheckId) -> Sealed:
    """Put a check into the unit's folder, as its program leaves one there."""
    asked = flat.checks.get(check_id)
    spool = MediaSpool(folder, Folder(folder).signer(), UNIT)
    began_at = now() - timedelta(seconds=60)
    kind = Occasion(asked.kind)
    spool.begin(BegunRecording(check_id=check_id, kind=kind, person_id=AIGERIM, nonce=asked.nonce, began_at=began_at))
    for at, content in enumerate(SEGMENTS):
        spool.add(
            check_id, content, kind=MediaKind.CLIP, content_type="video/webm", from_ms=4_000 * at, duration_ms=4_000
        )
    steps = challenge(CheckKind.IDENTITY, asked.nonce)
    marks = [Mark(from_ms=500 * at, until_ms=500 * at + 400, step=step) for at, step in enumerate(steps)]
    sealed = spool.seal(check_id, began_at + timedelta(seconds=30), Ending.DONE, marks)
    spool.close()
    return sealed


def brought(flat: Flat, folder: Path, *, kill_unit: bool) -> None:
    """Bring a check while the server, and then the unit, are killed; give up where anything is lost."""
    sealed, whole = recorded(flat, folder, flat.ask()), sum(map(len, SEGMENTS))

    def held() -> int:
        return sum(flat.media.held(sealed.digest))

    flat.start_av_server()
    flat.start_unit()
    wait(lambda: held() > 0, "nothing comes")
    flat.programs.kill("av-server")
    before = held()
    assert 0 < before < whole, "killed too late to show anything"
    flat.start_av_server()
    wait(lambda: held() > before, "the upload does not go on")
    if kill_unit:
        flat.programs.kill("unit")
        assert held() > before
        flat.start_unit()
    wait(lambda: held() == whole, "not everything comes")
    contents = tuple(flat.media.read(sealed.check_id, number, who="duty") for number in (1, 2))
    assert contents == SEGMENTS
    wait(lambda: all("db" in one.name for one in (folder / "checks").iterdir()), "the unit keeps what is held")


def test_recordings_come_whole_though_the_server_is_killed_while_they_come(flat: Flat, tmp_path: Path) -> None:
    brought(flat, tmp_path / "unit", kill_unit=False)
