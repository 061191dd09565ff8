"""Timed place: be there only in the given hours.

Duty: order of a court, restriction "visit the place only in these hours"; decree, clauses 1.2 and 2.1. Catalogue: Z06
in the zone outside of the hours, Z07 out again. Against is inside, by more than the fix's R95; the duty is between the
hours. The state machine is `rules.places.keeping`, without grace.
"""

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing
from baqylau.rules.places.kinds import Kind

NAME = "timed_place"
VERSION = "4"

KIND = Kind(
    name=NAME,
    version=VERSION,
    against=Standing.INSIDE,
    late=Code.OFF_HOURS,
    left=Code.OFF_HOURS,
    seen=Code.OFF_HOURS,
    back=Code.ZONE_CLEARED,
)
