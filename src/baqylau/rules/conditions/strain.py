"""Strain: the strap's tension or resistance is beyond what is normal for it.

    normal --beyond--> strained (B03);  strained --normal--> normal, without a finding

It clears by itself and ends nothing: the strap is to be inspected. Source: catalogue B03 (notes on the domain,
section 6); decree, clauses 1.1 and 1.2.
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import Strain
from baqylau.rules.conditions.condition import Kind, Word, word


def _says(body: Strain) -> Word:
    return word(holds=body.beyond)


KIND = Kind(name="strain", begins=Code.STRAP_STRAINED, body=Strain, says=_says)
