"""The tree is the decree: its rows, our folders, their READMEs and our tests tell the same story."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.arch.tree import ROOT, SOURCE, name_of, toml

SYSTEMS: list[dict[str, Any]] = toml("docs/decree/systems.toml")["system"]
SHARED = "src/baqylau/devices/linux_unit"
"""What the Linux class has in common; no system of its own."""
PLANNED = "**Planned: nothing of it runs yet.**"
every_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system["clause"])


def readme(system: dict[str, Any]) -> str:
    return Path(ROOT, system["folder"], "README.md").read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    found = re.search(rf"^## {title}\n+(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"no section {title!r}"
    return found.group(1).strip()


def test_the_list_has_seven_means_of_control_and_four_of_monitoring() -> None:
    clauses = [system["clause"] for system in SYSTEMS]
    assert clauses == [f"1.{n}" for n in range(1, 8)] + [f"2.{n}" for n in range(1, 5)]


def test_every_folder_of_a_system_has_its_row_and_every_row_its_folder() -> None:
    folders = {
        name_of(folder)
        for part in ("devices", "monitoring")
        for folder in (SOURCE / part).iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    }
    assert folders - {SHARED} == {system["folder"] for system in SYSTEMS}


@every_system
def test_the_readme_says_clause_duty_limits_and_proof(system: dict[str, Any]) -> None:
    text = readme(system)
    assert text.startswith(f"# {system['name']['en']} ({system['clause']})\n")
    for title in ("Duty", "Limits", "Proof"):
        assert section(text, title)
    clause = section(text, "Clause").casefold()
    assert clause.startswith(system["clause"])
    assert system["name"]["ru"].casefold() in clause
    assert system["name"]["kk"].casefold() in clause


@every_system
def test_what_is_planned_says_so_and_what_is_built_is_proved(system: dict[str, Any]) -> None:
    text = readme(system)
    assert (PLANNED in text) == (system["state"] == "planned")
    if system["state"] == "planned":
        assert not system["tests"]
        return
    assert system["tests"]
    for path in system["tests"]:
        assert f"`{path}`" in section(text, "Proof")
        assert list((ROOT / path).rglob("test_*.py")), f"{path} holds no test"


@every_system
def test_the_table_on_the_front_page_agrees(system: dict[str, Any]) -> None:
    front = (ROOT / "README.md").read_text(encoding="utf-8")
    row = f"| {system['clause']} | [{system['name']['en']}]({system['folder']}) | {system['state']} |"
    assert row in front


def test_a_built_system_is_more_than_a_readme() -> None:
    for system in SYSTEMS:
        modules = [path for path in Path(ROOT / system["folder"]).glob("*.py") if path.name != "__init__.py"]
        assert bool(modules) == (system["state"] == "built"), system["folder"]
