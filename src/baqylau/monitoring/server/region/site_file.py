"""The file that makes a machine a regional site: its name, its keys, and what its streams are called.

Written by the centre for this site alone. Whoever has it can speak for the site and answer its devices: mode 600.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct

from baqylau.crypto.boxes import BoxKey
from baqylau.links.jetstream import Stream
from baqylau.protocols.region.letters import Letters, centre_key
from baqylau.storage.installation import ONLY_OWNER

GIB = 1024**3
NAME_CHARS_MAX = 32
_DOWN_BYTES = GIB
_NAMED_BY = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class SiteFileError(Exception):
    """The file cannot be used; the text says why."""


class Site(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says. Never shown, never logged."""

    name: str
    seed: bytes
    """Of the site's own key."""
    centre: bytes
    """The centre's public key."""
    signer_seed: bytes
    """By which devices are answered; theirs believe no other."""

    def letters(self) -> Letters:
        """Give who writes and reads at the site."""
        return Letters(self.name, BoxKey(self.seed), self.centre)


def is_name(name: str) -> bool:
    """Whether a site can be called so: the name stands in subjects."""
    return 0 < len(name) <= NAME_CHARS_MAX and set(name) <= _NAMED_BY


def new_site(name: str, seed: bytes, command_seed: bytes) -> tuple[Site, bytes]:
    """Give the file of a new site, and its public key for the centre."""
    site = Site(name=name, seed=seed, centre=centre_key(command_seed).public_key, signer_seed=command_seed)
    return site, BoxKey(seed).public_key


def letters_at_centre(name: str, command_seed: bytes, public_key: bytes) -> Letters:
    """Give who writes and reads for a site at the centre."""
    return Letters(name, centre_key(command_seed), public_key)


def write_site(site: Site, file: Path) -> None:
    """Write the file for its owner alone; `FileExistsError` when there is one."""
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "wb") as out:
        out.write(msgspec.json.encode(site) + b"\n")


def site_in(file: Path) -> Site:
    """Read the file. `SiteFileError` when it is not as it must be."""
    try:
        if file.stat().st_mode & 0o077:
            msg = f"{file} can be read by others: set its mode to 600"
            raise SiteFileError(msg)
        return msgspec.json.decode(file.read_bytes(), type=Site)
    except (OSError, msgspec.DecodeError) as wrong:
        msg = f"{file} cannot be used: {wrong}"
        raise SiteFileError(msg) from wrong


def up_stream(name: str, room_gib: int, replicas: int) -> Stream:
    """Give the stream to the centre."""
    return Stream(
        name=f"baqylau-up-{name}", subjects=(f"baqylau.up.{name}",), bytes_max=room_gib * GIB, replicas=replicas
    )


def down_stream(name: str, replicas: int) -> Stream:
    """Give the stream to the site."""
    return Stream(
        name=f"baqylau-down-{name}",
        subjects=(f"baqylau.down.{name}.>",),
        bytes_max=_DOWN_BYTES,
        replicas=replicas,
        latest_only=True,
    )
