"""Route: keep to the corridor in its hours, such as on the way to work.

Duty: order of a court, restriction "go by this way"; decree, clauses 1.4 and 2.1. Catalogue: Z09 off the corridor, Z07
on it again. Against is outside, by more than the fix's R95. The state machine is `rules.places.keeping`, without grace.
"""

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing
from baqylau.rules.places.kinds import Kind

NAME = "route"
VERSION = "3"

KIND = Kind(
    name=NAME,
    version=VERSION,
    against=Standing.OUTSIDE,
    late=Code.ROUTE_LEFT,
    left=Code.ROUTE_LEFT,
    seen=Code.ROUTE_LEFT,
    back=Code.ZONE_CLEARED,
)
