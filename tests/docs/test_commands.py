"""The commands in the documentation exist, and those that need no running system are run.

A block marked `console` shows commands after `$`; one marked `console run` is run here, in an empty folder.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import typer.main
from typer.core import TyperGroup

from baqylau.cli import COMMANDS, app
from baqylau.domain.orders import Restriction
from baqylau.monitoring.server.importing.registry import parse
from tests.arch.tree import ROOT, files, name_of

BLOCK = re.compile(r"^```console( run)?\n(.*?)^```", re.DOTALL | re.MULTILINE)
PROGRAM = ".venv/bin/baqylau"


def commands(*, run: bool | None = None) -> Iterator[tuple[Path, str]]:
    for page in files():
        if page.suffix == ".md":
            for marked, block in BLOCK.findall(page.read_text(encoding="utf-8")):
                if run is None or bool(marked) == run:
                    yield from ((page, line[2:]) for line in block.splitlines() if line.startswith("$ "))


def words(command: str) -> list[str]:
    """The words of the last program of a pipeline."""
    return shlex.split(command.rpartition("|")[2])


def named(command: tuple[Path, str] | Path | str) -> str:
    return name_of(command) if isinstance(command, Path) else str(command)


@pytest.mark.parametrize(("page", "command"), list(commands()), ids=named)
def test_every_command_exists_and_takes_its_options(
    page: Path,  # noqa: ARG001 - shown by pytest
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("people.yaml", "track.gpx", "city.yaml"):
        Path(name).touch()
    program, *rest = words(command)
    match program:
        case "make":
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in rest)
        case ".venv/bin/pytest":
            assert (ROOT / rest[0]).exists()
        case _:
            assert program == PROGRAM
            assert_parses(rest)


def assert_parses(arguments: list[str]) -> None:
    if arguments[-1] == "--help":
        arguments = arguments[:-1]
        assert arguments[0] in COMMANDS
        return
    command = typer.main.get_command(app)
    with command.make_context("baqylau", list(arguments)) as context:
        assert isinstance(command, TyperGroup)
        name, below, rest = command.resolve_command(context, arguments)
        assert below is not None
        below.make_context(name, rest, parent=context, resilient_parsing=False)


@pytest.mark.parametrize(("page", "command"), list(commands(run=True)), ids=named)
def test_a_command_that_needs_no_system_runs(page: Path, command: str, tmp_path: Path) -> None:  # noqa: ARG001
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_every_command_has_its_section_in_the_reference() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    reference = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    made = {name: group.get_command(typer.Context(group), name) for name in COMMANDS}
    shown = {name for name, command in made.items() if not getattr(command, "hidden", False)}
    assert shown == set(re.findall(r"^## baqylau (\S+)", reference, re.MULTILINE))


def test_the_import_file_of_the_how_to_is_taken_whole() -> None:
    page = (ROOT / "docs/how-to/import-people.md").read_text(encoding="utf-8")
    example = re.search(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert example is not None
    registry = parse(example.group(1))
    assert len({type(one) for one in registry.restrictions}) == len(get_args(Restriction))
    assert [person.name for person in registry.people] == ["Айгерім Сәрсенова", "Сәуле Ойдан"]
    assert [one.id for one in registry.devices if one.charge_schedule] == ["unit-7"]
