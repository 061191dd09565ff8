"""Why and why not: what every rule had before it at an instant, and what a finding still lacked.

These are the words; `rules.explaining` asks the rules for them, and every rule answers in its own module from the very
state that it judges by.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FindingId, ObservationId, OrderId, PermissionId, PersonId, RestrictionId
from baqylau.domain.observations import Fix
from baqylau.domain.people import DeviceKind
from baqylau.domain.verdicts import Blindness, Compliance, Verdict
from baqylau.rules.spans import Duty


class Need(Struct, frozen=True, kw_only=True):
    """One thing that a finding needs. Texts: `minute.<key>.met` and `minute.<key>.missing`."""

    key: str
    met: bool
    at: datetime | None = None
    """Since when it is met, or when it will be if nothing else happens."""
    figures: dict[str, float] = {}
    """What the text names, each with its unit in its name."""


class Account(Struct, frozen=True, kw_only=True):
    """What one rule has to say of one thing at an instant."""

    rule: str
    rule_version: str
    code: Code
    """What is found when nothing is missing any more."""
    finding: FindingId | None = None
    """The condition that is open."""
    needs: tuple[Need, ...] = ()


class RestrictionAccount(Struct, frozen=True, kw_only=True):
    """One version of one restriction at an instant."""

    restriction_id: RestrictionId
    version: int
    order_id: OrderId
    kind: str
    """`presence`, `exclusion` and so on, as in the registers."""
    clause: str
    in_force: bool
    from_at: datetime
    until_at: datetime | None
    """None: no end is known. What follows is only said of what is in force."""
    duty: Duty | None = None
    duty_from: datetime | None = None
    duty_until: datetime | None = None
    permissions: tuple[PermissionId, ...] = ()
    """Those that excuse at the instant."""
    compliance: Compliance | None = None
    place: str = ""
    """Name of the zone that the last fix lies deepest in or nearest to."""
    verdict: Verdict | None = None
    """Of the last fix, however old."""
    accounts: tuple[Account, ...] = ()


class DeviceAccount(Struct, frozen=True, kw_only=True):
    """One device at an instant. `worn` is false when it was not on the person under an order; then nothing follows."""

    device_id: DeviceId
    kind: DeviceKind
    worn: bool
    heard_at: datetime | None = None
    """When it last spoke, None when it did not since it was put on."""
    silence_limit_s: int = 0
    deadline_at: datetime | None = None
    """When its silence becomes a finding, moved by the time in which we did not listen."""
    battery_percent: float | None = None
    strap_open: bool = False
    case_open: bool = False
    clock_wrong: bool = False
    accounts: tuple[Account, ...] = ()


class PlaceKnown(Struct, frozen=True, kw_only=True):
    """The last place that was believed, and how old that is."""

    at: datetime
    age_s: float
    fix: Fix
    accuracy_m: float
    decides: bool
    """Good enough to decide about a zone."""
    holds: bool
    """Fresh, and nothing happened since that makes it doubtful."""
    observation_id: ObservationId


class Explanation(Struct, frozen=True, kw_only=True):
    """Everything that was before the rules at one instant for one person."""

    person_id: PersonId
    at: datetime
    compliance: Compliance
    blindness: Blindness | None
    """Why it is unknown; None when it is not."""
    since: datetime | None
    last_fix: PlaceKnown | None
    heard_at: datetime | None
    """When anything on the person last spoke."""
    heard_age_s: float | None
    listened: bool
    """False within a gap in our own listening."""
    restrictions: tuple[RestrictionAccount, ...]
    devices: tuple[DeviceAccount, ...]
    accounts: tuple[Account, ...] = ()
    """Of rules about the person as such, such as whom they must not meet."""

    def open_findings(self) -> tuple[FindingId, ...]:
        """Give the findings whose condition goes on, each once."""
        own: Iterable[Account] = (
            *self.accounts,
            *(one for part in self.restrictions for one in part.accounts),
            *(one for part in self.devices for one in part.accounts),
        )
        return tuple(dict.fromkeys(one.finding for one in own if one.finding is not None))
