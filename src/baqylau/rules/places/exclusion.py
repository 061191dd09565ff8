"""Exclusion zone: keep out, always or in the given hours.

Duty: order of a court, restriction "do not visit the place"; decree, clauses 1.2 and 2.1. Catalogue: Z01 inside, Z07
out again. Against is inside, by more than the fix's R95. The state machine is `rules.places.keeping`, without grace.
"""

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing
from baqylau.rules.places.kinds import Kind

NAME = "exclusion"
VERSION = "4"

KIND = Kind(
    name=NAME,
    version=VERSION,
    against=Standing.INSIDE,
    late=Code.EXCLUSION_ENTRY,
    left=Code.EXCLUSION_ENTRY,
    seen=Code.EXCLUSION_ENTRY,
    back=Code.ZONE_CLEARED,
)
