"""Recordings on a unit's disk: under seal, given back byte for byte, gone with their key."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from baqylau.crypto.signing import Signer
from baqylau.devices.linux_unit.media_spool import BegunRecording, MediaSpool, PieceBrokenError, Sealed
from baqylau.domain.checks import Ending
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.recordings import PIECE_BYTES, MediaKind, Occasion

OWN, OTHER = Signer(bytes(range(32))), Signer(bytes(32))
UNIT, CHECK = DeviceId("av-1"), CheckId("c-1")
NOON = datetime(2026, 11, 21, 7, tzinfo=UTC)
FACE = b"\x1a\x45\xdf\xa3 what the camera saw " * 20_000
"""Longer than a piece."""
PHOTO = b"\xff\xd8 a face"


def recorded(folder: Path) -> Sealed:
    """Keep two recordings of a check, and sign them."""
    spool = MediaSpool(folder, OWN, UNIT)
    begun = BegunRecording(
        check_id=CHECK, kind=Occasion.IDENTITY, person_id=PersonId("p-1"), nonce=bytes(16), began_at=NOON
    )
    spool.begin(begun)
    for content, kind in ((FACE, MediaKind.CLIP), (PHOTO, MediaKind.PHOTO)):
        spool.add(CHECK, content, kind=kind, content_type="video/webm", from_ms=0, duration_ms=4_000)
    sealed = spool.seal(CHECK, NOON, Ending.DONE)
    spool.close()
    return sealed


def whole(spool: MediaSpool, sealed: Sealed, at: int) -> bytes:
    item = sealed.items[at]
    return b"".join(spool.piece(CHECK, item, offset) for offset in range(0, item.size, PIECE_BYTES))


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_nothing_of_a_recording_lies_open_on_the_unit_and_after_a_start_all_of_it_is_read(tmp_path: Path) -> None:
    sealed = recorded(tmp_path)
    lying = on_disk(tmp_path)
    assert b"what the camera saw" not in lying
    assert PHOTO not in lying
    again = MediaSpool(tmp_path, OWN, UNIT)
    assert again.waiting() == sealed
    assert (whole(again, sealed, 0), whole(again, sealed, 1)) == (FACE, PHOTO)


def test_without_the_units_own_key_a_copy_of_the_folder_opens_nothing(tmp_path: Path) -> None:
    sealed = recorded(tmp_path)
    with pytest.raises(PieceBrokenError):
        MediaSpool(tmp_path, OTHER, UNIT).piece(CHECK, sealed.items[0], 0)


def test_what_is_brought_leaves_no_key_behind_for_what_a_card_still_holds(tmp_path: Path) -> None:
    recorded(tmp_path)
    with sqlite3.connect(tmp_path / "checks" / "checks.db") as database:
        [(wrapped,)] = database.execute("SELECT wrapped FROM recorded").fetchall()
    assert wrapped in on_disk(tmp_path)
    spool = MediaSpool(tmp_path, OWN, UNIT)
    spool.done(CHECK)
    assert wrapped not in on_disk(tmp_path)


def test_a_changed_a_moved_and_a_missing_recording_are_named_as_broken(tmp_path: Path) -> None:
    sealed = recorded(tmp_path)
    clip, photo = (
        path
        for path in sorted((tmp_path / "checks").iterdir(), key=lambda path: -path.stat().st_size)
        if not path.name.startswith("checks.db")
    )
    spool = MediaSpool(tmp_path, OWN, UNIT)
    whole_clip = clip.read_bytes()
    clip.write_bytes(whole_clip[:-1])
    with pytest.raises(PieceBrokenError):
        whole(spool, sealed, 0)
    clip.write_bytes(whole_clip)
    photo.write_bytes(whole_clip)
    with pytest.raises(PieceBrokenError):
        whole(spool, sealed, 1)
    photo.unlink()
    with pytest.raises(PieceBrokenError):
        whole(spool, sealed, 1)
    assert whole(spool, sealed, 0) == FACE


def test_what_an_older_program_left_unsealed_is_brought_all_the_same(tmp_path: Path) -> None:
    sealed = recorded(tmp_path)
    with sqlite3.connect(tmp_path / "checks" / "checks.db") as database:
        database.execute("ALTER TABLE recorded DROP COLUMN wrapped")
    largest = max((tmp_path / "checks").glob("[0-9a-f]*[0-9a-f]"), key=lambda path: path.stat().st_size)
    largest.write_bytes(FACE)
    assert whole(MediaSpool(tmp_path, OWN, UNIT), sealed, 0) == FACE
