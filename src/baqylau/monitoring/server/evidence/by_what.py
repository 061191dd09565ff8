"""By what was judged: the figures of the rules, and a digest of their very code."""

from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from baqylau.rules import settings

_RULES = Path(settings.__file__).parent


def lines() -> Iterator[Mapping[str, Any]]:
    """Give what a bundle says of the rules."""
    yield {"code": code()}
    for name, value in figures().items():
        yield {"threshold": name, "value": value}


def figures() -> dict[str, Any]:
    """Give the figures of the rules, by their names."""
    return {name: value for name, value in sorted(vars(settings).items()) if name.isupper()}


@cache
def code() -> str:
    """Give a digest of every rule as it is written: the same digest judges the same."""
    over = sha256()
    for file in sorted(_RULES.rglob("*.py")):
        over.update(f"{file.relative_to(_RULES).as_posix()}\n".encode())
        over.update(sha256(file.read_bytes()).digest())
    return over.hexdigest()
