"""Required place: come in the given hours, and stay until they end.

Duty: order of a court, restriction "attend the place"; decree, clauses 1.2 and 2.1. Catalogue: Z04 not entered when the
grace was over, or seen elsewhere within the hours without having been seen there; Z03 left within the hours; Z07 there
again. Against is outside. The state machine is `rules.places.keeping`.
"""

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing
from baqylau.rules.places.kinds import Kind

NAME = "required_place"
VERSION = "4"

KIND = Kind(
    name=NAME,
    version=VERSION,
    against=Standing.OUTSIDE,
    late=Code.PLACE_NOT_ENTERED,
    left=Code.PLACE_LEFT,
    seen=Code.PLACE_NOT_ENTERED,
    back=Code.ZONE_CLEARED,
)
