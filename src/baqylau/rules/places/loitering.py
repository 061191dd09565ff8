"""Loitering: staying near the edge of an exclusion zone longer than the order allows.

Duty: the same as of the zone (`rules.places.exclusion`); being near is no breach. Catalogue: Z08 near for longer than
the given time, Z07 away again. Near is inside the warning ring, or within `LOITER_NEAR_M` where there is none or a
narrower one. Nothing new is found while the entry itself (Z01) is open. The state machine is `rules.places.keeping`,
with a dwell.
"""

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing
from baqylau.rules.places.kinds import Kind

NAME = "loitering"
VERSION = "3"

KIND = Kind(
    name=NAME,
    version=VERSION,
    against=Standing.INSIDE,
    late=Code.LOITERING,
    left=Code.LOITERING,
    seen=Code.LOITERING,
    back=Code.ZONE_CLEARED,
    breach=False,
)
