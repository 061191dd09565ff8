"""Territory: do not leave it.

Duty: order of a court, restriction "do not leave the territory"; decree, clauses 1.2 and 2.1. Catalogue: Z05 outside,
Z07 back inside. Against is outside, by more than the fix's R95. The state machine is `rules.places.keeping`, at all
hours and without grace.
"""

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing
from baqylau.rules.places.kinds import Kind

NAME = "territory"
VERSION = "4"

KIND = Kind(
    name=NAME,
    version=VERSION,
    against=Standing.OUTSIDE,
    late=Code.TERRITORY_LEFT,
    left=Code.TERRITORY_LEFT,
    seen=Code.TERRITORY_LEFT,
    back=Code.ZONE_CLEARED,
)
