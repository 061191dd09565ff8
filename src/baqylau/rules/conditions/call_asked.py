"""Call asked: the person pressed the key by which one asks to be called.

Every press is found; presses within a minute are one. Source: catalogue V07, which is ours (the mobile unit's keys).
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import CallAsked
from baqylau.rules.conditions.condition import Kind, Word
from baqylau.rules.settings import PANIC_WITHIN_S


def _says(_: CallAsked) -> Word:
    return Word.CERTAIN


KIND = Kind(name="call_asked", begins=Code.CALL_ASKED, body=CallAsked, says=_says, moment_s=PANIC_WITHIN_S)
