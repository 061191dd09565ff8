"""The catalogue of events: what each code means for the people who work with it.

One row an event. Meaning and steps are texts of the catalogues (`alarm.<code>.title`, `.why`, `.rule`; `step.<name>`);
priorities and timers are here. Source: notes on the domain, section 6; the codes are ours.
"""

from baqylau.domain.events import Event, System
from baqylau.domain.findings import Code
from baqylau.domain.reactions import Step

TAKE_WITHIN_S = {1: 180, 2: 900, 3: 14_400}
"""How soon somebody has to take an alarm, by priority."""


def _event(
    code: Code,
    priority: int,
    sources: tuple[System, ...],
    *,
    steps: tuple[Step, ...] = (),
    tell_wearer_first: bool = False,
    clears: tuple[Code, ...] = (),
) -> Event:
    return Event(
        code=code, priority=priority, sources=sources, steps=steps, tell_wearer_first=tell_wearer_first, clears=clears
    )


_WORN = (System.BRACELET, System.TRACKER)
_CARRIED = (System.TRACKER, System.MOBILE_UNIT)
_BLIND = (Step.CHECK_OURSELVES, Step.TELL_ENGINEERS, Step.WATCH_BY_HAND)
"""What to do while we ourselves see late or not at all."""
_FIXED = (System.HOME_UNIT, System.RELAY)
_AT_HOME = (System.HOME_UNIT, System.TRACKER)
_DEVICES = (
    System.BRACELET,
    System.TRACKER,
    System.HOME_UNIT,
    System.MOBILE_UNIT,
    System.RELAY,
    System.AV_UNIT,
    System.BREATH_UNIT,
)

EVENTS: dict[Code, Event] = {
    event.code: event
    for event in (
        _event(
            Code.STRAP_OPEN,
            1,
            _WORN,
            steps=(Step.CALL_PERSON, Step.SHOW_STRAP_BY_VIDEO, Step.ASK_FOR_VISIT, Step.TELL_POLICE),
        ),
        _event(Code.STRAP_RESTORED, 3, _WORN, steps=(Step.INSPECT_AT_CONTACT,)),
        _event(Code.STRAP_STRAINED, 2, _WORN, steps=(Step.CALL_PERSON, Step.INSPECT_AT_CONTACT)),
        _event(
            Code.CASE_OPEN,
            1,
            (System.BRACELET, System.TRACKER, System.MOBILE_UNIT),
            steps=(Step.CALL_PERSON, Step.SHOW_STRAP_BY_VIDEO, Step.ASK_FOR_VISIT, Step.TELL_POLICE),
        ),
        _event(Code.BODY_LOST, 2, _WORN, steps=(Step.CALL_PERSON, Step.IDENTIFY), tell_wearer_first=True),
        _event(Code.BRACELET_BATTERY_LOW, 3, (System.BRACELET,), steps=(Step.REPLACE_DEVICE,)),
        _event(Code.BRACELET_BATTERY_CRITICAL, 2, (System.BRACELET,), steps=(Step.CALL_PERSON, Step.REPLACE_DEVICE)),
        _event(Code.SHOCK_OR_TEMPERATURE, 3, _WORN, steps=(Step.INSPECT_AT_CONTACT,)),
        _event(
            Code.BEACON_CLONE,
            1,
            (System.BRACELET, System.HOME_UNIT),
            steps=(Step.IDENTIFY, Step.BLOCK_DEVICE, Step.ASK_FOR_VISIT),
        ),
        _event(Code.STATUS_GOOD, 4, (System.BRACELET,)),
        _event(Code.SELF_TEST_FAILED, 2, _WORN, steps=(Step.CHECK_LINK, Step.REPLACE_DEVICE)),
        _event(Code.BODY_FELT, 4, _WORN, clears=(Code.BODY_LOST,)),
        _event(
            Code.NOT_AT_HOME,
            1,
            _AT_HOME,
            steps=(Step.CALL_PERSON, Step.ASK_ABOUT_PERMISSION, Step.ASK_FOR_VISIT, Step.TELL_INSPECTOR),
        ),
        _event(
            Code.LATE_RETURN,
            2,
            _AT_HOME,
            steps=(Step.CALL_PERSON, Step.ASK_ABOUT_PERMISSION, Step.TELL_INSPECTOR),
            tell_wearer_first=True,
        ),
        _event(
            Code.LEFT_EARLY,
            1,
            _AT_HOME,
            steps=(Step.CALL_PERSON, Step.ASK_ABOUT_PERMISSION, Step.ASK_FOR_VISIT, Step.TELL_INSPECTOR),
        ),
        _event(
            Code.RETURNED,
            4,
            _AT_HOME,
            clears=(Code.NOT_AT_HOME, Code.LATE_RETURN, Code.LEFT_EARLY, Code.OUT_WHOLE_PERIOD),
        ),
        _event(Code.PRESENT, 4, (System.HOME_UNIT,)),
        _event(Code.BRIEF_GAP, 4, (System.HOME_UNIT,)),
        _event(Code.OUT_WHOLE_PERIOD, 1, _AT_HOME, steps=(Step.CALL_PERSON, Step.ASK_FOR_VISIT, Step.TELL_INSPECTOR)),
        _event(
            Code.ABSENCE_OVER_LIMIT,
            2,
            (System.SERVER,),
            steps=(Step.REVIEW_EVIDENCE, Step.TELL_INSPECTOR, Step.WRITE_REPORT),
        ),
        _event(Code.AUTHORISED_ABSENCE, 4, (System.WORKSTATION,)),
        _event(Code.UNKNOWN_TAG, 3, (System.HOME_UNIT,), steps=(Step.CHECK_PAIRING,)),
        _event(Code.GAPS_FREQUENT, 3, (System.HOME_UNIT,), steps=(Step.LOOK_AT_RECORDS, Step.CHECK_PAIRING)),
        _event(Code.SOURCES_DISAGREE, 2, _AT_HOME, steps=(Step.CALL_PERSON, Step.LOOK_AT_RECORDS, Step.CHECK_PAIRING)),
        _event(Code.MAINS_LOST, 3, _FIXED, steps=(Step.CALL_PERSON, Step.WAIT_AND_LOOK_AGAIN), tell_wearer_first=True),
        _event(Code.UNIT_BATTERY_LOW, 2, _FIXED, steps=(Step.CALL_PERSON, Step.ASK_FOR_VISIT)),
        _event(
            Code.UNIT_MOVED, 1, (System.HOME_UNIT,), steps=(Step.CALL_PERSON, Step.ASK_FOR_VISIT, Step.TELL_INSPECTOR)
        ),
        _event(Code.UNIT_OPENED, 1, _FIXED, steps=(Step.CALL_PERSON, Step.ASK_FOR_VISIT)),
        _event(Code.UNIT_SILENT, 2, (System.HOME_UNIT,), steps=(Step.CHECK_LINK, Step.CHECK_AREA, Step.CALL_PERSON)),
        _event(
            Code.UNIT_RESTORED,
            4,
            (*_FIXED, System.MOBILE_UNIT),
            clears=(
                Code.UNIT_SILENT,
                Code.MAINS_LOST,
                Code.UNIT_BATTERY_LOW,
                Code.RELAY_FAULT,
                Code.RECEIVER_FAULT,
            ),
        ),
        _event(Code.RADIO_JAM, 1, (System.HOME_UNIT,), steps=(Step.CALL_PERSON, Step.ASK_FOR_VISIT)),
        _event(Code.RANGE_CHANGED, 3, (System.HOME_UNIT, System.WORKSTATION), steps=(Step.LOOK_AT_RECORDS,)),
        _event(
            Code.RECEIVER_FAULT, 2, (System.HOME_UNIT, System.MOBILE_UNIT), steps=(Step.CHECK_LINK, Step.REPLACE_DEVICE)
        ),
        _event(
            Code.SEPARATION,
            1,
            (System.MOBILE_UNIT,),
            steps=(Step.CALL_PERSON, Step.ASK_FOR_VISIT, Step.TELL_INSPECTOR),
            tell_wearer_first=True,
        ),
        _event(Code.SEPARATION_ENDED, 4, (System.MOBILE_UNIT,), clears=(Code.SEPARATION,)),
        _event(Code.NOT_CARRIED, 2, (System.MOBILE_UNIT,), steps=(Step.CALL_PERSON,), tell_wearer_first=True),
        _event(Code.NOT_DOCKED, 3, (System.MOBILE_UNIT,), steps=(Step.TEXT_PERSON,), tell_wearer_first=True),
        _event(
            Code.BATTERY_LOW, 3, _CARRIED, steps=(Step.ASK_TO_CHARGE, Step.WAIT_AND_LOOK_AGAIN), tell_wearer_first=True
        ),
        _event(
            Code.BATTERY_CRITICAL, 2, _CARRIED, steps=(Step.CALL_PERSON, Step.ASK_TO_CHARGE), tell_wearer_first=True
        ),
        _event(Code.BATTERY_EMPTY, 1, _CARRIED, steps=(Step.CALL_PERSON, Step.LOOK_AT_MAP, Step.ASK_FOR_VISIT)),
        _event(
            Code.CHARGING,
            4,
            _CARRIED,
            clears=(Code.BATTERY_LOW, Code.BATTERY_CRITICAL, Code.BATTERY_EMPTY, Code.NOT_DOCKED),
        ),
        _event(
            Code.NO_CHARGE_DAY,
            3,
            (System.SERVER,),
            steps=(Step.TEXT_PERSON, Step.TELL_INSPECTOR),
            tell_wearer_first=True,
        ),
        _event(Code.POWER_OFF, 1, _CARRIED, steps=(Step.CALL_PERSON, Step.LOOK_AT_MAP, Step.ASK_FOR_VISIT)),
        _event(Code.CHARGING_ENDED, 4, _CARRIED),
        _event(Code.CHARGED, 4, _CARRIED, clears=(Code.NO_CHARGE_DAY,)),
        _event(
            Code.NO_FIX, 3, _CARRIED, steps=(Step.ASK_TO_GO_OUTSIDE, Step.WAIT_AND_LOOK_AGAIN), tell_wearer_first=True
        ),
        _event(Code.FIX_RESTORED, 4, _CARRIED, clears=(Code.NO_FIX, Code.NO_FIX_PERSISTS, Code.SHIELDING)),
        _event(Code.LOW_ACCURACY, 4, _CARRIED),
        _event(Code.JUMP, 2, (System.SERVER,), steps=(Step.LOOK_AT_RECORDS, Step.CALL_PERSON, Step.IDENTIFY)),
        _event(Code.GNSS_JAM, 1, _CARRIED, steps=(Step.CALL_PERSON, Step.LOOK_AT_MAP, Step.ASK_FOR_VISIT)),
        _event(Code.SHIELDING, 1, _CARRIED, steps=(Step.CALL_PERSON, Step.LOOK_AT_MAP, Step.ASK_FOR_VISIT)),
        _event(Code.RELAY_FIX, 4, (System.RELAY,)),
        _event(Code.RELAY_FAULT, 2, (System.RELAY,), steps=(Step.CHECK_LINK, Step.ASK_FOR_VISIT)),
        _event(Code.NO_FIX_PERSISTS, 2, _CARRIED, steps=(Step.CALL_PERSON, Step.LOOK_AT_MAP)),
        _event(
            Code.INTERFERENCE_ENDED,
            4,
            (System.TRACKER, System.MOBILE_UNIT, System.HOME_UNIT),
            clears=(Code.GNSS_JAM, Code.CELL_JAM, Code.RADIO_JAM, Code.SPOOFING),
        ),
        _event(Code.SPOOFING, 1, _CARRIED, steps=(Step.LOOK_AT_RECORDS, Step.CALL_PERSON, Step.IDENTIFY)),
        _event(
            Code.NO_COMMS,
            2,
            _CARRIED,
            steps=(Step.CHECK_AREA, Step.LOOK_AT_MAP, Step.CALL_PERSON),
            tell_wearer_first=True,
        ),
        _event(
            Code.COMMS_RESTORED,
            4,
            _DEVICES,
            clears=(
                Code.NO_COMMS,
                Code.BATTERY_EMPTY,
                Code.POWER_OFF,
                Code.BREATH_UNIT_SILENT,
                Code.PROTECTED_DEVICE_LOST,
            ),
        ),
        _event(Code.CELL_JAM, 1, _CARRIED, steps=(Step.CALL_PERSON, Step.LOOK_AT_MAP, Step.ASK_FOR_VISIT)),
        _event(
            Code.SIM_CHANGED,
            1,
            (System.TRACKER, System.MOBILE_UNIT, System.HOME_UNIT),
            steps=(Step.BLOCK_DEVICE, Step.CALL_PERSON, Step.ASK_FOR_VISIT),
        ),
        _event(Code.CLOCK_SKEW, 3, _DEVICES, steps=(Step.LOOK_AT_RECORDS, Step.REPLACE_DEVICE)),
        _event(
            Code.NOT_AUTHENTIC, 1, _DEVICES, steps=(Step.LOOK_AT_RECORDS, Step.BLOCK_DEVICE, Step.TELL_SECURITY_OFFICER)
        ),
        _event(
            Code.AREA_OUTAGE,
            2,
            (System.SERVER,),
            steps=(Step.CHECK_AREA, Step.TELL_ENGINEERS, Step.WAIT_AND_LOOK_AGAIN),
        ),
        _event(
            Code.EXCLUSION_ENTRY,
            1,
            _CARRIED,
            steps=(Step.CALL_PERSON, Step.ASK_TO_LEAVE_ZONE, Step.WARN_PROTECTED, Step.TELL_POLICE),
            tell_wearer_first=True,
        ),
        _event(Code.WARNING_RING, 2, _CARRIED, steps=(Step.CALL_PERSON, Step.LOOK_AT_MAP), tell_wearer_first=True),
        _event(
            Code.PLACE_LEFT,
            1,
            _CARRIED,
            steps=(Step.CALL_PERSON, Step.ASK_ABOUT_PERMISSION, Step.ASK_FOR_VISIT, Step.TELL_INSPECTOR),
        ),
        _event(
            Code.PLACE_NOT_ENTERED,
            2,
            _CARRIED,
            steps=(Step.CALL_PERSON, Step.ASK_ABOUT_PERMISSION, Step.TELL_INSPECTOR),
        ),
        _event(
            Code.TERRITORY_LEFT,
            1,
            _CARRIED,
            steps=(Step.CALL_PERSON, Step.ASK_ABOUT_PERMISSION, Step.TELL_INSPECTOR, Step.TELL_POLICE),
        ),
        _event(Code.OFF_HOURS, 2, _CARRIED, steps=(Step.CALL_PERSON, Step.ASK_TO_LEAVE_ZONE), tell_wearer_first=True),
        _event(
            Code.ZONE_CLEARED,
            4,
            _CARRIED,
            clears=(
                Code.EXCLUSION_ENTRY,
                Code.WARNING_RING,
                Code.PLACE_LEFT,
                Code.PLACE_NOT_ENTERED,
                Code.TERRITORY_LEFT,
                Code.OFF_HOURS,
                Code.ROUTE_LEFT,
                Code.LOITERING,
            ),
        ),
        _event(Code.LOITERING, 3, _CARRIED, steps=(Step.LOOK_AT_MAP, Step.TELL_INSPECTOR)),
        _event(
            Code.ROUTE_LEFT,
            3,
            (System.MOBILE_UNIT,),
            steps=(Step.TEXT_PERSON, Step.LOOK_AT_MAP),
            tell_wearer_first=True,
        ),
        _event(Code.PREALERT, 2, (System.TRACKER, System.PROTECTED), steps=(Step.CALL_PERSON, Step.LOOK_AT_MAP)),
        _event(
            Code.PROXIMITY,
            1,
            (System.TRACKER, System.PROTECTED),
            steps=(Step.WARN_PROTECTED, Step.CALL_PERSON, Step.TELL_POLICE),
        ),
        _event(Code.PANIC, 1, (System.PROTECTED, *_CARRIED), steps=(Step.CALL_PROTECTED, Step.TELL_POLICE)),
        _event(Code.PROTECTED_DEVICE_LOST, 2, (System.PROTECTED,), steps=(Step.CALL_PROTECTED, Step.LOOK_AT_MAP)),
        _event(Code.MEETING, 2, (System.SERVER,), steps=(Step.LOOK_AT_MAP, Step.CALL_PERSON, Step.TELL_INSPECTOR)),
        _event(Code.APART_AGAIN, 4, (System.SERVER,), clears=(Code.PREALERT, Code.PROXIMITY, Code.MEETING)),
        _event(Code.CALL_ASKED, 3, (System.MOBILE_UNIT,), steps=(Step.CALL_PERSON,)),
        _event(
            Code.IDENTIFIED,
            4,
            (System.AV_UNIT,),
            clears=(Code.FACE_NOT_MATCHED, Code.VOICE_NOT_MATCHED, Code.LIVENESS_DOUBTED),
        ),
        _event(Code.FACE_NOT_MATCHED, 2, (System.AV_UNIT,), steps=(Step.REVIEW_EVIDENCE, Step.REPEAT_CHECK)),
        _event(Code.VOICE_NOT_MATCHED, 2, (System.AV_UNIT,), steps=(Step.REVIEW_EVIDENCE, Step.REPEAT_CHECK)),
        _event(
            Code.LIVENESS_DOUBTED,
            1,
            (System.AV_UNIT,),
            steps=(Step.REVIEW_EVIDENCE, Step.REPEAT_CHECK, Step.TELL_INSPECTOR),
        ),
        _event(Code.CHECK_MISSED, 2, (System.AV_UNIT,), steps=(Step.CALL_PERSON, Step.REPEAT_CHECK)),
        _event(Code.CHECK_INCOMPLETE, 3, (System.AV_UNIT,), steps=(Step.REPEAT_CHECK,)),
        _event(Code.CAMERA_BLOCKED, 2, (System.AV_UNIT,), steps=(Step.CALL_PERSON, Step.ASK_FOR_VISIT)),
        _event(Code.SEVERAL_FACES, 3, (System.AV_UNIT,), steps=(Step.REVIEW_EVIDENCE,)),
        _event(Code.BREATH_PASSED, 4, (System.BREATH_UNIT,), clears=(Code.BREATH_WRONG_PERSON,)),
        _event(Code.BREATH_FIRST_POSITIVE, 3, (System.BREATH_UNIT,), steps=(Step.REPEAT_CHECK,)),
        _event(
            Code.BREATH_POSITIVE,
            1,
            (System.BREATH_UNIT,),
            steps=(Step.TELL_INSPECTOR, Step.MEDICAL_EXAMINATION, Step.WRITE_REPORT),
        ),
        _event(
            Code.CONFIRMATION_MISSED,
            1,
            (System.BREATH_UNIT,),
            steps=(Step.CALL_PERSON, Step.TELL_INSPECTOR, Step.MEDICAL_EXAMINATION),
        ),
        _event(Code.CONFIRMATION_ABNORMAL, 2, (System.BREATH_UNIT,), steps=(Step.REVIEW_EVIDENCE, Step.REPEAT_CHECK)),
        _event(Code.BREATH_MISSED, 2, (System.BREATH_UNIT,), steps=(Step.CALL_PERSON, Step.REPEAT_CHECK)),
        _event(Code.BREATH_INCOMPLETE, 3, (System.BREATH_UNIT,), steps=(Step.REPEAT_CHECK,)),
        _event(Code.BREATH_WRONG_PERSON, 2, (System.BREATH_UNIT,), steps=(Step.REVIEW_EVIDENCE, Step.REPEAT_CHECK)),
        _event(Code.BREATH_NOT_RECEIVED, 2, (System.BREATH_UNIT,), steps=(Step.CHECK_LINK, Step.CALL_PERSON)),
        _event(Code.BREATH_UNIT_SILENT, 2, (System.BREATH_UNIT,), steps=(Step.CHECK_LINK, Step.ASK_FOR_VISIT)),
        _event(Code.CALIBRATION_DUE, 3, (System.BREATH_UNIT,), steps=(Step.REPLACE_DEVICE,)),
        _event(
            Code.BREATH_TAMPER,
            1,
            (System.BREATH_UNIT,),
            steps=(Step.REVIEW_EVIDENCE, Step.CALL_PERSON, Step.ASK_FOR_VISIT),
        ),
        _event(Code.MOUTH_ALCOHOL, 3, (System.BREATH_UNIT,), steps=(Step.WAIT_AND_LOOK_AGAIN, Step.REPEAT_CHECK)),
        _event(Code.CALIBRATION_EXPIRED, 2, (System.BREATH_UNIT,), steps=(Step.REPLACE_DEVICE,)),
        _event(Code.CONSOLE_READ, 4, (System.CONSOLE,)),
        _event(
            Code.CONSOLE_NOT_FOUND,
            1,
            (System.CONSOLE,),
            steps=(Step.CALL_PERSON, Step.TELL_INSPECTOR, Step.TELL_POLICE),
        ),
        _event(Code.CONSOLE_LATE, 4, (System.CONSOLE,)),
        _event(Code.TAKE_OVERDUE, 4, (System.WORKSTATION,)),
        _event(Code.CLOSING_REFUSED, 4, (System.WORKSTATION,)),
        _event(Code.MAINTENANCE, 4, (System.WORKSTATION,)),
        _event(Code.ORDER_CHANGED, 4, (System.WORKSTATION,)),
        _event(Code.RULE_CHANGED, 4, (System.WORKSTATION,)),
        _event(Code.DISCLOSURE, 4, (System.WORKSTATION,)),
        _event(Code.TERM_ENDS, 3, (System.WORKSTATION,), steps=(Step.TELL_INSPECTOR,)),
        _event(Code.INGEST_LAG, 1, (System.SERVER,), steps=_BLIND),
        _event(
            Code.JUDGING_FAILED,
            2,
            (System.SERVER,),
            steps=(Step.LOOK_AT_OUR_RECORDS, Step.TELL_ENGINEERS, Step.WATCH_BY_HAND),
        ),
        _event(Code.PART_DOWN, 1, (System.SERVER,), steps=_BLIND),
        _event(Code.STORAGE_FAULT, 2, (System.SERVER,), steps=(Step.CHECK_OURSELVES, Step.TELL_ENGINEERS)),
        _event(Code.SECURITY_EVENT, 2, (System.SERVER,), steps=(Step.LOOK_AT_OUR_RECORDS, Step.TELL_SECURITY_OFFICER)),
        _event(
            Code.CHAIN_BROKEN,
            1,
            (System.SERVER,),
            steps=(Step.TELL_SECURITY_OFFICER, Step.KEEP_EVIDENCE, Step.TELL_ENGINEERS),
        ),
        _event(Code.AV_SERVER_DOWN, 2, (System.SERVER,), steps=(Step.CHECK_OURSELVES, Step.TELL_ENGINEERS)),
        _event(Code.QUARANTINE_RISING, 2, (System.SERVER,), steps=(Step.LOOK_AT_OUR_RECORDS, Step.TELL_ENGINEERS)),
    )
}
