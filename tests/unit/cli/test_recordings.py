"""Recordings from the command line: held with a reason, released, destroyed with a receipt that proves itself."""

import os
from pathlib import Path

import msgspec
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from baqylau.cli import app
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.signing import signed_by
from baqylau.links.wall_clock import now
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_life import Receipt
from tests.unit.storage.kept import AIGUL
from tests.unit.storage.recorded import CLIP, PHOTO, UNIT, pieces, signed

CHECK = "c-1"


def test_recordings_are_held_released_and_destroyed_with_a_receipt(engine: Engine, dsn: str, tmp_path: Path) -> None:
    def said(*words: str) -> Result:
        language = [] if words == ("receipts",) else ["--language", "en"]
        options = ["--data", str(tmp_path), "--database", dsn, *language]
        return CliRunner().invoke(app, ["recording", *words, *options])

    own = vaulted(engine, tmp_path)
    media = Media(engine, own.vault, tmp_path / "media", now, os.urandom)
    manifest, raw = signed()
    assert media.take(manifest, raw) is None
    for index, content in ((1, CLIP), (2, PHOTO)):
        for piece in pieces(manifest.digest, index, content):
            assert media.add(UNIT, piece) is None
    assert CHECK in said("list", AIGUL).output
    assert CHECK not in said("list").output
    assert said("release", CHECK, "--why", "nobody holds it").exit_code == 1
    assert said("hold", CHECK, "--why", "complaint 17", "--by", "dana").exit_code == 0
    assert "complaint 17" in said("list").output
    refused = said("destroy", CHECK, "--why", "asked for")
    assert (refused.exit_code, "must not be destroyed: complaint 17" in refused.output) == (1, True)
    assert said("hold", CHECK, "--why", "complaint 18").exit_code == 1
    assert media.read(manifest.manifest.check_id, 2, who="duty") == PHOTO
    assert said("release", CHECK, "--why", "answered").exit_code == 0
    assert said("destroy", CHECK, "--why", "court act 3", "--by", "erlan").exit_code == 0
    line = msgspec.json.decode(said("receipts").output)
    receipt = msgspec.convert(line["receipt"], Receipt)
    assert (receipt.check_id, receipt.by, receipt.why) == (CHECK, "erlan", "court act 3")
    (kept,) = _receipts(engine)
    assert signed_by(own.signer.public_key, kept, bytes.fromhex(line["signature"]))
    assert said("destroy", CHECK, "--why", "once more").exit_code == 1
    assert "destroyed" in said("list", AIGUL).output


def _receipts(engine: Engine) -> list[bytes]:
    with engine.connect() as connection:
        return [bytes(row.content) for row in connection.exec_driver_sql("SELECT content FROM media_receipt")]
