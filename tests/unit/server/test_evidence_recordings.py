"""What was recorded at checks leaves as the unit signed it, when it is asked for, and proves itself."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.crypto.signing import Signer
from baqylau.monitoring.server.evidence.withholding import withhold
from baqylau.monitoring.server.evidence.writing import Bundle
from baqylau.protocols.evidence import recordings
from baqylau.protocols.evidence.parts import RECORDINGS
from baqylau.protocols.evidence.verdict import CHANGED, SOUND
from baqylau.storage.access.audit import Audit
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_life import MediaLife
from baqylau.storage.equipment.device_keys import DeviceKeys, KeyKind
from tests.unit.server.given import asked, bundle_of, faults, verdict_on, walked
from tests.unit.server.site import AINUR, START, Site, prescribed
from tests.unit.storage.recorded import CLIP, KEY, MANIFEST, PHOTO, UNIT, pieces, signed


@pytest.fixture
def site(engine: Engine) -> Site:
    site = walked(Site(engine, prescribed()))
    keys = DeviceKeys(engine, site.vault, site.clock, os.urandom)
    keys.enrol(UNIT, KeyKind.ED25519, "av-1", KEY.public_key, by="technician")
    return site


@pytest.fixture
def media(site: Site, tmp_path: Path) -> Media:
    """Where one check's recordings are kept."""
    media = Media(site.engine, site.vault, tmp_path / "media", site.clock, os.urandom)
    began_at = START + timedelta(minutes=2)
    manifest, raw = signed(
        replace(MANIFEST, person_id=AINUR, began_at=began_at, ended_at=began_at + timedelta(seconds=30))
    )
    assert media.take(manifest, raw) is None
    for index, content in ((1, CLIP), (2, PHOTO)):
        for piece in pieces(manifest.digest, index, content):
            assert media.add(UNIT, piece) is None
    return media


def facts(bundle: bytes) -> dict[str, dict[str, object]]:
    return {one.key.removeprefix("evidence.fact."): one.params for one in verdict_on(bundle).facts}


def rewritten(bundle: bytes, signer: Signer, old: str, new: str) -> bytes:
    """Write a bundle with other words in its recordings, as the installation itself could: with its own signature."""
    out, random = BytesIO(), iter(range(1 << 20))
    with ZipFile(BytesIO(bundle)) as archive, Bundle(lambda size: next(random).to_bytes(size, "big")) as made:
        manifest = msgspec.json.decode(archive.read("manifest.json"))
        for part in manifest.pop("parts"):
            for line in archive.read(f"{part}.jsonl").decode().splitlines():
                made.put_line(part, (line.replace(old, new) if part == RECORDINGS else line).encode())
        made.write(out, manifest, signer)
    return out.getvalue()


def test_the_units_signature_is_given_always_and_the_recordings_when_they_are_asked_for(
    site: Site, media: Media
) -> None:
    without = bundle_of(site, asked(), media)
    assert verdict_on(without).outcome == SOUND
    assert facts(without)["recordings"] == {"checks": 1, "count": 0}
    audit = Audit(site.engine, site.clock)
    assert not [one for one in audit.latest(10) if one.what == "media.read"]
    full = bundle_of(site, asked(recordings=True), media)
    assert verdict_on(full).faults == []
    assert facts(full)["recordings"] == {"checks": 1, "count": 2}
    assert {one.object for one in audit.latest(10) if one.what == "media.read"} == {"media/c-1/1", "media/c-1/2"}


def test_a_court_gets_the_very_files_out_of_it(
    site: Site, media: Media, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "RECORDING_PIECE_BYTES", 1000)
    (tmp_path / "bundle.zip").write_bytes(bundle_of(site, asked(recordings=True), media))
    words = ["verify", str(tmp_path / "bundle.zip"), "--recordings", str(tmp_path / "out"), "--language", "ru"]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0, said.output
    assert {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()} == {
        "c-1-001.webm": CLIP,
        "c-1-002.webm": PHOTO,
    }
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 2


def test_a_recording_that_the_unit_did_not_sign_is_named_though_the_installation_signed_it(
    site: Site, media: Media
) -> None:
    full = bundle_of(site, asked(recordings=True), media)
    assert verdict_on(rewritten(full, site.signer, "nothing", "nothing")).outcome == SOUND
    other = verdict_on(rewritten(full, site.signer, '"content":"', '"content":"AAAA'))
    assert (other.outcome, {one.key for one in other.faults}) == (CHANGED, {"evidence.fault.recording"})
    swapped = verdict_on(rewritten(full, site.signer, '"manifest":"0oR', '"manifest":"0oRA'))
    assert "evidence.fault.recording_signature" in {one.key for one in swapped.faults}


def test_a_piece_may_be_withheld_and_everything_else_stays_proved(
    site: Site, media: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "RECORDING_PIECE_BYTES", 100_000)
    full, out = bundle_of(site, asked(recordings=True), media), BytesIO()
    withhold(BytesIO(full), [(RECORDINGS, 2)], out)
    assert verdict_on(out.getvalue()).faults == []
    assert facts(out.getvalue())["recordings"] == {"checks": 1, "count": 1}
    assert facts(out.getvalue())["recordings_withheld"] == {"count": 1}


def test_destroyed_recordings_are_named_as_destroyed(site: Site, media: Media) -> None:
    MediaLife(site.engine, media.disk, site.signer, site.clock).destroy(MANIFEST.check_id, "retention", by="dana")
    bundle = bundle_of(site, asked(recordings=True), media)
    assert faults(bundle) == []
    assert facts(bundle)["recordings_destroyed"] == {"count": 1}


def test_no_word_in_a_bundle_leads_out_of_the_folder() -> None:
    line = {"check": "../../etc/x", "index": 1, "content_type": "image/jpeg;a/b"}
    assert recordings._file_name(line).count("/") == 0  # noqa: SLF001 - the name is all that matters here
    assert recordings._file_name(line).endswith("-001.jpg")  # noqa: SLF001
