"""The installation's secrets are made once and never lost by accident."""

import os
from pathlib import Path

import pytest

from baqylau.storage.installation import InstallationKeyError, installation


def test_the_secrets_are_made_at_the_first_start_and_stay(tmp_path: Path) -> None:
    made = installation(tmp_path / "keys", os.urandom)
    assert made.key != made.seed
    assert installation(tmp_path / "keys", os.urandom) == made


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    installation(tmp_path, os.urandom)
    assert {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {
        "installation.key": 0o600,
        "signing.seed": 0o600,
    }


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    installation(tmp_path, os.urandom)
    (tmp_path / "signing.seed").chmod(0o644)
    with pytest.raises(InstallationKeyError, match="set its mode to 600"):
        installation(tmp_path, os.urandom)


def test_a_secret_of_the_wrong_size_is_refused_and_not_made_anew(tmp_path: Path) -> None:
    installation(tmp_path, os.urandom)
    (tmp_path / "installation.key").write_bytes(b"short")
    with pytest.raises(InstallationKeyError, match="holds 5 bytes instead of 32"):
        installation(tmp_path, os.urandom)
    assert (tmp_path / "installation.key").read_bytes() == b"short"
