"""The installation's own certificates and the key of its commands, as files beside its other secrets.

The root's seed is made once and needed again only when the issuing authority comes to its end: it can be moved to paper
and taken away.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from baqylau.crypto.certificates import (
    SEED_BYTES,
    Authority,
    chain_pem,
    key_pem,
    new_issuing,
    new_root,
    server_certificate,
)
from baqylau.crypto.signing import Signer
from baqylau.storage.installation import ONLY_OWNER, kept_secret

SERIAL_BYTES = 16
COMMAND_SEED_BYTES = 32
_NAME = "Baqylau"


class Authorities(Struct, frozen=True, kw_only=True):
    """Who issues certificates here."""

    root: bytes
    """The root's certificate, DER: what devices trust."""
    issuing: Authority


def command_seed(directory: Path, random: Callable[[int], bytes]) -> bytes:
    """Give the seed of the key that signs answers, commands and configurations, made at its first use."""
    return kept_secret(directory / "command.seed", COMMAND_SEED_BYTES, random)


def command_signer(directory: Path, random: Callable[[int], bytes]) -> Signer:
    """Give that key."""
    return Signer(command_seed(directory, random))


def authorities(directory: Path, random: Callable[[int], bytes], now: datetime) -> Authorities:
    """Give the authorities, made at their first use."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    issuing_seed = kept_secret(directory / "issuing.seed", SEED_BYTES, random)
    root_file, issuing_file = directory / "root.der", directory / "issuing.der"
    if not issuing_file.exists():
        root = new_root(_NAME, kept_secret(directory / "root.seed", SEED_BYTES, random), from_at=now, serial=1)
        issuing = new_issuing(root, f"{_NAME} issuing", issuing_seed, from_at=now, serial=2)
        root_file.write_bytes(root.certificate)
        issuing_file.write_bytes(issuing.certificate)
    return Authorities(
        root=root_file.read_bytes(), issuing=Authority(certificate=issuing_file.read_bytes(), seed=issuing_seed)
    )


def serial_number(random: Callable[[int], bytes]) -> int:
    """Give the serial of a new certificate."""
    return int.from_bytes(random(SERIAL_BYTES), "big") >> 1 | 1


def server_chain(
    directory: Path, names: tuple[str, ...], random: Callable[[int], bytes], now: datetime, name: str = "tls"
) -> tuple[Path, Path]:
    """Write a fresh certificate of the server with its key, and give both files, which bear the name."""
    own, seed = authorities(directory, random, now), random(SEED_BYTES)
    leaf = server_certificate(own.issuing, names, seed, from_at=now, serial=serial_number(random))
    chain, key = directory / f"{name}.pem", directory / f"{name}.key"
    with open(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, ONLY_OWNER), "wb") as out:
        out.write(key_pem(seed))
    chain.write_bytes(chain_pem(leaf, own.issuing.certificate))
    return chain, key
