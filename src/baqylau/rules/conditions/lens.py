"""Lens: the camera of the audio-visual unit is covered, or turned away.

The unit says it: within checks, and by its own sensors at other times; nothing is recorded for it. Source: decree,
clause 1.6; catalogue A07 (notes on the domain, section 6).
"""

from baqylau.domain.checks import Lens
from baqylau.domain.findings import Code
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.condition import Kind, Word, word


def _says(body: Lens) -> Word:
    return word(holds=body.blocked)


KIND = Kind(
    name="lens_blocked",
    begins=Code.CAMERA_BLOCKED,
    devices=frozenset({DeviceKind.AV_UNIT, DeviceKind.BREATH_UNIT}),
    body=Lens,
    says=_says,
)
