"""The program of the single-file verifier: a bundle named on the command line, and what is proved of it."""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from baqylau.crypto.timestamps import certificates_in
from baqylau.protocols.evidence.checking import UNREADABLE, check
from baqylau.protocols.evidence.recordings import save_recordings
from baqylau.protocols.evidence.telling import told


def main(words: list[str], texts: Mapping[str, Mapping[str, str]]) -> int:
    """Check the file that a command line names and say what is proved; give the exit code."""
    options = ArgumentParser(description="Checks an evidence bundle.")
    options.add_argument("bundle")
    options.add_argument("--key", type=bytes.fromhex, help="Public key that the installation published, hexadecimal.")
    options.add_argument("--language", choices=sorted(texts), default="en")
    options.add_argument("--recordings", help="New folder to write the bundle's recordings into when they are proved.")
    options.add_argument("--authority", action="append", default=[], help="Certificate of a time-stamping authority.")
    given = options.parse_args(words)

    def say(key: str, params: dict[str, Any]) -> str:
        return texts[given.language][key].format(**params)

    try:
        known = [one for file in given.authority for one in certificates_in(Path(file).read_bytes())]
        with Path(given.bundle).open("rb") as file:
            verdict = check(file, given.key, known)
            if given.recordings and not verdict.faults:
                verdict.saved(save_recordings(file, Path(given.recordings)), given.recordings)
    except OSError as wrong:
        sys.stderr.write(f"{wrong.filename}: {wrong.strerror}\n")
        return UNREADABLE
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return UNREADABLE
    for line in told(verdict, say):
        sys.stdout.write(line + "\n")
    return verdict.outcome
