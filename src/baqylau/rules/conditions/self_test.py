"""Self test: the device's own test of its sensors failed.

    sound --failed--> faulty (B11);  faulty --passed--> sound, without a finding

A fault of the equipment and never held against the person. Source: catalogue B11 (notes on the domain, section 6).
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import SelfTest
from baqylau.rules.conditions.condition import Kind, Word, word


def _says(body: SelfTest) -> Word:
    return word(holds=not body.passed)


KIND = Kind(name="self_test", begins=Code.SELF_TEST_FAILED, body=SelfTest, says=_says)
