"""Relay fix: the place is known by an indoor relay and not by satellites.

    elsewhere --a place by relay--> by relay (L07);  by relay --a place by anything else--> elsewhere, without a finding

For the record: it counts as a known place. Source: catalogue L07; notes on radio and GNSS, section 6.
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import Fix, FixSource
from baqylau.rules.conditions.condition import Kind, Word


def _says(body: Fix) -> Word:
    return Word.HOLDS if body.source is FixSource.RELAY else Word.ENDED


KIND = Kind(name="relay_fix", begins=Code.RELAY_FIX, body=Fix, says=_says)
