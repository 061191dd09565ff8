"""By which photographs somebody was known, and who signed for it, leaves with the evidence and proves itself."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.crypto.assertions import Assertion, challenge_of
from baqylau.crypto.passkeys import assertion
from baqylau.monitoring.server.evidence.writing import Bundle
from baqylau.protocols.evidence.verdict import CHANGED, SOUND
from baqylau.storage.checks.enrolment_sheets import Made, Material, NewItem, Sheet, statement_of
from baqylau.storage.checks.templates import TemplateStore
from tests.unit.crypto.passkey import Passkey
from tests.unit.server.alone import Alone
from tests.unit.server.given import bundle_of, verdict_on, walked
from tests.unit.server.site import AINUR, START, Site, prescribed

PHOTO = NewItem(kind=Material.PHOTO, content_type="image/jpeg", content=b"a photograph")
MADE = (Made("face", "face@1", b"vectors"),)
TOWN = "https://baqylau.example"


@pytest.fixture
def site(engine: Engine) -> Site:
    return walked(Site(engine, prescribed()))


def enrol(site: Site, version: int, *, key: Passkey | None, person: str = AINUR) -> None:
    """Enrol with an officer's key, or by name alone."""
    at = START + timedelta(minutes=1)
    statement = statement_of(AINUR, version, MADE, [PHOTO], by="dana", at=at, salt=bytes(16))
    statement = statement.replace(AINUR.encode(), person.encode())
    sheet = Sheet(statement, None if key is None else _signed(key, statement))
    store = TemplateStore(site.engine, site.vault, lambda: at, os.urandom)
    store.replace(AINUR, MADE, [PHOTO], version=version, by="dana", sheet=sheet)


def _signed(key: Passkey, statement: bytes) -> Assertion:
    return assertion(key.signed(challenge_of(statement), TOWN), key.new.public)


def rewritten(site: Site, bundle: bytes, old: str, new: str) -> bytes:
    """Write a bundle with another sheet, as the installation itself could: with its own signature."""
    out = BytesIO()
    with ZipFile(BytesIO(bundle)) as archive, Bundle(os.urandom) as made:
        manifest = msgspec.json.decode(archive.read("manifest.json"))
        for part in manifest.pop("parts"):
            for line in archive.read(f"{part}.jsonl").splitlines():
                made.put_line(part, line)
        for name in manifest.pop("files"):
            made.put_file(name, archive.read(name).decode().replace(old, new).encode())
        made.write(out, manifest, site.signer)
    return out.getvalue()


def facts(bundle: bytes) -> dict[str, dict[str, object]]:
    return {one.key.removeprefix("evidence.fact."): one.params for one in verdict_on(bundle).facts}


def test_who_signed_an_enrolment_with_a_key_of_their_own_is_told(site: Site) -> None:
    enrol(site, 1, key=None)
    enrol(site, 2, key=Passkey())
    bundle = bundle_of(site)
    verdict = verdict_on(bundle)
    assert (verdict.outcome, verdict.faults) == (SOUND, [])
    signed, alone = facts(bundle)["enrolment_signed"], facts(bundle)["enrolment_unsigned"]
    assert (signed["version"], signed["by"], signed["origin"], signed["pieces"]) == (2, "dana", TOWN, 1)
    assert (alone["version"], alone["by"]) == (1, "dana")


def test_another_face_under_the_officers_signature_is_named_though_the_installation_signed_it(site: Site) -> None:
    enrol(site, 1, key=Passkey())
    bundle = bundle_of(site)
    assert verdict_on(rewritten(site, bundle, "nothing", "nothing")).outcome == SOUND
    digest = msgspec.json.decode(msgspec.json.decode(_sheet(bundle))["statement"])["templates"][0]["sha256"]
    other = verdict_on(rewritten(site, bundle, digest, "0" * 64))
    assert (other.outcome, {one.key for one in other.faults}) == (CHANGED, {"evidence.fault.enrolment"})
    for old, new in (
        ('{"statement"', "["),
        ('"client"', '"clients"'),
        ('"client": "', '"client": "AAAA'),
        ("dana", "dina"),
    ):
        found = verdict_on(rewritten(site, bundle, old, new))
        assert {one.key for one in found.faults} == {"evidence.fault.enrolment"}, old


def _sheet(bundle: bytes) -> bytes:
    with ZipFile(BytesIO(bundle)) as archive:
        return archive.read("enrolment-1.json")


def test_a_sheet_of_somebody_else_is_none_of_this_person(site: Site) -> None:
    enrol(site, 1, key=Passkey(), person="somebody-else")
    assert {one.key for one in verdict_on(bundle_of(site)).faults} == {"evidence.fault.enrolment"}


def test_both_verifiers_say_it_in_words(site: Site, tmp_path: Path) -> None:
    enrol(site, 1, key=Passkey())
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle_of(site))
    alone = Alone(tmp_path)
    for language, word in (("en", "signed by dana"), ("ru", "dana"), ("kk", "dana")):
        told = alone.verify(str(path), "--language", language)
        assert (told.status, told.complaints) == (SOUND, "")
        (line,) = [one for one in told.lines if TOWN in one]
        assert word in line
        ours = CliRunner().invoke(app, ["verify", str(path), "--language", language])
        assert (ours.exit_code, line in ours.output.splitlines()) == (SOUND, True)
