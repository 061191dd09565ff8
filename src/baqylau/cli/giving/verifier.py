"""The program of the single-file verifier: a bundle named on the command line, and what is proved of it."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from baqylau.protocols.evidence.asking import AskedWrongError, certificates_of, public_key_of, unopened
from baqylau.protocols.evidence.checking import check
from baqylau.protocols.evidence.recordings import save_recordings
from baqylau.protocols.evidence.telling import told
from baqylau.protocols.evidence.verdict import Verdict


def main(words: list[str], texts: Mapping[str, Mapping[str, str]]) -> int:
    """Check the file that a command line names and say what is proved; give the exit code."""
    options = ArgumentParser(description="Checks an evidence bundle.")
    options.add_argument("bundle")
    options.add_argument("--key", default="", help="Public key that the installation published, hexadecimal.")
    options.add_argument("--language", choices=sorted(texts), default="en")
    options.add_argument("--recordings", help="New folder to write the bundle's recordings into when they are proved.")
    options.add_argument("--authority", action="append", default=[], help="Certificate of a time-stamping authority.")
    given = options.parse_args(words)

    def say(key: str, params: dict[str, Any]) -> str:
        return texts[given.language][key].format(**params)

    verdict = _verdict(given)
    for line in told(verdict, say):
        sys.stdout.buffer.write(line.encode() + b"\n")
    return verdict.outcome


def _verdict(given: Namespace) -> Verdict:
    try:
        known = [one for file in given.authority for one in certificates_of(file, Path(file).read_bytes())]
        with Path(given.bundle).open("rb") as file:
            verdict = check(file, public_key_of(given.key), known)
            if given.recordings and not verdict.faults:
                verdict.saved(save_recordings(file, Path(given.recordings)), given.recordings)
    except AskedWrongError as wrong:
        return wrong.verdict
    except OSError as wrong:
        return unopened(wrong)
    return verdict
