"""The table of commands: each is loaded when it is asked for, and none is forgotten."""

import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import typer
from typer.main import get_group

from baqylau import cli


def test_every_command_that_is_made_is_in_the_table_and_nothing_else() -> None:
    made: dict[str, str] = {}
    for module in walk_packages(cli.__path__, f"{cli.__name__}."):
        if module.ispkg or module.name.endswith("__main__"):
            continue
        part = getattr(import_module(module.name), "app", None)
        if isinstance(part, typer.Typer):
            made |= dict.fromkeys(get_group(part).commands, module.name.removeprefix(f"{cli.__name__}."))
    assert made == cli.COMMANDS


def test_a_word_that_is_no_command_is_said_to_be_none() -> None:
    wrong = subprocess.run([sys.executable, "-m", "baqylau.cli", "servr"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "servr" in wrong.stderr


WITHOUT_NATS = "import sys; sys.modules['nats'] = None; from baqylau.cli import app; app()"


def test_a_command_whose_libraries_are_not_installed_says_what_to_install() -> None:
    asked = [sys.executable, "-c", WITHOUT_NATS, "region", "look", "--site", "almaty.json"]
    wrong = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert wrong.stderr == (
        "baqylau region: It needs the extra nats, which is not installed here: requirements/server.txt.\n"
    )
