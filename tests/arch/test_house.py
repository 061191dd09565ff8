"""Rules of the house that a linter cannot hold alone."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.arch.tree import ROOT, SOURCE, toml

PAGE_LINES_MAX = 120
ADR_SECTIONS = ["Context", "Choice", "Cost", "What would change our mind"]


def test_no_lint_rule_is_ignored_for_the_whole_tree() -> None:
    assert toml("pyproject.toml")["tool"]["ruff"]["lint"]["ignore"] == []


def test_types_are_checked_strictly_in_source_and_tests() -> None:
    mypy = toml("pyproject.toml")["tool"]["mypy"]
    assert mypy["strict"]
    assert {"baqylau", "tests"} <= set(mypy["packages"])
    assert not any("ignore_errors" in override for override in mypy["overrides"])


def test_imports_go_down_only() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def test_every_part_of_the_product_has_its_layer() -> None:
    contracts = toml("pyproject.toml")["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    placed = {name.strip().removeprefix("baqylau.") for layer in layers for name in layer.split("|")}
    parts = {path.stem for path in SOURCE.iterdir() if path.name not in {"__init__.py", "__pycache__", "locales"}}
    assert parts - {"__main__", "py"} <= placed


def test_every_decision_is_one_page_and_is_listed() -> None:
    listed = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    pages = sorted((ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert f"]({page.name})" in listed, page.name
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ADR_SECTIONS, page.name
        assert len(text.splitlines()) <= PAGE_LINES_MAX, page.name


def test_every_dependency_has_its_reason() -> None:
    project = toml("pyproject.toml")
    extras = [requirement for extra in project["project"]["optional-dependencies"].values() for requirement in extra]
    wanted = project["project"]["dependencies"] + extras + project["dependency-groups"]["dev"]
    names = {re.split(r"[\[><=;]", requirement)[0].strip() for requirement in wanted}
    for folder in ("web", "firmware"):
        packages = json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))
        names |= {*packages.get("dependencies", ()), *packages["devDependencies"]}
    reasons = (ROOT / "docs/adr/0008-dependencies.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| (?!in |for |at )(\S+) \| \w", reasons, re.MULTILINE)) == names


def test_continuous_integration_runs_what_people_run() -> None:
    commands = [
        line
        for line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == ["exec make test </dev/null"]
