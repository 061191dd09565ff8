"""Bypass: air that no person breathed out, or a way around the sensor of the breath unit.

The unit says it, with the name of what it saw; its traces and photos are kept. An opened case has the same code (rule
`tamper`). Source: decree, clause 1.7; catalogue E12 (notes on the domain, section 6).
"""

from baqylau.domain.checks import Bypass
from baqylau.domain.findings import Code
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.condition import Kind, Word
from baqylau.rules.settings import CHECK_LASTS_S


def _says(_: Bypass) -> Word:
    return Word.HOLDS


KIND = Kind(
    name="bypass",
    begins=Code.BREATH_TAMPER,
    devices=frozenset({DeviceKind.BREATH_UNIT}),
    body=Bypass,
    says=_says,
    moment_s=CHECK_LASTS_S,
)
