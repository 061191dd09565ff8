"""What is inside: every package of the locks with its version and licence, as a page and as a CycloneDX list."""

import json
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from msgspec import Struct

ROOT = Path(__file__).parents[1]
LOCKS = {name: f"requirements/{name}.txt" for name in ("runtime", "server", "av")}
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^ \\;]+)")
_CLASSIFIER = "License :: OSI Approved :: "
_SHORT = 40
"""Letters; a longer text is the licence itself and not its name."""
UNSAID = "not said by the package"


class Part(Struct, frozen=True, kw_only=True, order=True):
    """One package that comes with the product."""

    name: str
    version: str
    licence: str
    of: str
    """`runtime`, `server` (sites and archive), `av` (faces and voices) or `web` (built into the pages)."""


def parts() -> list[Part]:
    """Give everything that runs in an installation; what only the tests use is not among it."""
    seen: set[str] = set()
    found = []
    for of, lock in LOCKS.items():
        for name, version in _pinned(ROOT / lock):
            if name not in seen and (licence := _licence(name)) is not None:
                found.append(Part(name=name, version=version, licence=licence, of=of))
            seen.add(name)
    return [*sorted(found), *sorted(_of_the_web())]


def _pinned(lock: Path) -> Iterator[tuple[str, str]]:
    for line in lock.read_text(encoding="utf-8").splitlines():
        if matched := _PINNED.match(line):
            yield matched[1], matched[2]


def _licence(name: str) -> str | None:
    """Give a package's licence, None for one that this kind of machine does not need."""
    try:
        return licence_of(distribution(name))
    except PackageNotFoundError:
        return None


def licence_of(package: Distribution) -> str:
    """Give the licence that a package names, the most exact way first."""
    classified = [line.removeprefix(_CLASSIFIER) for line in _said(package, "Classifier") if _CLASSIFIER in line]
    named = "".join(_said(package, "License")).strip()
    short = named if named and len(named) <= _SHORT and "\n" not in named else ""
    given = "".join(_said(package, "License-Expression")) or short
    return given if given not in {"", "UNKNOWN"} else ", ".join(classified) or UNSAID


def _said(package: Distribution, name: str) -> list[str]:
    return package.metadata.get_all(name) or []


def _of_the_web() -> Iterator[Part]:
    """Give what the pages are built of: the packages that are not for the building alone."""
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
    for place, one in lock["packages"].items():
        if place and not one.get("dev") and not one.get("optional"):
            name = place.rpartition("node_modules/")[2]
            yield Part(name=name, version=one["version"], licence=one.get("license", UNSAID), of="web")


def bill(found: list[Part], version: str) -> dict[str, Any]:
    """Give the list as CycloneDX 1.5. It has no date and no serial number: the same parts give the same list."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "baqylau", "version": version}},
        "components": [
            {
                "type": "library",
                "name": part.name,
                "version": part.version,
                "purl": f"pkg:{'npm' if part.of == 'web' else 'pypi'}/{part.name}@{part.version}",
                "licenses": [{"license": {"name": part.licence}}],
                "properties": [{"name": "baqylau:of", "value": part.of}],
            }
            for part in found
        ],
    }


def _main(place: str) -> None:
    from baqylau import __version__  # noqa: PLC0415 - the page needs no product

    target = Path(place)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill(parts(), __version__), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1])
