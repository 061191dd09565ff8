"""Interference: the device's own indicator says that it is jammed or deceived.

For each kind of interference:

    undisturbed --suspected--> suspected --it lasted--> found (L05, L11, C03 or S07)
    undisturbed or suspected --certain--> found
    found --none--> undisturbed (L10, which ends it)

A suspicion that passes at once is nothing; a certain one is found at its instant, in a known dead spot too. Source:
catalogue L05, L11, C03, S07 (notes on the domain, section 6); notes on radio and GNSS, 4.4; L10 is ours.
"""

from collections.abc import Callable

from baqylau.domain.findings import Code
from baqylau.domain.observations import Grade, Interference, InterferenceKind
from baqylau.rules.conditions.condition import Kind, Word
from baqylau.rules.settings import INTERFERENCE_AFTER_S

_WORDS = {Grade.NONE: Word.ENDED, Grade.SUSPECTED: Word.HOLDS, Grade.CERTAIN: Word.CERTAIN}
_CODES = {
    InterferenceKind.GNSS_JAM: Code.GNSS_JAM,
    InterferenceKind.GNSS_SPOOF: Code.SPOOFING,
    InterferenceKind.CELL_JAM: Code.CELL_JAM,
    InterferenceKind.RADIO_JAM: Code.RADIO_JAM,
}


def _of(kind: InterferenceKind) -> Callable[[Interference], Word | None]:
    def says(body: Interference) -> Word | None:
        return _WORDS[body.grade] if body.kind is kind else None

    return says


KINDS = tuple(
    Kind(
        name=kind.value,
        begins=_CODES[kind],
        ends=Code.INTERFERENCE_ENDED,
        body=Interference,
        says=_of(kind),
        after_s=INTERFERENCE_AFTER_S,
        located=True,
    )
    for kind in InterferenceKind
)
