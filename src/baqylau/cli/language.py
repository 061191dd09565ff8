"""In which language a command speaks."""

import os
from typing import Annotated

import typer

from baqylau.locales import LANGUAGES


def _spoken() -> str:
    """Give the language of the person at the terminal, English when it is none of ours."""
    wanted = os.environ.get("LANG", "")[:2]
    return wanted if wanted in LANGUAGES else "en"


SPOKEN = _spoken()
Language = Annotated[str, typer.Option(help=f"Language of messages: {', '.join(LANGUAGES)}.", show_default=False)]
