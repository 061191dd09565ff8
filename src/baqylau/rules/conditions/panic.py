"""Panic: the person held the button for help.

Every press is found; presses within a minute are one. Source: catalogue V03 (notes on the domain, section 6).
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import Panic
from baqylau.rules.conditions.condition import Kind, Word
from baqylau.rules.settings import PANIC_WITHIN_S


def _says(_: Panic) -> Word:
    return Word.CERTAIN


KIND = Kind(name="panic", begins=Code.PANIC, body=Panic, says=_says, moment_s=PANIC_WITHIN_S)
