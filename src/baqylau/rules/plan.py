"""What is prescribed for one person, made ready for judging thousands of observations.

A plan is the same for the same `Supervision`; it only remembers what it has worked out.
"""

from datetime import datetime
from hashlib import sha256
from math import inf

import msgspec

from baqylau.domain.ids import DeviceId, SubjectId
from baqylau.domain.orders import NoContact, Placed, PresenceRegime
from baqylau.domain.partitions import nearness_of
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Standing, Verdict
from baqylau.domain.zones import Zone
from baqylau.rules.contact import ContactPlan
from baqylau.rules.equipment.plan import DevicePlan
from baqylau.rules.finding import Author
from baqylau.rules.places.geometry import clearance_m, shape_of, verdict
from baqylau.rules.places.position import Position
from baqylau.rules.places.watch import Watch, watches
from baqylau.rules.presence.radio_plan import Posts, RadioPlan
from baqylau.rules.spans import ALWAYS, Span, Validity, span_at, validity_of


class RestrictionPlan:
    """One rule over one version of one restriction about places."""

    __slots__ = (
        "_shapes",
        "_span",
        "_supervision",
        "_widened_m",
        "author",
        "dwell",
        "grace",
        "key",
        "kind",
        "posts",
        "recorded",
        "restriction",
        "stay",
        "under",
        "validity",
        "zones",
    )

    def __init__(self, supervision: Supervision, restriction: Placed, validity: Validity, watch: Watch) -> None:
        self.restriction = restriction
        self.kind = watch.kind
        whole = f"{restriction.id}/{restriction.version}"
        self.key = whole if watch.kind.breach else f"{whole}/{watch.kind.name}"
        self.under = None if watch.kind.breach else whole
        """Key of the breach that this warns of: while it is open, nothing is warned of."""
        self.grace, self.dwell, self.stay = watch.grace, watch.dwell, watch.stay
        self.validity = validity
        self.zones, self._widened_m = watch.zones, watch.widened_m
        self.author = Author(
            rule=self.kind.name,
            rule_version=self.kind.version,
            person_id=supervision.person_id,
            subject=SubjectId(restriction.id),
        )
        self.posts: Posts = ()
        """For each place of a presence regime the home units that stand there; none where nobody listens."""
        self.recorded = isinstance(restriction, PresenceRegime)
        """Its hours are recorded beside what is found (`rules.places.presence.curfew`)."""
        self._supervision = supervision
        self._shapes = tuple(shape_of(zone) for zone in self.zones)
        self._span = self._at(validity.from_at)

    def _at(self, at: datetime) -> Span:
        return span_at(self.restriction, self.validity, self._supervision.permissions, at)

    def span(self, at: datetime) -> Span:
        """Give what is asked at the instant."""
        span = self._span
        if not span.from_at <= at < span.until_at:
            self._span = span = self._at(at)
        return span

    def against(self, position: Position) -> tuple[bool | None, float]:
        """Give whether a position speaks against what is prescribed, and how far from it that is still so.

        None where its disc crosses an edge, or where it decides nothing at all.
        """
        if not position.decides:
            return None, 0.0
        fix = position.fix
        latitude_deg, longitude_deg, needed_m = fix.latitude_deg, fix.longitude_deg, clearance_m(position.accuracy_m)
        nearest_m, widened_m = inf, self._widened_m
        for shape in self._shapes:
            margin_m = shape.clear_m(latitude_deg, longitude_deg, needed_m + widened_m) + widened_m
            if margin_m > needed_m:
                return self.kind.against is Standing.INSIDE, margin_m
            nearest_m = min(nearest_m, -margin_m)
        return (self.kind.against is Standing.OUTSIDE, nearest_m) if nearest_m > needed_m else (None, 0.0)

    def nearest(self, position: Position) -> tuple[Zone, Verdict]:
        """Give the zone that the position lies deepest in or nearest to, and its verdict."""
        fix = position.fix
        verdicts = [
            (zone, verdict(zone, fix.latitude_deg, fix.longitude_deg, position.accuracy_m)) for zone in self.zones
        ]
        return max(verdicts, key=lambda pair: pair[1].margin_m)


class Plan:
    """Everything prescribed for one person."""

    __slots__ = (
        "boundaries",
        "contacts",
        "devices",
        "digest",
        "nearness_id",
        "radio",
        "restrictions",
        "supervision",
    )

    def __init__(self, supervision: Supervision) -> None:
        self.supervision = supervision
        self.digest = sha256(msgspec.msgpack.encode(supervision)).digest()[:16]
        self.devices: dict[DeviceId, DevicePlan] = {
            device.id: DevicePlan(supervision, device) for device in supervision.devices
        }
        valid = [
            (restriction, validity)
            for restriction in supervision.restrictions
            if (validity := validity_of(restriction, supervision.orders)) is not None
        ]
        self.restrictions = tuple(
            RestrictionPlan(supervision, restriction, validity, watch)
            for restriction, validity in valid
            if isinstance(restriction, Placed)
            for watch in watches(restriction)
        )
        self.contacts = tuple(
            ContactPlan(supervision, restriction, validity)
            for restriction, validity in valid
            if isinstance(restriction, NoContact)
        )
        self.nearness_id = nearness_of(supervision.person_id)
        self.radio = self._radio()
        times = [time for device in self.devices.values() for time in (*device.times, *device.maintained)]
        times += [plan.validity for plan in self.restrictions]
        times += [time for contact in self.contacts for time in (contact.validity, *contact.watched)]
        self.boundaries = tuple(sorted({edge for time in times for edge in (time.from_at, time.until_at)} - {ALWAYS}))

    def _radio(self) -> RadioPlan | None:
        radio = RadioPlan(self.devices)
        if not radio.worn:
            return None
        for plan in self.restrictions:
            if isinstance(plan.restriction, PresenceRegime):
                plan.posts = radio.posts(plan.zones)
        return radio

    def ordered(self, at: datetime) -> bool:
        """Whether an order is in force."""
        return any(order.from_at <= at < order.until_at for order in self.supervision.orders)

    def worn(self, device_id: DeviceId, at: datetime) -> bool:
        """Whether a device is on the person while an order or their consent is in force."""
        plan = self.devices.get(device_id)
        return plan is not None and plan.time_at(at) is not None

    def next_boundary(self, at: datetime | None) -> datetime:
        """Give when something next begins or ends to be in force, or `ALWAYS`."""
        return next((edge for edge in self.boundaries if at is None or edge > at), ALWAYS)


_PLANS: dict[int, Plan] = {}
"""By identity of the supervision, which is the plan's as long as it is here, since the plan holds it: telling two apart
by content would cost more than judging."""
_PLANS_KEPT = 32_768
"""More than report to one judge at once: they come round and round, and one too few would make every plan anew. A plan
takes some sixteen kilobytes."""


def plan_of(supervision: Supervision) -> Plan:
    """Give the plan of a supervision. The same object gives the same plan at no cost."""
    plan = _PLANS.get(id(supervision))
    if plan is None:
        plan = Plan(supervision)
        while len(_PLANS) >= _PLANS_KEPT:
            del _PLANS[next(iter(_PLANS))]
        _PLANS[id(supervision)] = plan
    return plan
