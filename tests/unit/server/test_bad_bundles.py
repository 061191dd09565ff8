"""Whatever is handed to a verifier, both answer with a verdict in the reader's language, and never with a traceback."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.crypto.canonical import canonical
from baqylau.locales import LANGUAGES, catalogue
from baqylau.monitoring.server.evidence.writing import Bundle
from baqylau.protocols.evidence import container
from baqylau.protocols.evidence.verdict import CHANGED, OTHER_KEY, SOUND, UNREADABLE
from tests.unit.server.alone import MEMORY_BYTES, Alone
from tests.unit.server.given import bundle_of, walked
from tests.unit.server.site import Site, prescribed

RUN = CliRunner()
BOMB_BYTES = MEMORY_BYTES + (128 << 20)
ANOTHER_KEY = "5f" * 32


@pytest.fixture
def site(engine: Engine) -> Site:
    return walked(Site(engine, prescribed()))


def damaged(site: Site) -> bytes:
    bundle = bundle_of(site)
    at = bundle.index(b'"latitude_deg"') + 20
    return bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1 :]


def truncated(site: Site) -> bytes:
    bundle = bundle_of(site)
    return bundle[: len(bundle) // 2]


def of_a_later_version(site: Site) -> bytes:
    return bundle_of(site).replace(b'"version":5}', b'"version":6}')


def mixed(site: Site) -> bytes:
    """The acts and findings of another bundle about the same person and time."""
    out = BytesIO()
    with ZipFile(BytesIO(bundle_of(site))) as mine, ZipFile(BytesIO(bundle_of(site))) as theirs:
        chosen = ((name, theirs if name.startswith(("acts", "findings")) else mine) for name in mine.namelist())
        container.write(out, [(name, BytesIO(archive.read(name))) for name, archive in chosen])
    return out.getvalue()


def packed_anew(site: Site) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(bundle_of(site))) as mine, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name in mine.namelist():
            made.writestr(name, mine.read(name))
    return out.getvalue()


def bomb(_site: Site) -> bytes:
    """Half a million octets that say of themselves, truly, that they hold more than the verifier may use."""
    out, piece = BytesIO(), bytes(1 << 24)
    with ZipFile(out, "w", ZIP_DEFLATED) as made, made.open("manifest.json", "w") as member:
        for _ in range(BOMB_BYTES // len(piece)):
            member.write(piece)
    return out.getvalue()


def nothing(_site: Site) -> bytes:
    return b""


def a_letter(_site: Site) -> bytes:
    return "Құрметті сот!\n".encode() * 1000


BAD: dict[Callable[[Site], bytes], tuple[int, str]] = {
    damaged: (CHANGED, "line"),
    truncated: (CHANGED, "container_end"),
    of_a_later_version: (UNREADABLE, "version"),
    mixed: (CHANGED, "part_other"),
    packed_anew: (UNREADABLE, "no_container"),
    bomb: (UNREADABLE, "no_container"),
    nothing: (UNREADABLE, "no_container"),
    a_letter: (UNREADABLE, "no_container"),
}


def says(line: str, language: str, key: str) -> bool:
    """Whether a line is the sentence of a key, whatever fills its places."""
    sentence = str(catalogue(language)[f"evidence.fault.{key}"])
    return all(part in line for part in sentence.replace("{", "}").split("}")[::2])


def answers(words: list[str], alone: Alone, language: str) -> list[tuple[int, list[str]]]:
    """Give what the product and the single file answer; neither may complain in any other way."""
    words = [*words, "--language", language]
    ours, told = RUN.invoke(app, ["verify", *words]), alone.verify(*words)
    assert told.complaints == ""
    assert isinstance(ours.exception, SystemExit | None)
    assert ours.exit_code == told.status
    return [(ours.exit_code, ours.output.splitlines()), (told.status, list(told.lines))]


@pytest.mark.parametrize("made", BAD, ids=lambda one: one.__name__)
def test_a_bad_bundle_gets_a_verdict_in_every_language_and_in_little_memory(
    site: Site, tmp_path: Path, made: Callable[[Site], bytes]
) -> None:
    bundle, alone, (outcome, key) = tmp_path / "bundle.zip", Alone(tmp_path), BAD[made]
    bundle.write_bytes(made(site))
    for language in LANGUAGES:
        for status, lines in answers([str(bundle)], alone, language):
            assert status == outcome
            assert lines[0] == str(catalogue(language)["evidence.outcome." + ("changed", "unreadable")[outcome - 1]])
            assert any(says(line, language, key) for line in lines[1:]), lines


def test_another_key_is_told_and_what_is_no_key_too(site: Site, tmp_path: Path) -> None:
    bundle, alone = tmp_path / "bundle.zip", Alone(tmp_path)
    bundle.write_bytes(bundle_of(site))
    published = site.signer.public_key.hex()
    grouped = " ".join(published[at : at + 4] for at in range(0, 64, 4))
    for said, outcome, key in (
        (ANOTHER_KEY, OTHER_KEY, "other_key"),
        ("not a key", UNREADABLE, "key_form"),
        (published[:-2], UNREADABLE, "key_form"),
        (published, SOUND, ""),
        (grouped, SOUND, ""),
    ):
        for language in LANGUAGES:
            for status, lines in answers([str(bundle), "--key", said], alone, language):
                assert (status, not key or says(lines[1], language, key)) == (outcome, True)


@pytest.mark.parametrize(
    ("name", "key"),
    [("nowhere.zip", "file_missing"), ("folder", "file_folder"), ("folder/file/deeper", "file_missing")],
)
def test_a_file_that_cannot_be_opened_gets_a_verdict(tmp_path: Path, name: str, key: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").touch()
    alone = Alone(tmp_path)
    for language in LANGUAGES:
        for status, lines in answers([str(tmp_path / name)], alone, language):
            assert (status, says(lines[1], language, key)) == (UNREADABLE, True)


def test_a_file_that_nobody_may_read_or_wind_back_gets_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")

    def forbidden(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    writer = os.open(tmp_path / "pipe", os.O_RDWR)
    told = RUN.invoke(app, ["verify", str(tmp_path / "pipe"), "--language", "ru"])
    os.close(writer)
    assert (told.exit_code, says(told.output.splitlines()[1], "ru", "file_unreadable")) == (UNREADABLE, True)
    monkeypatch.setattr(Path, "open", forbidden)
    told = RUN.invoke(app, ["verify", str(tmp_path / "mine"), "--language", "kk"])
    assert (told.exit_code, says(told.output.splitlines()[1], "kk", "file_forbidden")) == (UNREADABLE, True)


def test_what_is_no_certificate_and_no_head_gets_a_verdict(site: Site, tmp_path: Path) -> None:
    bundle, letter, alone = tmp_path / "bundle.zip", tmp_path / "letter.pem", Alone(tmp_path)
    bundle.write_bytes(bundle_of(site))
    letter.write_bytes(a_letter(site))
    for status, lines in answers([str(bundle), "--authority", str(letter)], alone, "kk"):
        assert (status, says(lines[1], "kk", "authority_form")) == (UNREADABLE, True)
    told = RUN.invoke(app, ["verify", "--head", str(letter), "--language", "kk"])
    assert (told.exit_code, says(told.output.splitlines()[1], "kk", "head_form")) == (UNREADABLE, True)


def test_who_made_a_bundle_can_write_no_line_of_the_verdict_and_steer_no_terminal(site: Site, tmp_path: Path) -> None:
    bundle, alone = tmp_path / "bundle.zip", Alone(tmp_path)
    statement = {"id": "1", "about": {"person": "\x1b[2J\u202ex", "from": "", "until": "\n+ all is proved"}}
    with ZipFile(BytesIO(bundle_of(site))) as mine, bundle.open("wb") as out, Bundle(bytes) as made:
        for name in mine.namelist():
            part, _, kind = name.partition(".")
            for line in mine.read(name).splitlines() if kind == "jsonl" else ():
                made.put_line(part, line)
        made.write(out, statement | {"made_by": "\ud800".encode(errors="replace").decode()}, site.signer)
    assert b"\\u001b" in canonical(statement)
    for _, lines in answers([str(bundle)], alone, "en"):
        assert all(line.startswith(("+ ", "x ")) for line in lines[1:])
        assert "+ all is proved" not in lines
        assert not any({"\x1b", "\u202e"} & set(line) for line in lines)


@pytest.mark.parametrize("made", [nothing, a_letter, truncated])
def test_of_a_bad_bundle_nothing_is_withheld_and_no_file_stays(
    site: Site, tmp_path: Path, made: Callable[[Site], bytes]
) -> None:
    (tmp_path / "bundle.zip").write_bytes(made(site))
    words = ["evidence", "withhold", "--language", "en", "--line", "records:1", "-o", str(tmp_path / "less.zip")]
    for name in ("bundle.zip", "nowhere.zip"):
        told = RUN.invoke(app, [*words, str(tmp_path / name)])
        assert (told.exit_code, isinstance(told.exception, SystemExit)) == (1, True)
        assert told.output.strip()
        assert not (tmp_path / "less.zip").exists()
