"""Presence regime: be at one of the places during the hours.

Duty: order of a court, restriction "be at home in the hours"; decree, clauses 1.2 and 2.1. Catalogue: P02 not back
when the grace was over, P03 left within the hours, P01 outside within the hours and neither of them fits, P04 back.
Against is outside of every place: by fixes, or by the bracelet that the home units there do not hear
(`rules.places.presence.radio_keeping`). The state machine is `rules.places.keeping`: unknown at the beginning of the
hours finds nothing; silence and lost fixes speak for themselves (`rules.equipment.silence`,
`rules.equipment.no_fix`). What else is recorded of the hours is in `rules.places.presence.curfew`.
"""

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing
from baqylau.rules.places.kinds import Kind

NAME = "presence"
VERSION = "6"

KIND = Kind(
    name=NAME,
    version=VERSION,
    against=Standing.OUTSIDE,
    late=Code.LATE_RETURN,
    left=Code.LEFT_EARLY,
    seen=Code.NOT_AT_HOME,
    back=Code.RETURNED,
)
