"""From a paper to a file: PDF/A-2b by typst, with the fonts that typst carries and nothing of the machine."""

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


def pdf(paper: Paper, at: datetime) -> bytes:
    """Typeset a paper as PDF/A-2b. The same paper and instant give the same bytes."""
    return typst.compile(
        _FORM,
        root=_FORM.parent,
        package_path=_NO_PACKAGES,
        package_cache_path=_NO_PACKAGES,
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=STANDARD,
        timestamp=int(at.timestamp()),
        sys_inputs=_inputs(paper),
    )


def _inputs(paper: Paper) -> dict[str, str]:
    """What a paper says goes in as a value, never as part of the form: names cannot be read as code."""
    return {"paper": msgspec.json.encode(paper).decode()}
