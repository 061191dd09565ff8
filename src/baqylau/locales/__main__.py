"""Write each catalogue into the folder named on the command line, for the pages.

`LANGUAGE.json` is what every page needs; `LANGUAGE.cases.json` comes with the pages of cases, health, audit and
enrolment alone, and `LANGUAGE.own.json` is all that the page of a supervised person says.
"""

import re
import sys
from pathlib import Path

import msgspec

from baqylau.locales import LANGUAGES, catalogue

_ELSEWHERE = (
    "archive.",
    "av.",
    "backup.",
    "cli.",
    "demo.",
    "doctor.",
    "evidence.fact.",
    "evidence.fault.",
    "evidence.kept.",
    "import.",
    "own.",
    "place.kind.",
    "tracker.warning.",
    "unit.say.",
)
"""What programs and units say, or the page of a supervised person; no other page needs it."""
_OF_CASES = re.compile(r"case\.|(cases|stock|health)\.\w+\.|import\.|audit\.(?!title$)|(av\.)?enrolment\.")
"""Said by the pages of cases, audit and enrolment, and found wrong with a case: words that other pages do without."""

_OF_OWN_PAGE = re.compile(
    r"own\.(?!look\.)|device\.(bracelet|tracker|home_unit|mobile_unit|relay|av_unit|breath_unit)$|unit\.percent$"
    r"|request\.refused\.|session\.(refused\.(expired|not_signed_in|too_many)|unreachable)$|frame\.failed"
    r"|server\.refused\.|age\.|duration\."
)
"""Said by a supervised person's own page; what begins with `own.` by no other."""


def main(target: Path) -> None:
    """Write the catalogues; the plural categories are those of `Intl.PluralRules`."""
    target.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        texts = catalogue(language)
        later = {key: found for key, found in texts.items() if _OF_CASES.match(key)}
        own = {key: found for key, found in texts.items() if _OF_OWN_PAGE.match(key)}
        pages = {key: found for key, found in texts.items() if key not in later and not key.startswith(_ELSEWHERE)}
        for name, part in ((language, pages), (f"{language}.cases", later), (f"{language}.own", own)):
            (target / f"{name}.json").write_bytes(msgspec.json.encode(part) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
