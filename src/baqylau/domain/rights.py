"""Who may do what: every act and look that the workstation knows, and the roles to which each is given.

What is in no set here nobody may do. Whom an act may concern is a second question: see `Bounds`.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from baqylau.domain.ids import PersonId


class Role(StrEnum):
    """What somebody is employed for."""

    OPERATOR = "operator"
    SENIOR = "senior"
    INSPECTOR = "inspector"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """Every act and look of the workstation's interface. A route names one of them."""

    SIGN_IN = "sign_in"
    ACCEPT_INVITATION = "accept_invitation"
    SEE_WHO_IS_SIGNED_IN = "see_who_is_signed_in"
    SIGN_OUT = "sign_out"
    UNLOCK = "unlock"
    KEEP_OWN_ACCOUNT = "keep_own_account"
    LOOK_MAP = "look_map"
    LOOK_HEALTH = "look_health"
    LOOK_COLLEAGUES = "look_colleagues"
    LOOK_LOAD = "look_load"
    LOOK_LIVE = "look_live"
    LOOK_ALARMS = "look_alarms"
    LOOK_ALARM = "look_alarm"
    ACT_ON_ALARM = "act_on_alarm"
    DECIDE_ALARM = "decide_alarm"
    LOOK_PEOPLE = "look_people"
    LOOK_PERSON = "look_person"
    LOOK_MINUTE = "look_minute"
    LOOK_KEPT = "look_kept"
    LOOK_REPLAY = "look_replay"
    LOOK_PATTERNS = "look_patterns"
    LOOK_NEARBY = "look_nearby"
    LOOK_OBSERVATION = "look_observation"
    LOOK_IDENTITY = "look_identity"
    LOOK_OUTSIDE_DUTY = "look_outside_duty"
    LOOK_DEVICES = "look_devices"
    LOOK_DEVICE = "look_device"
    LOOK_STRANGERS = "look_strangers"
    LOOK_STOCK = "look_stock"
    KEEP_STOCK = "keep_stock"
    ORDER_DEVICE = "order_device"
    WORK_IN_THE_FIELD = "work_in_the_field"
    LOOK_FIELD = "look_field"
    LOOK_CHECK = "look_check"
    ORDER_CHECK = "order_check"
    DECIDE_CHECK = "decide_check"
    CALL_PERSON = "call_person"
    PLAY_RECORDING = "play_recording"
    HOLD_RECORDING = "hold_recording"
    LOOK_ENROLMENT = "look_enrolment"
    ENROL_PERSON = "enrol_person"
    EXPORT_EVIDENCE = "export_evidence"
    MAKE_PAPER = "make_paper"
    MAKE_STATISTICS = "make_statistics"
    LOOK_PAPER = "look_paper"
    EXPORT_TABLE = "export_table"
    READ_INTERFACE = "read_interface"
    LOOK_CASE = "look_case"
    LOOK_PROPOSALS = "look_proposals"
    PROPOSE_CHANGE = "propose_change"
    ANSWER_PROPOSAL = "answer_proposal"
    RECORD_FACT = "record_fact"
    LOOK_OWN_PAGE = "look_own_page"
    GIVE_OWN_PAGE = "give_own_page"
    WRITE_TO_PERSON = "write_to_person"
    LOOK_PHOTO = "look_photo"
    KEEP_PHOTO = "keep_photo"
    LOOK_CONSOLES = "look_consoles"
    ISSUE_CONSOLE_PACKAGE = "issue_console_package"
    REVOKE_CONSOLE = "revoke_console"
    LOOK_AUDIT = "look_audit"
    LOOK_ACCOUNTS = "look_accounts"
    KEEP_ACCOUNTS = "keep_accounts"


STRANGER = frozenset({Action.SIGN_IN, Action.ACCEPT_INVITATION, Action.SEE_WHO_IS_SIGNED_IN})
"""What anybody may ask who is not signed in."""

COVERED = frozenset({Action.SIGN_OUT, Action.UNLOCK, Action.SEE_WHO_IS_SIGNED_IN})
"""What is open while the page is covered."""
BY_HAND = (
    STRANGER
    | COVERED
    | {
        Action.KEEP_OWN_ACCOUNT,
        Action.KEEP_ACCOUNTS,
        Action.LOOK_OUTSIDE_DUTY,
        Action.ANSWER_PROPOSAL,
        Action.GIVE_OWN_PAGE,
        Action.CALL_PERSON,
        Action.LOOK_NEARBY,
        Action.ENROL_PERSON,
    }
)
"""What no key for a program may do, whatever its owner may."""

_EVERYBODY = frozenset(Role)
_WATCH = frozenset({Role.OPERATOR, Role.SENIOR, Role.INSPECTOR, Role.ADMINISTRATOR})
"""Those who answer alarms. In a small district one person holds every post: the first account is an administrator's."""
_LEAD = frozenset({Role.SENIOR, Role.INSPECTOR, Role.ADMINISTRATOR})
_INSPECT = frozenset({Role.INSPECTOR, Role.ADMINISTRATOR})
_ADMINISTER = frozenset({Role.ADMINISTRATOR})
_AUDIT = frozenset({Role.AUDITOR})

ROLES: Mapping[Action, frozenset[Role]] = {
    Action.SIGN_IN: _EVERYBODY,
    Action.ACCEPT_INVITATION: _EVERYBODY,
    Action.SEE_WHO_IS_SIGNED_IN: _EVERYBODY,
    Action.SIGN_OUT: _EVERYBODY,
    Action.UNLOCK: _EVERYBODY,
    Action.KEEP_OWN_ACCOUNT: _EVERYBODY,
    Action.LOOK_MAP: _EVERYBODY,
    Action.LOOK_HEALTH: _EVERYBODY,
    Action.LOOK_COLLEAGUES: _EVERYBODY,
    Action.LOOK_LOAD: _LEAD | _AUDIT,
    Action.LOOK_LIVE: _WATCH,
    Action.LOOK_ALARMS: _WATCH | _AUDIT,
    Action.LOOK_ALARM: _WATCH | _AUDIT,
    Action.ACT_ON_ALARM: _WATCH,
    Action.DECIDE_ALARM: _INSPECT,
    Action.LOOK_PEOPLE: _WATCH | _AUDIT,
    Action.LOOK_PERSON: _WATCH | _AUDIT,
    Action.LOOK_MINUTE: _WATCH | _AUDIT,
    Action.LOOK_KEPT: _WATCH | _AUDIT,
    Action.LOOK_REPLAY: _WATCH | _AUDIT,
    Action.LOOK_PATTERNS: _LEAD,
    Action.LOOK_NEARBY: _INSPECT,
    Action.LOOK_OBSERVATION: _WATCH | _AUDIT,
    Action.LOOK_IDENTITY: _WATCH,
    Action.LOOK_OUTSIDE_DUTY: _LEAD | _AUDIT,
    Action.LOOK_DEVICES: _WATCH | _AUDIT | {Role.TECHNICIAN},
    Action.LOOK_DEVICE: _WATCH | _AUDIT | {Role.TECHNICIAN},
    Action.LOOK_STRANGERS: _WATCH | _AUDIT | {Role.TECHNICIAN},
    Action.LOOK_STOCK: _LEAD | _AUDIT | {Role.TECHNICIAN},
    Action.KEEP_STOCK: _INSPECT | {Role.TECHNICIAN},
    Action.ORDER_DEVICE: _WATCH | {Role.TECHNICIAN},
    Action.WORK_IN_THE_FIELD: _INSPECT | {Role.TECHNICIAN},
    Action.LOOK_FIELD: _LEAD | _AUDIT,
    Action.LOOK_CHECK: _WATCH | _AUDIT,
    Action.ORDER_CHECK: _WATCH,
    Action.DECIDE_CHECK: _LEAD,
    Action.CALL_PERSON: _WATCH,
    Action.PLAY_RECORDING: _WATCH | _AUDIT,
    Action.HOLD_RECORDING: _INSPECT,
    Action.LOOK_ENROLMENT: _INSPECT | _AUDIT,
    Action.ENROL_PERSON: _INSPECT,
    Action.EXPORT_EVIDENCE: _INSPECT,
    Action.MAKE_PAPER: _LEAD,
    Action.MAKE_STATISTICS: _LEAD | _AUDIT,
    Action.LOOK_PAPER: _LEAD | _AUDIT,
    Action.EXPORT_TABLE: _INSPECT,
    Action.READ_INTERFACE: _EVERYBODY,
    Action.LOOK_CASE: _LEAD | _AUDIT,
    Action.LOOK_PROPOSALS: _LEAD,
    Action.PROPOSE_CHANGE: _INSPECT,
    Action.ANSWER_PROPOSAL: _INSPECT,
    Action.RECORD_FACT: _INSPECT,
    Action.LOOK_OWN_PAGE: _LEAD | _AUDIT,
    Action.GIVE_OWN_PAGE: _INSPECT,
    Action.WRITE_TO_PERSON: _LEAD,
    Action.LOOK_PHOTO: _LEAD | _AUDIT,
    Action.KEEP_PHOTO: _INSPECT,
    Action.LOOK_CONSOLES: _INSPECT | _AUDIT | {Role.TECHNICIAN},
    Action.ISSUE_CONSOLE_PACKAGE: _INSPECT,
    Action.REVOKE_CONSOLE: _INSPECT | {Role.TECHNICIAN},
    Action.LOOK_AUDIT: _AUDIT,
    Action.LOOK_ACCOUNTS: _ADMINISTER | _AUDIT,
    Action.KEEP_ACCOUNTS: _ADMINISTER,
}
"""The table. Whoever keeps the accounts does not read the audit, and whoever reads the audit changes nothing."""

PERSONAL = frozenset(
    {
        Action.LOOK_ALARM,
        Action.LOOK_PERSON,
        Action.LOOK_MINUTE,
        Action.LOOK_KEPT,
        Action.LOOK_REPLAY,
        Action.LOOK_PATTERNS,
        Action.LOOK_OBSERVATION,
        Action.LOOK_DEVICE,
        Action.LOOK_CHECK,
        Action.PLAY_RECORDING,
        Action.LOOK_ENROLMENT,
        Action.EXPORT_EVIDENCE,
        Action.MAKE_PAPER,
        Action.EXPORT_TABLE,
        Action.LOOK_CASE,
        Action.LOOK_OWN_PAGE,
        Action.LOOK_PHOTO,
    }
)
"""Looks at one person's facts: each leaves a row in the audit, and needs the person to be within the bounds."""


def may(role: Role, action: Action) -> bool:
    """Tell whether a role may do it at all."""
    return role in ROLES[action]


class Bounds(Struct, frozen=True, kw_only=True):
    """Whom somebody's duty concerns: those of the districts, and those named one by one."""

    districts: tuple[str, ...] | None = None
    """None: every district."""
    people: tuple[PersonId, ...] = ()
    """A caseload: these people, wherever they live."""

    @property
    def everybody(self) -> bool:
        """Whether nobody is out of bounds."""
        return self.districts is None

    def hold(self, person_id: PersonId, district: str) -> bool:
        """Tell whether a person is within."""
        return self.districts is None or district in self.districts or person_id in self.people
