"""What is in deploy/ fits the product: services start commands that exist, rules ask for figures that are given."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
import yaml
from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from typer.main import get_command

from baqylau import cli
from baqylau.domain.findings import Code
from baqylau.monitoring.workstation.metrics import Metrics
from baqylau.monitoring.workstation.own_figures import OwnFigures
from scripts.inside import UNSAID, bill, parts
from tests.arch.tree import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
RUNBOOK = "docs/how-to/when-something-of-ours-fails.md"
EXPOSURE_MAX = 2.0
"""Of ten, as systemd counts it."""
OF_PROMETHEUS = {"up"}


def started(unit: Path) -> list[str]:
    [line] = [line for line in unit.read_text(encoding="utf-8").splitlines() if line.startswith("ExecStart=")]
    return shlex.split(line.removeprefix("ExecStart="))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_service_starts_a_command_with_options_that_exist(unit: Path) -> None:
    program, name, *words = started(unit)
    assert program == "/opt/baqylau/bin/baqylau"
    assert name in cli.COMMANDS
    command = get_command(cli.app).get_command(typer.Context(get_command(cli.app)), name)  # type: ignore[attr-defined]
    if hasattr(command, "commands"):
        command = command.commands[words[0]]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_every_role_of_its_own_has_a_service() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/baqylau/cli/roles").glob("*.py"))
    roles = set(re.findall(r'role\.run\(\s*"([a-z-]+)"', source))
    assert "judge" in roles
    assert roles <= {started(unit)[1] for unit in UNITS}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
def test_systemd_finds_no_fault_in_the_services_and_calls_them_safe(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/baqylau/bin/baqylau", sys.executable)
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    shutil.copy(DEPLOY / "systemd/baqylau.target", tmp_path)
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in found.stderr.splitlines() if str(tmp_path) in line or "baqylau" in line]
    assert not ours, found.stderr
    for unit in tmp_path.glob("*.service"):
        said = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", unit], capture_output=True, text=True, check=True
        ).stdout
        [exposure] = re.findall(r"exposure level for \S+: ([0-9.]+)", said)
        assert float(exposure) <= EXPOSURE_MAX, unit.name


def test_the_command_of_the_machine_takes_the_environment_as_the_services_do(tmp_path: Path) -> None:
    said = tmp_path / "baqylau.env"
    address = "postgresql://baqylau@db/baqylau?sslmode=verify-full&connect_timeout=5$HOME"
    said.write_text(
        f'# a note\nBAQYLAU_DATABASE={address}\nBAQYLAU_HOST="127.0.0.1"\n\nBAQYLAU_LOG=info', encoding="utf-8"
    )
    runuser = tmp_path / "runuser"
    runuser.write_text('#!/bin/sh\necho "as $2"\nshift 3\nexec "$@"\n', encoding="utf-8")
    runuser.chmod(0o755)
    script = (DEPLOY / "baqylau").read_text(encoding="utf-8").replace("/etc/baqylau/baqylau.env", str(said))
    heard = subprocess.run(
        ["sh", "-c", script.replace("/opt/baqylau/bin/baqylau", "env"), "baqylau"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "SUDO_USER": "aliya"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert heard[0] == "as baqylau"
    assert {
        f"BAQYLAU_DATABASE={address}",
        "BAQYLAU_HOST=127.0.0.1",
        "BAQYLAU_LOG=info",
        "BAQYLAU_DATA=/var/lib/baqylau",
        "LOGNAME=aliya",
    } <= set(heard)


def test_a_service_is_never_given_up_and_stops_as_its_program_wants() -> None:
    for unit in UNITS:
        lines = set(unit.read_text(encoding="utf-8").splitlines())
        assert "KillMode=mixed" in lines, f"{unit.name}: our own PostgreSQL would be stopped before those who write"
        assert "Type=oneshot" in lines or {"Restart=on-failure", "StartLimitIntervalSec=0"} <= lines, unit.name


def test_the_environment_file_names_variables_that_the_commands_read() -> None:
    named = set(
        re.findall(r"^#?(BAQYLAU_[A-Z_]+)=", (DEPLOY / "baqylau.env").read_text(encoding="utf-8"), re.MULTILINE)
    )
    read = {
        word
        for path in (ROOT / "src/baqylau").rglob("*.py")
        for word in re.findall(r'"(BAQYLAU_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= read


def given(engine: Engine) -> set[str]:
    """Every figure that a workstation server gives, by name."""

    class Silent:
        listeners = cursor = 0

    figures = OwnFigures(engine, lambda: datetime(2026, 3, 10, tzinfo=UTC))
    registry: CollectorRegistry = Metrics(Silent(), figures).registry  # type: ignore[arg-type]
    return {name for family in registry.collect() for name in _names(family.name, family.type)}


def _names(family: str, kind: str) -> Iterator[str]:
    yield family
    if kind == "histogram":
        yield f"{family}_bucket"
    if kind == "counter":
        yield f"{family}_total"


def asked() -> dict[str, str]:
    """Every expression of the rules and of the board, by its name."""
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text(encoding="utf-8"))
    found = {rule["alert"]: rule["expr"] for group in rules["groups"] for rule in group["rules"]}
    board = json.loads((DEPLOY / "grafana/baqylau.json").read_text(encoding="utf-8"))
    return found | {panel["title"]: target["expr"] for panel in board["panels"] for target in panel["targets"]}


def test_rules_and_boards_ask_for_figures_that_are_given(engine: Engine) -> None:
    there = given(engine) | OF_PROMETHEUS
    for name, expression in asked().items():
        wanted = set(re.findall(r"\b(?:baqylau_\w+|up)\b", re.sub(r'"[^"]*"', '""', expression)))
        assert wanted, name
        assert wanted <= there, name


def test_rules_and_boards_know_a_gateway_by_any_name_and_tell_one_thing_once_however_many_servers_tell_it(
    engine: Engine,
) -> None:
    of_the_installation = {
        family.name for family in OwnFigures(engine, lambda: datetime(2026, 3, 10, tzinfo=UTC)).collect()
    }
    for name, expression in asked().items():
        assert 'role="gateway"' not in expression, f"{name}: of several gateways each has a name"
        if any(figure in expression for figure in of_the_installation):
            assert "max" in expression, f"{name}: two servers tell it twice"


def test_every_alarm_about_ourselves_has_its_section_in_the_runbook() -> None:
    text = (ROOT / RUNBOOK).read_text(encoding="utf-8")
    assert re.findall(r"^## (X\d\d):", text, re.MULTILINE) == sorted(code for code in Code if code.startswith("X"))


def test_every_rule_names_a_page_and_a_section_that_exist() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text(encoding="utf-8"))
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        page, _, section = rule["annotations"]["runbook"].partition("#")
        heads = re.findall(r"^#+ (.+)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
        assert not section or section in anchors, rule["alert"]


def test_every_part_says_its_licence_and_the_list_of_parts_is_the_same_each_time() -> None:
    found = parts()
    assert {part.of for part in found} == {"runtime", "server", "av", "web"}
    assert not [part.name for part in found if part.licence == UNSAID]
    assert json.dumps(bill(found, "1")) == json.dumps(bill(parts(), "1"))


def test_the_same_source_gives_the_same_wheel_with_pages_texts_and_contracts_inside(tmp_path: Path) -> None:
    built = []
    for place in (tmp_path / "one", tmp_path / "two"):
        words = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(place)]
        subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
        built.append(next(place.glob("*.whl")))
    assert built[0].read_bytes() == built[1].read_bytes()
    names = set(zipfile.ZipFile(built[0]).namelist())
    for needed in (
        "monitoring/workstation/static/index.html",
        "locales/kk/LC_MESSAGES/baqylau.po",
        "protocols/spec/batch.md",
    ):
        assert f"baqylau/{needed}" in names
