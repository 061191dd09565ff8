"""Write each catalogue into the folder named on the command line, for the pages.

`LANGUAGE.json` is what every page needs; `LANGUAGE.cases.json` comes with the pages of cases alone.
"""

import re
import sys
from pathlib import Path

import msgspec

from baqylau.locales import LANGUAGES, catalogue

_ELSEWHERE = ("cli.", "demo.", "doctor.", "import.")
"""What programs say at the terminal; no page needs it."""
_OF_CASES = re.compile(r"case\.|cases\.\w+\.|import\.")
"""Said by the pages of cases, and found wrong with a case: words that other pages do without."""


def main(target: Path) -> None:
    """Write the catalogues; the plural categories are those of `Intl.PluralRules`."""
    target.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        texts = catalogue(language)
        later = {key: found for key, found in texts.items() if _OF_CASES.match(key)}
        pages = {key: found for key, found in texts.items() if key not in later and not key.startswith(_ELSEWHERE)}
        for name, part in ((language, pages), (f"{language}.cases", later)):
            (target / f"{name}.json").write_bytes(msgspec.json.encode(part) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
