"""Low accuracy: a fix whose own precision is worse than the limit.

    precise --worse than the limit--> coarse (L03);  coarse --precise--> precise, without a finding

For the record: such a fix decides about no zone alone. Source: catalogue L03 (notes on the domain, section 6).
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import Fix
from baqylau.rules.conditions.condition import Kind, Word
from baqylau.rules.settings import LOW_ACCURACY_R95_M


def _says(body: Fix) -> Word | None:
    if body.accuracy_m is None:
        return None
    return Word.HOLDS if body.accuracy_m > LOW_ACCURACY_R95_M else Word.ENDED


KIND = Kind(name="low_accuracy", begins=Code.LOW_ACCURACY, body=Fix, says=_says)
