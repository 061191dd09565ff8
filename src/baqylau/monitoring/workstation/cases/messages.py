"""What the pages and their API say to each other of cases: what is prescribed, what is proposed, who has to agree."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import DeviceId, PersonId, RestrictionId
from baqylau.domain.orders import Consent, Fitting, Order, Permission, Restriction
from baqylau.domain.people import DeviceKind, Maintenance, Person
from baqylau.domain.proposals import Change, ProposalState
from baqylau.domain.zones import Zone
from baqylau.monitoring.workstation.cases.request_messages import RequestRow
from baqylau.monitoring.workstation.messages import LARGEST_NUMBER

Grounds = Annotated[str, Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*\S[^\x00]*$")]
"""Why somebody proposes or answers; blanks alone are none."""
MOST_TEXT = 60_000


class CaseStanding(StrEnum):
    """Where something that is prescribed stands now."""

    FUTURE = "future"
    IN_FORCE = "in_force"
    ENDED = "ended"
    REPLACED = "replaced"
    """A later version of the restriction is in its place."""


class Sentence(Struct, frozen=True, kw_only=True):
    """A key of the catalogues, and what the sentence names."""

    key: str
    params: dict[str, str | int | float] = {}


class FieldFault(Struct, frozen=True, kw_only=True):
    """What is wrong at one field of a form."""

    field: str
    """A path in the change, such as `restriction.schedule.windows` or `order.until_at`."""
    key: str
    params: dict[str, str | int | float] = {}


class CaseWarning(Struct, frozen=True, kw_only=True):
    """What hardly can be meant, and may be all the same."""

    key: str
    params: dict[str, str | int | float] = {}
    restriction_id: RestrictionId | None = None


class CaseRestriction(Struct, frozen=True, kw_only=True):
    """One version of a restriction."""

    restriction: Restriction
    standing: CaseStanding


class CaseOrder(Struct, frozen=True, kw_only=True):
    """A court act with all versions of what it restricts, the newest version of each first."""

    order: Order
    standing: CaseStanding
    restrictions: tuple[CaseRestriction, ...]


class CasePermission(Struct, frozen=True, kw_only=True):
    """An exception."""

    permission: Permission
    standing: CaseStanding


class CaseFitting(Struct, frozen=True, kw_only=True):
    """A device on the person, or one that was."""

    fitting: Fitting
    kind: DeviceKind | None
    number: str
    standing: CaseStanding


class ProposalRow(Struct, frozen=True, kw_only=True):
    """A proposed change in a list. Names are empty for whoever may not read who it is."""

    number: int
    person_id: PersonId
    person_name: str
    district: str
    change: Change
    grounds: str
    stricter: tuple[Sentence, ...]
    """Why it waits for a second person; none where it was applied at once."""
    state: ProposalState
    proposed_by: str
    proposed_by_name: str
    proposed_at: datetime
    answered_by: str
    answered_by_name: str
    answered_at: datetime | None
    answer: str
    may_answer: bool
    """Whoever looks may answer it: another than the proposer, with the role and within the bounds."""
    may_withdraw: bool


class KeptRow(Struct, frozen=True, kw_only=True):
    """A row of the registers: exactly one of these."""

    person: Person | None = None
    order: Order | None = None
    restriction: Restriction | None = None
    permission: Permission | None = None
    consent: Consent | None = None
    fitting: Fitting | None = None
    maintenance: Maintenance | None = None


class HistoryRow(Struct, frozen=True, kw_only=True):
    """One row of the registers about the person, as somebody saved it."""

    version: int
    at: datetime
    by: str
    by_name: str
    kind: str
    """`person`, `order`, `restriction`, `permission`, `consent`, `fitting` or `maintenance`."""
    key: str
    was: KeptRow | None
    """None for what is new. Of a restriction, the version before."""
    now: KeptRow
    fields: tuple[str, ...]
    """Names of those that differ; none for what is new."""
    proposal: int | None
    """Number of the proposal by which it came; None for an import or a console."""


class CasePage(Struct, frozen=True, kw_only=True):
    """Everything that is kept about one person's case."""

    at: datetime
    person: Person
    version: int
    """Of the last change about the person: every proposal names it, so that nobody writes over another's change."""
    orders: tuple[CaseOrder, ...]
    permissions: tuple[CasePermission, ...]
    consents: tuple[Consent, ...]
    fittings: tuple[CaseFitting, ...]
    proposals: tuple[ProposalRow, ...]
    """Those that wait."""
    requests: tuple[RequestRow, ...]
    """Permissions that the person asked for, and nobody answered."""
    history: tuple[HistoryRow, ...]
    """The newest first, at most `MOST_HISTORY`."""
    warnings: tuple[CaseWarning, ...]
    names: dict[PersonId, str]
    """Of other people whom restrictions name."""
    answerers: tuple[str, ...]
    """Names of the colleagues who may agree to what the looker proposes; none: what is stricter would wait for ever."""
    may_propose: bool


class Proposing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change that somebody wants, on the ground of what they saw."""

    change: Change
    version: int
    """`CasePage.version` as it was when the form was opened; 0 for a new person."""
    grounds: Grounds
    request: Annotated[int, Meta(ge=1, le=LARGEST_NUMBER)] | None = None
    """Number of what the person asked for, that this permission grants."""


class Previewing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What would a change do."""

    change: Change
    since: datetime | None = None
    """From when on to judge again; a month at most, and a month when left out."""


class Answering(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A second person agrees, or does not."""

    approve: bool
    grounds: Grounds


class WouldBe(Struct, frozen=True, kw_only=True):
    """A finding that would be raised, or would not have been."""

    code: Code
    at: datetime
    place: str
    finding: Finding


class WouldMove(Struct, frozen=True, kw_only=True):
    """The same finding, told otherwise."""

    was: WouldBe
    now: WouldBe


class LastMonth(Struct, frozen=True, kw_only=True):
    """What the changed rules would have said of what was observed."""

    since: datetime
    until: datetime
    gained: tuple[WouldBe, ...]
    lost: tuple[WouldBe, ...]
    changed: tuple[WouldMove, ...]
    more: int
    """How many beyond those named here."""


class NextWindow(Struct, frozen=True, kw_only=True):
    """Hours that come, as instants; shown in the schedule's own time zone."""

    from_at: datetime
    until_at: datetime
    day: date
    """The local day on which they begin."""


class Preview(Struct, frozen=True, kw_only=True):
    """What a change would come to. Nothing was saved."""

    at: datetime
    stricter: tuple[Sentence, ...]
    """Why it would wait for a second person; none: it would be applied at once."""
    faults: tuple[FieldFault, ...]
    """Why it cannot be saved."""
    warnings: tuple[CaseWarning, ...]
    windows: tuple[NextWindow, ...]
    """The next hours of the schedule; none where there is no schedule."""
    timezone: str
    month: LastMonth | None
    """None where it cannot be saved, or nothing was observed yet, or `too_long`."""
    too_long: bool
    """Too much was observed to be judged again while somebody waits; `baqylau refold` says it."""


class CaseRefusal(Struct, frozen=True, kw_only=True):
    """Why nothing was saved: a sentence, the fields, and for a conflict what was changed meanwhile."""

    key: str
    params: dict[str, str | int | float] = {}
    faults: tuple[FieldFault, ...] = ()
    changed: tuple[HistoryRow, ...] = ()
    """Status 409: what others changed since the form was opened, the newest first."""
    version: int | None = None
    """Status 409: the version to propose upon once somebody has looked at both."""


class ProposalList(Struct, frozen=True, kw_only=True):
    """Proposals that wait, within the bounds, the oldest first."""

    at: datetime
    rows: tuple[ProposalRow, ...]
    next: int | None
    """Ask with `after` this for what follows; None at the end."""
    waiting: int
    """How many there are."""
    mine: int
    """How many of them whoever looks may answer."""


class ProposalPage(Struct, frozen=True, kw_only=True):
    """One proposal, with what is in force beside it."""

    at: datetime
    row: ProposalRow
    case: CasePage | None
    """None where the person is not registered yet."""
    preview: Preview | None
    """As of now; none once it was answered."""


class ZoneText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """GeoJSON or KML, as a file or from the clipboard."""

    text: Annotated[str, Meta(max_length=MOST_TEXT)]
    name: Annotated[str, Meta(max_length=256, pattern=r"^[^\x00]*$")] = ""
    """For zones that bring none."""
    half_width_m: float = 50.0
    """For lines: a zone around them."""


class ZonesRead(Struct, frozen=True, kw_only=True):
    """What a text says, as zones that can be used."""

    zones: tuple[Zone, ...]
    warnings: tuple[Sentence, ...]


class FreeDevice(Struct, frozen=True, kw_only=True):
    """Equipment that is on nobody now, or that serves a whole flat."""

    id: DeviceId
    kind: DeviceKind
    number: str


class FreeDevices(Struct, frozen=True, kw_only=True):
    """What can be fitted, by name."""

    devices: tuple[FreeDevice, ...]
    next: str | None
    """Ask with `after` this for what follows; None at the end."""
