"""What a rule says about the facts, and why.

A finding is never a violation: that word belongs to an inspector. It names the rule and its version, the clause it
serves, the observations it rests on, the thresholds it used and the checks that ruled out our own blindness, so that
anybody can judge it again.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.ids import FindingId, ObservationId, PersonId, SubjectId
from baqylau.domain.verdicts import Verdict


class Code(StrEnum):
    """Events of the catalogue (`domain.catalogue`) that rules find today."""

    STRAP_OPEN = "B01"
    STRAP_RESTORED = "B02"
    CASE_OPEN = "B04"
    NOT_AT_HOME = "P01"
    LATE_RETURN = "P02"
    LEFT_EARLY = "P03"
    RETURNED = "P04"
    BATTERY_LOW = "T01"
    BATTERY_CRITICAL = "T02"
    NO_FIX = "L01"
    FIX_RESTORED = "L02"
    JUMP = "L04"
    NO_COMMS = "C01"
    COMMS_RESTORED = "C02"
    CLOCK_SKEW = "C05"
    EXCLUSION_ENTRY = "Z01"
    PLACE_LEFT = "Z03"
    PLACE_NOT_ENTERED = "Z04"
    TERRITORY_LEFT = "Z05"
    ZONE_CLEARED = "Z07"
    JUDGING_FAILED = "X02"


class Threshold(Struct, frozen=True, kw_only=True, gc=False):
    """A figure that a rule used. The name is a key of the catalogues, the unit is written as in the name."""

    name: str
    value: float


class Check(StrEnum):
    """What had to be ruled out before the rule spoke."""

    FIX_VALID = "fix_valid"
    FIX_PRECISE = "fix_precise"
    NO_JUMP = "no_jump"
    CLOCK_PLAUSIBLE = "clock_plausible"
    WE_LISTENED = "we_listened"
    NO_PERMISSION = "no_permission"
    CONFIRMED_BY_SEVERAL = "confirmed_by_several"


class Finding(Struct, frozen=True, kw_only=True):
    """What a rule found. `at` is the instant in the world that it speaks about."""

    id: FindingId
    rule: str
    rule_version: str
    code: Code
    person_id: PersonId
    subject: SubjectId
    at: datetime
    because: tuple[ObservationId, ...]
    """Never empty, but for a silence that follows no observation at all."""
    verdict: Verdict | None = None
    since: datetime | None = None
    """When what is found began, such as the first fix inside or the last word of a device."""
    place: str = ""
    """Name of the zone, where there is one."""
    restriction_version: int | None = None
    thresholds: tuple[Threshold, ...] = ()
    checks: tuple[Check, ...] = ()
    ends: FindingId | None = None
    """The finding whose condition this one ends (returned, restored, cleared)."""
