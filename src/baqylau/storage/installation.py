"""The two secrets of an installation: the key that wraps all others, and the seed that signs for it.

They are files of their own, apart from the database: a copy of the database alone opens nothing.
"""

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from baqylau.crypto.sealing import KEY_BYTES

SEED_BYTES = 32
ONLY_OWNER = 0o600


class InstallationKeyError(Exception):
    """A secret cannot be used; the text says which file and why."""


class Installation(Struct, frozen=True, kw_only=True):
    """What makes this installation this one. Never shown, never logged."""

    key: bytes
    seed: bytes


def installation(directory: Path, random: Callable[[int], bytes]) -> Installation:
    """Read the secrets, or make them at the first start. `InstallationKeyError` when a file is not as it must be."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Installation(
        key=kept_secret(directory / "installation.key", KEY_BYTES, random),
        seed=kept_secret(directory / "signing.seed", SEED_BYTES, random),
    )


def kept_secret(file: Path, size: int, random: Callable[[int], bytes]) -> bytes:
    """Read a secret of this size, or make it at its first use. `InstallationKeyError` when it is not as it must be."""
    if not file.exists():
        _make(file, random(size))
    if file.stat().st_mode & 0o077:
        msg = f"{file} can be read by others: set its mode to 600"
        raise InstallationKeyError(msg)
    secret = file.read_bytes()
    if len(secret) != size:
        msg = f"{file} holds {len(secret)} bytes instead of {size}: put the right one back from your copy"
        raise InstallationKeyError(msg)
    return secret


def _make(file: Path, secret: bytes) -> None:
    """Write the file whole and on disk before it has its name; whoever comes second keeps the first one's."""
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, ONLY_OWNER), "wb") as out:
        out.write(secret)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(unfinished, file)
    except FileExistsError:
        return
    finally:
        unfinished.unlink()
    directory = os.open(file.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)
