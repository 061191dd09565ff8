"""From a paper to a file: PDF/A-2b by typst, with the fonts that typst carries and nothing of the machine."""

import re
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
import typst

from baqylau.monitoring.server.papers.layout import Paper

STANDARD: Final = "a-2b"
"""For keeping over decades: fonts inside, letters that can be copied out, nothing that runs (ISO 19005-2)."""
_FORM: Final = Path(__file__).with_name("paper.typ")
_NO_PACKAGES: Final = Path("/nonexistent")
_NO_LETTER: Final = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u024f\u0300-\u036f\u0391-\u03a1\u03a3-\u03c9\u0400-\u04ff"
    r"\u2010-\u2027\u2030-\u2040\u20a0-\u20bf\u2116\u2122\u2190-\u22ff]"
)
"""What the fonts inside are not known to draw. Latin, Greek, Cyrillic with Kazakh, signs of text and sums are drawn."""


def pdf(paper: Paper, at: datetime) -> bytes:
    """Typeset a paper as PDF/A-2b. The same paper and instant give the same bytes.

    What no font inside can draw, a sign of mood or a control character in what somebody wrote, stands as its number,
    such as `[U+1F600]`: PDF/A holds no letter without a picture, and a paper leaves out nothing.
    """
    try:
        return _compiled(_inputs(paper), at)
    except typst.TypstError:
        return _compiled(_inputs(_drawable(paper)), at)


def _compiled(inputs: dict[str, str], at: datetime) -> bytes:
    return typst.compile(
        _FORM,
        root=_FORM.parent,
        package_path=_NO_PACKAGES,
        package_cache_path=_NO_PACKAGES,
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=int(at.timestamp()),
        sys_inputs=inputs,
    )


def _drawable(paper: Paper) -> Paper:
    return msgspec.convert(_spelled(msgspec.to_builtins(paper)), Paper)


def _spelled(value: object) -> object:
    """Give the same with every text's undrawable characters as their numbers."""
    match value:
        case str():
            return _NO_LETTER.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
        case list() | tuple():
            return [_spelled(one) for one in value]
        case dict():
            return {name: _spelled(one) for name, one in value.items()}
        case _:
            return value


def _inputs(paper: Paper) -> dict[str, str]:
    """What a paper says goes in as a value, never as part of the form: names cannot be read as code."""
    return {"paper": msgspec.json.encode(paper).decode()}
