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

OURSELVES = "X"
"""How the codes begin of what is about our own parts and no person."""


class Code(StrEnum):
    """Events of the catalogue (`domain.catalogue`). The letter is the part of the system that they are about."""

    STRAP_OPEN = "B01"
    STRAP_RESTORED = "B02"
    STRAP_STRAINED = "B03"
    CASE_OPEN = "B04"
    BODY_LOST = "B05"
    BRACELET_BATTERY_LOW = "B06"
    BRACELET_BATTERY_CRITICAL = "B07"
    SHOCK_OR_TEMPERATURE = "B08"
    BEACON_CLONE = "B09"
    STATUS_GOOD = "B10"
    SELF_TEST_FAILED = "B11"
    BODY_FELT = "B12"
    NOT_AT_HOME = "P01"
    LATE_RETURN = "P02"
    LEFT_EARLY = "P03"
    RETURNED = "P04"
    PRESENT = "P05"
    BRIEF_GAP = "P06"
    OUT_WHOLE_PERIOD = "P07"
    ABSENCE_OVER_LIMIT = "P08"
    AUTHORISED_ABSENCE = "P09"
    UNKNOWN_TAG = "P10"
    GAPS_FREQUENT = "P11"
    SOURCES_DISAGREE = "P12"
    MAINS_LOST = "S01"
    UNIT_BATTERY_LOW = "S02"
    UNIT_MOVED = "S03"
    UNIT_OPENED = "S04"
    UNIT_SILENT = "S05"
    UNIT_RESTORED = "S06"
    RADIO_JAM = "S07"
    RANGE_CHANGED = "S08"
    RECEIVER_FAULT = "S09"
    SEPARATION = "M01"
    SEPARATION_ENDED = "M02"
    NOT_CARRIED = "M03"
    NOT_DOCKED = "M04"
    BATTERY_LOW = "T01"
    BATTERY_CRITICAL = "T02"
    BATTERY_EMPTY = "T03"
    CHARGING = "T04"
    NO_CHARGE_DAY = "T05"
    POWER_OFF = "T06"
    CHARGING_ENDED = "T07"
    CHARGED = "T08"
    NO_FIX = "L01"
    FIX_RESTORED = "L02"
    LOW_ACCURACY = "L03"
    JUMP = "L04"
    GNSS_JAM = "L05"
    SHIELDING = "L06"
    RELAY_FIX = "L07"
    RELAY_FAULT = "L08"
    NO_FIX_PERSISTS = "L09"
    INTERFERENCE_ENDED = "L10"
    SPOOFING = "L11"
    NO_COMMS = "C01"
    COMMS_RESTORED = "C02"
    CELL_JAM = "C03"
    SIM_CHANGED = "C04"
    CLOCK_SKEW = "C05"
    NOT_AUTHENTIC = "C06"
    AREA_OUTAGE = "C07"
    EXCLUSION_ENTRY = "Z01"
    WARNING_RING = "Z02"
    PLACE_LEFT = "Z03"
    PLACE_NOT_ENTERED = "Z04"
    TERRITORY_LEFT = "Z05"
    OFF_HOURS = "Z06"
    ZONE_CLEARED = "Z07"
    LOITERING = "Z08"
    ROUTE_LEFT = "Z09"
    PREALERT = "V01"
    PROXIMITY = "V02"
    PANIC = "V03"
    PROTECTED_DEVICE_LOST = "V04"
    MEETING = "V05"
    APART_AGAIN = "V06"
    CALL_ASKED = "V07"
    IDENTIFIED = "A01"
    FACE_NOT_MATCHED = "A02"
    VOICE_NOT_MATCHED = "A03"
    LIVENESS_DOUBTED = "A04"
    CHECK_MISSED = "A05"
    CHECK_INCOMPLETE = "A06"
    CAMERA_BLOCKED = "A07"
    SEVERAL_FACES = "A08"
    BREATH_PASSED = "E01"
    BREATH_FIRST_POSITIVE = "E02"
    BREATH_POSITIVE = "E03"
    CONFIRMATION_MISSED = "E04"
    CONFIRMATION_ABNORMAL = "E05"
    BREATH_MISSED = "E06"
    BREATH_INCOMPLETE = "E07"
    BREATH_WRONG_PERSON = "E08"
    BREATH_NOT_RECEIVED = "E09"
    BREATH_UNIT_SILENT = "E10"
    CALIBRATION_DUE = "E11"
    BREATH_TAMPER = "E12"
    MOUTH_ALCOHOL = "E13"
    CALIBRATION_EXPIRED = "E14"
    CONSOLE_READ = "K01"
    CONSOLE_NOT_FOUND = "K02"
    CONSOLE_LATE = "K03"
    TAKE_OVERDUE = "W01"
    CLOSING_REFUSED = "W02"
    MAINTENANCE = "W03"
    ORDER_CHANGED = "W04"
    RULE_CHANGED = "W05"
    DISCLOSURE = "W06"
    TERM_ENDS = "W07"
    INGEST_LAG = "X01"
    JUDGING_FAILED = "X02"
    PART_DOWN = "X03"
    STORAGE_FAULT = "X04"
    SECURITY_EVENT = "X05"
    CHAIN_BROKEN = "X06"
    AV_SERVER_DOWN = "X07"
    QUARANTINE_RISING = "X08"


class Threshold(Struct, frozen=True, kw_only=True, gc=False):
    """A figure that a rule used. The name is a key of the catalogues, the unit is written as in the name."""

    name: str
    value: float


ASKED_AFTER = "asked_after_s"
"""Threshold of a finding that is left to the wearer first: so long after it somebody is asked."""


class Check(StrEnum):
    """What had to be ruled out before the rule spoke."""

    FIX_VALID = "fix_valid"
    FIX_PRECISE = "fix_precise"
    NO_JUMP = "no_jump"
    CLOCK_PLAUSIBLE = "clock_plausible"
    WE_LISTENED = "we_listened"
    NO_PERMISSION = "no_permission"
    CONFIRMED_BY_SEVERAL = "confirmed_by_several"
    RECEIVER_ALIVE = "receiver_alive"
    """The receiver that did not hear it heard something else meanwhile, or said that it works."""
    NO_OTHER_RECEIVER = "no_other_receiver"
    """No other receiver of ours heard it meanwhile."""
    NO_DEAD_SPOT = "no_dead_spot"
    """The place is not one where signals are known to be lost."""
    NO_MAINTENANCE = "no_maintenance"
    CONSENT_IN_FORCE = "consent_in_force"


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
    area: str = ""
    """Where signals come from at that place, such as the last cell: by it many silences are seen to have one cause."""
    maintenance: bool = False
    """Found while somebody was at work on the equipment: kept for the record, and nobody is asked."""
    by: str = ""
    """Who did it, where the finding is the record of something that one of us did."""
