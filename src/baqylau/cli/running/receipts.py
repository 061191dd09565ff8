"""Signed receipts of what was destroyed, on a command line."""

import sys
from collections.abc import Iterable

import msgspec

from baqylau.storage.checks.media_life import SignedReceipt


def print_receipts(receipts: Iterable[SignedReceipt]) -> None:
    """Write each with its signature, one JSON object a line, the receipt byte by byte as it was signed."""
    for one in receipts:
        said = msgspec.json.encode({"receipt": msgspec.Raw(one.content), "signature": one.signature.hex()})
        sys.stdout.write(said.decode() + "\n")
