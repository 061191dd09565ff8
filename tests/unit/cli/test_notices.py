"""`notices`, `notify test`, `load` and what `doctor` says of the file, over a real database and a real receiver."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.domain.findings import Code
from baqylau.domain.targets import HttpGateway, SmppGateway
from baqylau.monitoring.server.letters import notices_of
from baqylau.monitoring.server.notice_file import telling_in
from baqylau.storage.alarms.outbox import Outbox
from tests.arch.tree import ROOT
from tests.perf.installation import free_port
from tests.unit.links.receivers import WebReceiver, web_receiver
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import NOON

RUN = CliRunner()
FILE = "targets: [{{name: hook, channel: webhook, address: '{address}', secret: between us}}]"


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with web_receiver() as opened:
        yield opened


def write(data: Path, said: str, mode: int = 0o600) -> None:
    (data / "notices.yaml").write_text(said, encoding="utf-8")
    (data / "notices.yaml").chmod(mode)


def test_a_target_is_tried_and_the_answer_is_a_sentence(tmp_path: Path, receiver: WebReceiver) -> None:
    options = ["--data", str(tmp_path), "--language", "en"]
    write(tmp_path, FILE.format(address=receiver.address))
    done = RUN.invoke(app, ["notify", "test", "hook", *options])
    assert (done.exit_code, done.output) == (0, "hook was told.\n")
    assert json.loads(receiver.next().body)["why"] == "test"
    write(tmp_path, FILE.format(address=f"http://127.0.0.1:{free_port()}/in"))
    done = RUN.invoke(app, ["notify", "test", "hook", *options])
    assert (done.exit_code, done.output) == (1, "hook could not be told: not_reached.\n")
    assert RUN.invoke(app, ["notify", "test", "nobody", *options]).exit_code == 1


@pytest.mark.parametrize(
    ("said", "mode", "why"),
    [
        (FILE.format(address="https://example.test/in"), 0o644, "can be read by others"),
        ("targets: 7", 0o600, "is not as it must be: Expected `array`"),
        ("targets: [", 0o600, "is not as it must be"),
        ("timezone: Mars/Olympus", 0o600, "there is no time zone Mars/Olympus"),
        ("targets: [{name: a, channel: sms, address: '+7701'}]", 0o600, "a is to get SMS, but there is no gateway"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_sentence(tmp_path: Path, said: str, mode: int, why: str) -> None:
    write(tmp_path, said, mode)
    done = RUN.invoke(app, ["notify", "test", "hook", "--data", str(tmp_path), "--language", "en"])
    assert done.exit_code == 1
    assert why in done.output


def test_notices_are_listed_for_people_and_for_programs(dsn: str, engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, FILE.format(address="https://example.test/in"))
    Bench(engine).say(found(Code.EXCLUSION_ENTRY, 0))
    Outbox(engine).spread(lambda news: notices_of(telling_in(tmp_path), news), NOON)
    options = ["--database", dsn, "--data", str(tmp_path), "--language", "en"]
    assert "waits to be sent" in RUN.invoke(app, ["notices", *options]).output
    [line] = RUN.invoke(app, ["notices", "--state", "queued", "--json", *options]).output.splitlines()
    assert (json.loads(line)["target"], json.loads(line)["state"]) == ("hook", "queued")
    assert not RUN.invoke(app, ["notices", "--state", "sent", "--json", *options]).output


def test_the_load_is_shown_for_people_and_for_programs(dsn: str, engine: Engine, tmp_path: Path) -> None:
    Bench(engine).say(found(Code.EXCLUSION_ENTRY, 0))
    options = ["--database", dsn, "--data", str(tmp_path), "--language", "en"]
    stretch = ["--from", "2026-03-01T00:00:00+05:00", "--until", "2026-04-01T00:00:00+05:00"]
    said = RUN.invoke(app, ["load", *stretch, *options])
    assert "Alarms: 1, per person-month: –" in said.output, said.output
    figures = json.loads(RUN.invoke(app, ["load", *stretch, "--json", *options]).output)
    assert (figures["alarms"], figures["by_code"][0]["code"]) == (1, "Z01")


def test_the_files_of_the_how_to_can_be_used(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/send-notifications.md").read_text(encoding="utf-8")
    whole, other = re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    write(tmp_path, whole)
    telling = telling_in(tmp_path)
    assert [one.name for one in telling.targets] == ["duty-officer", "almaly-inspector", "region"]
    assert isinstance(telling.sms, SmppGateway)
    write(tmp_path, other)
    assert isinstance(telling_in(tmp_path).sms, HttpGateway)
