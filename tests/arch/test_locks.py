"""Locks hold names, versions and hashes. From where packages come is the business of each machine."""

import json
import re

import pytest

from tests.arch.tree import ROOT

PYTHON_LOCKS = [f"requirements/{name}.txt" for name in ("bootstrap", "runtime", "server", "av", "dev")]


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {pin.group(1): pin.group(2) for pin in re.finditer(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE)}


def addresses(value: object) -> list[str]:
    """Every string in a JSON value that is or names an address."""
    match value:
        case dict():
            return [
                found for key, inner in value.items() for found in ([key] if key == "resolved" else addresses(inner))
            ]
        case list():
            return [found for inner in value for found in addresses(inner)]
        case str() if "://" in value:
            return [value]
        case _:
            return []


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_a_python_lock_holds_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_the_locks_agree_with_one_another() -> None:
    dev = pins("requirements/dev.txt")
    for name in PYTHON_LOCKS:
        for package, version in pins(name).items():
            assert dev[package] == version, package


@pytest.mark.parametrize("folder", ["web", "firmware"])
def test_a_lock_of_node_packages_holds_no_address_of_a_registry(folder: str) -> None:
    lock = json.loads((ROOT / folder / "package-lock.json").read_text(encoding="utf-8"))
    packages = [{key: value for key, value in entry.items() if key != "funding"} for entry in lock["packages"].values()]
    assert packages
    assert addresses(packages) == []
