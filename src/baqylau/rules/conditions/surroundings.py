"""Surroundings: a knock, or a temperature, that the device is not made for.

    within its limits --beyond one of them--> found (B08);  found --within them--> within, without a finding

Source: catalogue B08 (notes on the domain, section 6); the limits are settings.
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import Surroundings
from baqylau.rules.conditions.condition import Kind, Word, word
from baqylau.rules.settings import SHOCK_G, TEMPERATURE_C


def _says(body: Surroundings) -> Word:
    knocked = body.shock_g is not None and body.shock_g >= SHOCK_G
    tempered = body.temperature_c is None or TEMPERATURE_C[0] <= body.temperature_c <= TEMPERATURE_C[1]
    return word(holds=knocked or not tempered)


KIND = Kind(name="surroundings", begins=Code.SHOCK_OR_TEMPERATURE, body=Surroundings, says=_says)
