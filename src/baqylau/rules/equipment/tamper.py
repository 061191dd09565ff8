"""Tamper: the device's own sensors say that its strap or its case was opened.

State machine, for each of the two sensors of one device while it is on the person and an order is in force:

    closed or not known --open--> open   B01 for the strap; for the case B04, S04 on fixed units, E12 on breath units
    open --closed--> closed              B02 for the strap; the case has no code for it

The bit counts whatever else is wrong: without a fix, with an impossible clock, late, in any order of arrival. A
repeated bit is the same opening. B02 ends nothing: the alarm stays until a person has looked. Source: decree, clauses
1.1 to 1.7; catalogue B01, B02, B04, S04, E12 (notes on the domain, section 6).
"""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.people import DeviceKind
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author

NAME = "tamper"
VERSION = "2"

_CASES = {
    DeviceKind.HOME_UNIT: Code.UNIT_OPENED,
    DeviceKind.RELAY: Code.UNIT_OPENED,
    DeviceKind.BREATH_UNIT: Code.BREATH_TAMPER,
}


def case_code(device: DeviceKind) -> Code:
    """Give what an opened case of such a device is."""
    return _CASES.get(device, Code.CASE_OPEN)


class Tamper(Struct, frozen=True, array_like=True):
    """State of the rule for one device: the openings that were not followed by a closing."""

    strap: FindingId | None = None
    strap_at: datetime | None = None
    strap_id: ObservationId | None = None
    """What said that it is open."""
    case: FindingId | None = None
    case_at: datetime | None = None
    case_id: ObservationId | None = None


def strap(
    author: Author, state: Tamper, at: datetime, observation_id: ObservationId, *, is_open: bool
) -> tuple[Tamper, tuple[Finding, ...]]:
    """Take what the strap's sensor says."""
    if is_open is (state.strap is not None):
        return state, ()
    if is_open:
        opened = author.finds(Code.STRAP_OPEN, observation_id, at=at, because=(observation_id,), since=at)
        return replace(state, strap=opened.id, strap_at=at, strap_id=observation_id), (opened,)
    restored = author.finds(
        Code.STRAP_RESTORED,
        str(state.strap),
        at=at,
        because=(observation_id,),
        since=state.strap_at,
        ends=state.strap,
    )
    return replace(state, strap=None, strap_at=None, strap_id=None), (restored,)


def case(
    author: Author, state: Tamper, at: datetime, observation_id: ObservationId, code: Code, *, is_open: bool
) -> tuple[Tamper, tuple[Finding, ...]]:
    """Take what the case's sensor says."""
    if is_open is (state.case is not None):
        return state, ()
    if not is_open:
        return replace(state, case=None, case_at=None, case_id=None), ()
    opened = author.finds(code, observation_id, at=at, because=(observation_id,), since=at)
    return replace(state, case=opened.id, case_at=at, case_id=observation_id), (opened,)


def again(
    author: Author, state: Tamper, since: datetime, at: datetime, code: Code
) -> tuple[Tamper, tuple[Finding, ...]]:
    """Find once more what was found from `since` on and is open still: maintenance has ended."""
    found: tuple[Finding, ...] = ()
    if state.strap_id is not None and state.strap_at is not None and state.strap_at >= since:
        closed = replace(state, strap=None)
        state, (opened,) = strap(author, closed, at, state.strap_id, is_open=True)
        found = (replace(opened, since=closed.strap_at),)
    if state.case_id is not None and state.case_at is not None and state.case_at >= since:
        closed = replace(state, case=None)
        state, (opened,) = case(author, closed, at, state.case_id, code, is_open=True)
        found = (*found, replace(opened, since=closed.case_at))
    return state, found


def explain(author: Author, state: Tamper, case_opened: Code) -> tuple[Account, ...]:
    """Say what is found next of the strap and of the case, and what it still lacks."""
    opened, closed = Need(key="opening_told", met=False), Need(key="closing_told", met=False)
    strap_open = state.strap is not None
    return (
        author.account(
            Code.STRAP_RESTORED if strap_open else Code.STRAP_OPEN,
            replace(closed, at=state.strap_at) if strap_open else opened,
            finding=state.strap,
        ),
        author.account(case_opened, opened if state.case is None else closed, finding=state.case),
    )
