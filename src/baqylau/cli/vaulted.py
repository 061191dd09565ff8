"""The secrets of an installation, joined with its database."""

import os
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from baqylau.crypto.signing import Signer
from baqylau.links.wall_clock import now
from baqylau.storage.installation import installation
from baqylau.storage.journal.journal import Journal
from baqylau.storage.vault import Vault


class Vaulted(Struct, frozen=True):
    """What the secrets of an installation open: its journal, the vault that seals it, the key that signs it."""

    journal: Journal
    vault: Vault
    signer: Signer


def vaulted(engine: Engine, data_dir: Path) -> Vaulted:
    """Join a database with the secrets that belong to it."""
    secrets = installation(data_dir / "keys", os.urandom)
    vault = Vault(engine, secrets.key, os.urandom)
    return Vaulted(Journal(engine, vault, now, os.urandom), vault, Signer(secrets.seed))
