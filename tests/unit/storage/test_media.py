"""Recordings: what is said to be held is there, belongs to its check alone, and can be destroyed for good."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.sealing import SealBrokenError
from baqylau.crypto.signing import Signer, signed_by
from baqylau.domain.checks import Likely
from baqylau.domain.ids import CheckId, DeviceId
from baqylau.protocols.media.manifest import PIECE_BYTES, NotHeld
from baqylau.storage.access.audit import Audit
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_disk import PieceLostError
from baqylau.storage.checks.media_holds import MediaHolds, NotOnHoldError, OnHoldError
from baqylau.storage.checks.media_kept import ROUTINE_KEPT
from baqylau.storage.checks.media_life import MediaLife, Receipt, SignedReceipt
from baqylau.storage.database import transaction
from baqylau.storage.vault import KeyDestroyedError
from tests.unit.storage.kept import AIGUL, House
from tests.unit.storage.recorded import CLIP, PHOTO, UNIT, noise, pieces, signed

CHECK = CheckId("c-1")
INSTALLATION = Signer(bytes(32))


class Keeping:
    """A store of recordings in a test."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        self.media = self.opened()
        self.life = MediaLife(house.engine, self.media.disk, INSTALLATION, house.clock)
        self.holds = MediaHolds(house.engine, house.clock)

    def opened(self) -> Media:
        """The store as another program would open it."""
        return Media(self.house.engine, self.house.new_vault(), self.folder, self.house.clock, self.house.random)

    def taken(self) -> bytes:
        """Take the manifest, and give its name."""
        one, raw = signed()
        assert self.media.take(one, raw) is None
        return one.digest

    def whole(self) -> bytes:
        """Take everything."""
        name = self.taken()
        for index, content in ((1, CLIP), (2, PHOTO)):
            for piece in pieces(name, index, content):
                assert self.media.add(UNIT, piece) is None
        return name

    def judged(self, outcome: Likely) -> None:
        """Keep that they were compared."""
        with transaction(self.house.engine) as connection:
            self.media.judged(CHECK, outcome, b"{}")(connection)

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def keeping(engine: Engine, tmp_path: Path) -> Keeping:
    return Keeping(House(engine), tmp_path / "media")


def test_recordings_are_given_back_byte_for_byte_whole_and_in_parts(keeping: Keeping) -> None:
    keeping.whole()
    again = keeping.opened()
    assert again.read(CHECK, 1, who="duty") == CLIP
    assert again.read(CHECK, 1, PIECE_BYTES - 3, PIECE_BYTES + 2, who="duty") == CLIP[PIECE_BYTES - 3 : PIECE_BYTES + 3]
    assert again.read(CHECK, 2, 10, 10**9, who="duty") == PHOTO[10:]
    found = again.of_check(CHECK)
    assert found is not None
    assert found.whole_at is not None
    assert [one.held for one in found.items] == [len(CLIP), len(PHOTO)]
    assert again.manifest(CHECK) == signed()[1]


def test_nothing_of_a_recording_lies_open_on_the_disk(keeping: Keeping) -> None:
    keeping.whole()
    assert keeping.files()
    assert not any(CLIP[:64] in path.read_bytes() or PHOTO[:64] in path.read_bytes() for path in keeping.files())


def test_each_look_stands_in_the_audit_once(keeping: Keeping) -> None:
    keeping.whole()
    for first in (0, 100, 200):
        keeping.media.read(CHECK, 1, first, first + 50, who="duty", purpose="review")
    keeping.media.read(CHECK, 2, who="duty")
    looks = Audit(keeping.house.engine, keeping.house.clock).latest(10)
    assert [(one.who, one.what, one.object) for one in looks] == [
        ("duty", "media.read", "media/c-1/2"),
        ("duty", "media.read", "media/c-1/1"),
    ]


def test_an_upload_goes_on_where_it_stopped_and_repetitions_change_nothing(keeping: Keeping) -> None:
    name = keeping.taken()
    first, second = pieces(name, 1, CLIP)
    assert keeping.media.add(UNIT, second) is NotHeld.ORDER
    assert keeping.media.add(UNIT, first) is None
    assert keeping.opened().held(name) == (PIECE_BYTES, 0)
    assert keeping.media.add(UNIT, first) is None
    assert keeping.media.add(UNIT, second) is None
    assert keeping.media.take(*signed()) is None
    assert keeping.media.held(name) == (len(CLIP), 0)
    assert keeping.media.waiting() == 0


def test_a_recording_that_is_not_what_was_named_has_to_come_again(keeping: Keeping) -> None:
    name = keeping.taken()
    first, second = pieces(name, 1, CLIP)
    keeping.media.add(UNIT, replace(first, content=bytes(PIECE_BYTES)))
    assert keeping.media.add(UNIT, second) is NotHeld.DIGEST
    assert keeping.media.held(name) == (0, 0)
    assert keeping.files() == []
    for piece in (first, second):
        assert keeping.media.add(UNIT, piece) is None
    assert keeping.media.held(name)[0] == len(CLIP)


def test_what_another_device_sends_what_no_manifest_names_and_what_is_too_long_is_not_taken(keeping: Keeping) -> None:
    name = keeping.taken()
    piece = pieces(name, 2, PHOTO)[0]
    assert keeping.media.add(DeviceId("av-2"), piece) is NotHeld.NO_MANIFEST
    assert keeping.media.add(UNIT, replace(piece, index=9)) is NotHeld.NO_MANIFEST
    assert keeping.media.add(UNIT, replace(piece, manifest=bytes(32))) is NotHeld.NO_MANIFEST
    assert keeping.media.add(UNIT, replace(piece, content=noise(5_000))) is NotHeld.ORDER


def test_a_check_has_one_manifest_and_a_counter_is_used_once(keeping: Keeping) -> None:
    keeping.taken()
    assert keeping.media.take(*signed(counter=2)) is NotHeld.REPEATED
    assert keeping.media.take(*signed(check_id="c-2")) is NotHeld.REPEATED
    assert keeping.media.take(*signed(check_id="c-2", counter=2)) is None


def test_a_kill_between_disk_and_database_leaves_nothing_half(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = keeping.taken()
    keeping.media.disk.put(b"a piece that no commit followed")
    with monkeypatch.context() as killed:
        killed.setattr(keeping.media.disk, "settle", lambda _name: None)
        keeping.media.add(UNIT, pieces(name, 2, PHOTO)[0])
    again = keeping.opened()
    assert again.read(CHECK, 2, who="duty") == PHOTO
    assert again.mend() == 1
    assert again.read(CHECK, 2, who="duty") == PHOTO
    assert len(keeping.files()) == 1


def test_a_changed_or_exchanged_piece_is_seen(keeping: Keeping) -> None:
    keeping.whole()
    pair = keeping.house
    pair.change("UPDATE media_piece SET number = 9 - number WHERE item = 1")
    pair.change("UPDATE media_piece SET number = number - 8 WHERE item = 1")
    with pytest.raises(SealBrokenError):
        keeping.media.read(CHECK, 1, who="duty")
    for path in keeping.files():
        path.write_bytes(b"other")
    with pytest.raises(PieceLostError):
        keeping.media.read(CHECK, 2, who="duty")


def test_destroying_the_key_destroys_the_recordings_and_leaves_a_receipt(keeping: Keeping) -> None:
    keeping.whole()
    receipt = keeping.life.destroy(CHECK, "end of sentence", by="archivist")
    assert signed_by(INSTALLATION.public_key, receipt.content, receipt.signature)
    said = msgspec.json.decode(receipt.content, type=Receipt)
    assert said.items == (sha256(CLIP).hexdigest(), sha256(PHOTO).hexdigest())
    assert keeping.files() == []
    with pytest.raises(KeyDestroyedError):
        keeping.media.read(CHECK, 1, who="duty")
    with pytest.raises(KeyError):
        keeping.life.destroy(CHECK, "again", by="archivist")
    assert keeping.life.receipts() == [receipt]
    assert keeping.life.broken() == []
    keeping.house.change("UPDATE media_log SET detail = 'nothing happened' WHERE what = 'destroyed'")
    assert keeping.life.broken() != []


def test_what_the_person_s_key_sealed_dies_with_it(keeping: Keeping) -> None:
    keeping.whole()
    keeping.house.vault.destroy(AIGUL)
    with pytest.raises(KeyDestroyedError):
        keeping.opened().read(CHECK, 1, who="duty")


def test_routine_recordings_go_after_their_time_but_not_while_something_forbids_it(keeping: Keeping) -> None:
    keeping.whole()
    assert keeping.media.next() is not None
    keeping.judged(Likely.MATCH)
    assert keeping.media.report(CHECK) == b"{}"
    assert keeping.media.next() is None
    assert keeping.life.run() == []
    keeping.holds.hold(CHECK, "complaint 17", by="prosecutor")
    keeping.house.now += ROUTINE_KEPT + timedelta(days=1)
    assert keeping.life.run() == []
    with pytest.raises(OnHoldError):
        keeping.life.destroy(CHECK, "by mistake", by="archivist")
    keeping.holds.release(CHECK, "decided", by="prosecutor")
    assert len(keeping.life.run()) == 1
    assert keeping.life.run() == []


def test_doubtful_recordings_stay_until_the_file_is_closed(keeping: Keeping) -> None:
    keeping.whole()
    keeping.judged(Likely.NO_MATCH)
    keeping.house.now += timedelta(days=4_000)
    assert keeping.life.run() == []
    assert len(keeping.life.destroy_of(AIGUL, "file closed", by="archivist")) == 1


def test_a_hold_keeps_its_first_reason_and_each_turn_stands_in_the_audit_and_the_chain(keeping: Keeping) -> None:
    keeping.whole()
    with pytest.raises(NotOnHoldError):
        keeping.holds.release(CHECK, "nobody held them", by="dana")
    keeping.holds.hold(CHECK, "complaint 17", by="prosecutor")
    with pytest.raises(OnHoldError, match="complaint 17"):
        keeping.holds.hold(CHECK, "complaint 18", by="dana")
    (held,) = keeping.media.on_hold()
    assert (held.held_why, held.held_by, held.held_at) == ("complaint 17", "prosecutor", keeping.house.now)
    keeping.holds.release(CHECK, "decided", by="dana")
    assert keeping.media.on_hold() == []
    (free,) = keeping.media.of_person(AIGUL)
    assert (free.held_why, free.held_by, free.held_at) == ("", None, None)
    said = [
        (one.who, one.what, one.object, one.purpose)
        for one in Audit(keeping.house.engine, keeping.house.clock).latest(2)
    ]
    assert said == [
        ("dana", "media.released", f"media/{CHECK}", "decided"),
        ("prosecutor", "media.hold", f"media/{CHECK}", "complaint 17"),
    ]
    assert keeping.life.broken() == []


def test_a_hold_that_comes_amid_the_clearing_stops_nothing_but_its_own_recordings(
    keeping: Keeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.whole()
    keeping.judged(Likely.MATCH)
    keeping.house.now += ROUTINE_KEPT + timedelta(days=1)
    destroy = keeping.life.destroy

    def held_first(check_id: CheckId, why: str, *, by: str) -> SignedReceipt:
        keeping.holds.hold(check_id, "an appeal of this minute", by="dana")
        return destroy(check_id, why, by=by)

    monkeypatch.setattr(keeping.life, "destroy", held_first)
    assert keeping.life.run() == []
    assert keeping.media.read(CHECK, 1, who="duty") == CLIP


def test_nothing_is_held_that_is_not_there_or_is_gone(keeping: Keeping) -> None:
    with pytest.raises(KeyError):
        keeping.holds.hold(CHECK, "an appeal", by="dana")
    keeping.whole()
    keeping.life.destroy(CHECK, "end of sentence", by="archivist")
    with pytest.raises(KeyError):
        keeping.holds.hold(CHECK, "an appeal, too late", by="dana")
