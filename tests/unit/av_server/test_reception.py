"""Recordings on their way to the server: nothing that was accepted is lost, nothing that was not asked for is taken."""

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from errno import ENOSPC
from itertools import cycle
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.domain.checks import Ending, Likely, Likeness, LikenessReason
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.observations import Distrust, DistrustReason
from baqylau.domain.recordings import Occasion
from baqylau.links.device_line import LineError
from baqylau.monitoring.server.link.desk import Outcome
from baqylau.protocols.media.envelope import SignedManifest, opened_held, opened_manifest, sealed_piece
from baqylau.protocols.media.manifest import Held, MediaKind, NotHeld, Piece
from tests.unit.av_server.brought import BEGUN, CHECK, SERVER, SOUGHT, Line, Server, Unit
from tests.unit.storage.kept import House
from tests.unit.storage.recorded import CLIP, KEY, PHOTO, UNIT


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Server:
    return Server(engine, tmp_path / "media")


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    one = Unit(tmp_path / "unit")
    yield one
    one.spool.close()


def brought(unit: Unit, line: Line) -> None:
    """Bring everything, and try again after each failure."""

    async def bring() -> None:
        upload = unit.upload(line)
        for _ in range(200):
            try:
                if not await upload.once():
                    return
            except LineError:
                continue
        pytest.fail("the upload comes to no end")

    asyncio.run(bring())


def refused(server: Server, unit: Unit) -> NotHeld | None:
    """Bring what there is, and give why it was refused."""
    line = Line(server)
    brought(unit, line)
    said = opened_held(line.replies[-1].body, (SERVER.public_key,), unit.identity.device_id)
    assert isinstance(said, Held)
    return said.refused


def told(house: House) -> list[object]:
    return [body for one in house.everything() for body in one.bodies]


def test_recordings_come_whole_over_a_bad_line_and_leave_the_unit_only_then(server: Server, unit: Unit) -> None:
    sealed = unit.recorded()
    weather = cycle((*[True] * 6, False, True, False))
    brought(unit, Line(server, lambda: next(weather)))
    assert server.media.read(CHECK, 1, who="duty") == CLIP
    assert server.media.read(CHECK, 2, who="duty") == PHOTO
    assert server.media.manifest(CHECK) == sealed.raw
    assert unit.spool.waiting() is None
    assert [path.name for path in (unit.folder / "checks").iterdir() if "db" not in path.name] == []
    assert server.media.waiting() == 1


def test_what_a_cut_of_power_leaves_is_sealed_at_the_next_start(server: Server, unit: Unit) -> None:
    unit.spool.begin(BEGUN)
    unit.spool.add(CHECK, CLIP, kind=MediaKind.CLIP, content_type="video/webm", from_ms=0, duration_ms=4_000)
    unit.spool.close()
    (unit.folder / "checks" / "half-written.new").write_bytes(b"half")
    unit.spool = unit.opened()
    assert unit.spool.unsealed() == (CHECK,)
    sealed = unit.spool.seal(CHECK, BEGUN.began_at, Ending.POWER_LOST)
    assert unit.spool.seal(CHECK, BEGUN.began_at + timedelta(hours=1), Ending.DONE) == sealed
    brought(unit, Line(server))
    assert server.media.read(CHECK, 1, who="duty") == CLIP


@pytest.mark.parametrize(
    ("begun", "why"),
    [
        (replace(BEGUN, check_id=CheckId("c-9")), NotHeld.NOT_ASKED),
        (replace(BEGUN, person_id=PersonId("bolat")), NotHeld.OTHER_PERSON),
        (replace(BEGUN, nonce=bytes(15) + b"1"), NotHeld.NONCE),
        (replace(BEGUN, kind=Occasion.BREATH), NotHeld.NONCE),
        (replace(BEGUN, kind=Occasion.CALL), NotHeld.NONCE),
        (replace(BEGUN, began_at=BEGUN.began_at - timedelta(hours=1)), NotHeld.TIME),
        (replace(BEGUN, began_at=BEGUN.began_at + timedelta(hours=1)), NotHeld.TIME),
    ],
)
def test_what_was_not_asked_for_is_refused_and_kept_as_evidence(
    server: Server, unit: Unit, begun: object, why: NotHeld
) -> None:
    sealed = unit.recorded(begun)  # type: ignore[arg-type]
    assert refused(server, unit) is why
    assert [kept.item.raw for kept in server.quarantine.latest(5)] == [sealed.raw]
    assert server.media.of_check(CHECK) is None
    assert unit.spool.waiting() is None


def test_an_old_number_doubts_the_unit_and_says_so_to_the_check_once(server: Server, unit: Unit) -> None:
    unit.recorded(replace(BEGUN, nonce=bytes(15) + b"1"))
    line = Line(server)
    sealed = unit.spool.waiting()
    assert sealed is not None
    for _ in range(2):
        asyncio.run(line.post("/v1/manifests", sealed.raw))
    bodies = told(server.house)
    wrong = Likeness(check_id=CHECK, outcome=Likely.NOT_JUDGED, reasons=(LikenessReason.NONCE_WRONG,))
    assert sorted(map(repr, bodies)) == sorted(map(repr, [Distrust(reason=DistrustReason.REPLAY), wrong]))


def test_steps_that_do_not_follow_from_the_number_are_refused(server: Server, unit: Unit) -> None:
    unit.recorded(of=bytes(15) + b"\x05")
    assert refused(server, unit) is NotHeld.STEPS


def test_a_second_set_of_recordings_for_a_check_is_refused(server: Server, unit: Unit, tmp_path: Path) -> None:
    unit.recorded()
    brought(unit, Line(server))
    clone = Unit(tmp_path / "clone")
    clone.recorded(replace(BEGUN, began_at=BEGUN.began_at + timedelta(seconds=5)))
    assert refused(server, clone) is NotHeld.REPEATED
    clone.spool.close()


def test_another_device_s_certificate_a_forged_signature_and_noise_are_not_believed(
    server: Server, unit: Unit, tmp_path: Path
) -> None:
    sealed = unit.recorded()
    other = Unit(tmp_path / "other", DeviceId("av-2"), Signer(bytes(32)))
    other.recorded()
    theirs = other.spool.waiting()
    assert theirs is not None
    assert server.reception.manifest(theirs.raw, "x").outcome is Outcome.UNKNOWN_DEVICE
    server.keys[other.identity.device_id] = PublicKey(other.identity.signer.public_key)
    assert refused(server, other) is NotHeld.OTHER_DEVICE
    broken = sealed.raw[:-1] + bytes([sealed.raw[-1] ^ 1])
    assert server.reception.manifest(broken, "x").outcome is Outcome.NOT_BELIEVED
    for noise in (b"", b"\xd2", sealed.raw[:100], os.urandom(500), bytes(2**20)):
        assert server.reception.manifest(noise, "x").outcome is Outcome.NOT_UNDERSTOOD
        assert server.reception.piece(noise, "x").outcome is Outcome.NOT_UNDERSTOOD
    server.reception.manifest(sealed.raw, "x")
    piece = sealed_piece(
        other.identity.device_id, Piece(manifest=sealed.digest, index=1, offset=0, content=b"x"), other.identity.signer
    )
    said = opened_held(server.reception.piece(piece, "x").body, (SERVER.public_key,), other.identity.device_id)
    assert isinstance(said, Held)
    assert said.refused is NotHeld.NO_MANIFEST
    other.spool.close()


def test_a_full_disk_asks_the_unit_to_come_again_and_loses_nothing(
    server: Server, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.recorded()
    full = OSError(ENOSPC, "No space left on device")

    def put(_sealed: bytes) -> str:
        raise full

    with monkeypatch.context() as crowded:
        crowded.setattr(server.media.disk, "put", put)
        line = Line(server)
        with pytest.raises(LineError):
            asyncio.run(unit.upload(line).once())
        assert line.replies[-1].outcome is Outcome.FULL
    with monkeypatch.context() as crowded:
        crowded.setattr(server.media.disk, "free_bytes", lambda: 1000)
        sealed = unit.spool.waiting()
        assert sealed is not None
        assert server.reception.manifest(sealed.raw, "x").outcome is Outcome.FULL
    brought(unit, Line(server))
    assert server.media.read(CHECK, 1, who="duty") == CLIP


def test_the_queue_is_bounded(server: Server, unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    unit.recorded()
    monkeypatch.setattr(server.media, "waiting", lambda: 10_000)
    sealed = unit.spool.waiting()
    assert sealed is not None
    assert server.reception.manifest(sealed.raw, "x").outcome is Outcome.TOO_OFTEN


def test_what_the_units_disk_spoilt_stays_there_and_what_comes_after_it_is_brought(server: Server, unit: Unit) -> None:
    unit.recorded()
    second = CheckId("c-2")
    server.asked[second] = replace(SOUGHT, check_id=second)
    for path in (unit.folder / "checks").glob("[0-9a-f]*[0-9a-f]"):
        path.write_bytes(b"a worn-out card")
    unit.recorded(replace(BEGUN, check_id=second))
    brought(unit, Line(server))
    assert unit.spool.waiting() is None
    assert server.media.held(manifest_of(server, CHECK)) == (0, 0)
    assert server.media.read(second, 1, who="duty") == CLIP


def manifest_of(server: Server, check_id: CheckId) -> bytes:
    found = server.media.of_check(check_id)
    assert found is not None
    return found.manifest


def test_each_manifest_names_the_one_before_it(unit: Unit) -> None:
    first = unit.recorded()
    second = unit.recorded(replace(BEGUN, check_id=CheckId("c-2")))
    key = {UNIT: PublicKey(KEY.public_key)}
    opened = opened_manifest(second.raw, key.get)
    assert isinstance(opened, SignedManifest)
    said = opened.manifest
    assert (said.counter, said.previous) == (2, first.digest)
