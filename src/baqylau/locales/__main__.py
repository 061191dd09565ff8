"""Write each catalogue as `LANGUAGE.json` into the folder named on the command line, for the pages."""

import sys
from pathlib import Path

import msgspec

from baqylau.locales import LANGUAGES, catalogue

_ELSEWHERE = ("cli.", "demo.", "doctor.", "import.")
"""What programs say at the terminal; no page needs it."""


def main(target: Path) -> None:
    """Write the catalogues; the plural categories are those of `Intl.PluralRules`."""
    target.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        pages = {key: found for key, found in catalogue(language).items() if not key.startswith(_ELSEWHERE)}
        (target / f"{language}.json").write_bytes(msgspec.json.encode(pages) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
