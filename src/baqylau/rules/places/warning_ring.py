"""Warning ring: the belt around an exclusion zone in which the person is warned.

Duty: the same as of the zone (`rules.places.exclusion`); the belt is no breach. Catalogue: Z02 inside, the wearer is
told first; Z07 out again. Against is nearer to the zone than the belt is wide, by more than the fix's R95. Nothing
new is found while the entry itself (Z01) is open. The state machine is `rules.places.keeping`, without grace.
"""

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing
from baqylau.rules.places.kinds import Kind

NAME = "warning_ring"
VERSION = "3"

KIND = Kind(
    name=NAME,
    version=VERSION,
    against=Standing.INSIDE,
    late=Code.WARNING_RING,
    left=Code.WARNING_RING,
    seen=Code.WARNING_RING,
    back=Code.ZONE_CLEARED,
    breach=False,
)
