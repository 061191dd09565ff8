"""Write each catalogue as `LANGUAGE.json` into the folder named on the command line, for the pages."""

import sys
from pathlib import Path

import msgspec

from baqylau.locales import LANGUAGES, catalogue


def main(target: Path) -> None:
    """Write the catalogues; the plural categories are those of `Intl.PluralRules`."""
    target.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        (target / f"{language}.json").write_bytes(msgspec.json.encode(catalogue(language)) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
