"""The project's own files, as the architecture tests look at them."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "baqylau"
TEXT_SUFFIXES = {
    "", ".css", ".editorconfig", ".html", ".js", ".json", ".md", ".mjs", ".py", ".sh", ".svelte", ".toml", ".ts",
    ".txt", ".yaml", ".yml",
}  # fmt: skip


@cache
def files() -> tuple[Path, ...]:
    """Every file that is in the repository or would be added to it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def text_files() -> Iterator[Path]:
    """Every file written by people: no locks, no pictures, no data."""
    return (path for path in files() if path.suffix in TEXT_SUFFIXES and "lock" not in path.name)


def python_files() -> Iterator[Path]:
    """Every module of the product and of its tests."""
    return (path for path in files() if path.suffix == ".py")


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def toml(name: str) -> dict[str, Any]:
    """A TOML file of the project."""
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """A path as people write it, from the project's root."""
    return path.relative_to(ROOT).as_posix()
