"""Recordings of calls at the server: of a call whose order has none, nothing is taken, whoever brings it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine

from baqylau.devices.linux_unit.media_spool import BegunRecording
from baqylau.domain.checks import Ending
from baqylau.domain.commands import RingCall
from baqylau.domain.ids import CallId, CheckId
from baqylau.domain.people import Language
from baqylau.domain.recordings import Occasion
from baqylau.monitoring.av_server.asked import sought
from baqylau.protocols.media.envelope import opened_held
from baqylau.protocols.media.manifest import Held, MediaKind, NotHeld
from baqylau.storage.checks.calls import Calls
from baqylau.storage.checks.checks import Checks
from baqylau.storage.checks.media_kept import CALL_KEPT
from baqylau.storage.checks.media_life import MediaLife, Receipt
from baqylau.storage.vault import KeyDestroyedError
from tests.unit.av_server.brought import SERVER, Line, Server, Unit
from tests.unit.storage.kept import AIGUL
from tests.unit.storage.recorded import CLIP, KEY, UNIT

CALL = CallId("d" * 32)


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Server:
    one = Server(engine, tmp_path / "media")
    calls = Calls(engine, one.house.clock)
    one.seek = partial(sought, Checks(engine, one.house.journal, one.house.clock), calls)
    return one


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    one = Unit(tmp_path / "unit")
    yield one
    one.spool.close()


def called(server: Server, *, recorded: bool) -> None:
    order = RingCall(call_id=CALL, person_id=AIGUL, description="v=0", language=Language.KK, recorded=recorded)
    Calls(server.house.engine, server.house.clock).ask(UNIT, order, "duty", "he asked for it")


def brought(server: Server, unit: Unit) -> NotHeld | None:
    """Bring a recording of the call; give why it was refused."""
    name, at = CheckId(CALL), server.house.now
    unit.spool.begin(BegunRecording(check_id=name, kind=Occasion.CALL, person_id=AIGUL, nonce=b"", began_at=at))
    unit.spool.add(name, CLIP, kind=MediaKind.CLIP, content_type="video/webm", from_ms=0, duration_ms=4_000)
    unit.spool.seal(name, at + timedelta(minutes=2), Ending.DONE)
    line = Line(server)
    asyncio.run(unit.upload(line).once())
    said = opened_held(line.replies[-1].body, (SERVER.public_key,), unit.identity.device_id)
    assert isinstance(said, Held)
    return said.refused


def test_a_recording_that_the_order_does_not_speak_of_is_taken_from_nobody(server: Server, unit: Unit) -> None:
    called(server, recorded=False)
    assert brought(server, unit) is NotHeld.NOT_ASKED
    assert server.media.of_check(CheckId(CALL)) is None
    assert not [path for path in server.folder.rglob("*") if path.is_file()]


def test_a_recorded_call_is_kept_for_its_time_compared_with_nobody_and_then_destroyed(
    server: Server, unit: Unit
) -> None:
    called(server, recorded=True)
    assert brought(server, unit) is None
    kept = server.media.of_check(CheckId(CALL))
    assert kept is not None
    assert (kept.kind, kept.keeping, kept.keep_until) == (Occasion.CALL, "call", server.house.now + CALL_KEPT)
    assert server.media.read(kept.check_id, 1, who="duty") == CLIP
    assert (server.media.waiting(), server.media.next()) == (0, None)
    life = MediaLife(server.house.engine, server.media.disk, KEY, server.house.clock)
    assert life.run() == []
    server.house.now += CALL_KEPT
    (receipt,) = life.run()
    assert msgspec.json.decode(receipt.content, type=Receipt).check_id == kept.check_id
    with pytest.raises(KeyDestroyedError):
        server.media.read(kept.check_id, 1, who="duty")
