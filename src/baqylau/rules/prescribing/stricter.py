"""Whether what is prescribed for a person becomes stricter by a change, and in what. Pure.

Compared is what holds at each time, before and after. Whatever cannot be told to be the same or milder is stricter:
a second person then looks at it. Texts: `case.stricter.<key>`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from baqylau.domain.ids import RestrictionId
from baqylau.domain.orders import Consent, Fitting, Order, Permission, Restriction
from baqylau.domain.people import Device, Supervision
from baqylau.domain.proposals import Stricter
from baqylau.rules.prescribing.stricter_kinds import differences
from baqylau.rules.spans import ALWAYS, Validity, joined, validity_of


def stricter(before: Supervision, after: Supervision) -> tuple[Stricter, ...]:
    """Give why the second may be stricter for the person than the first; none: it certainly is not."""
    found = [
        *_orders(before.orders, after.orders),
        *_restrictions(before, after),
        *_permissions(before.permissions, after.permissions),
        *_consents(before, after),
        *_equipment(before, after),
    ]
    return tuple(one for number, one in enumerate(found) if one not in found[:number])


def _orders(before: Iterable[Order], after: Iterable[Order]) -> Iterator[Stricter]:
    known = {order.id: order for order in before}
    for order in after:
        old = known.get(order.id)
        if old is None:
            yield Stricter(key="order_added", params={"act": order.act_number})
        elif order.until_at > old.until_at:
            yield Stricter(key="order_ends_later", params={"act": order.act_number})
        elif order.from_at < old.from_at:
            yield Stricter(key="order_begins_earlier", params={"act": order.act_number})
        if old is not None and order.calls_recorded.strip() and not old.calls_recorded.strip():
            yield Stricter(key="order_records_calls", params={"act": order.act_number})


def _restrictions(before: Supervision, after: Supervision) -> Iterator[Stricter]:
    """Go through the times between which nothing changes, for each restriction."""
    old, new = _by_id(before), _by_id(after)
    for restriction_id, versions in new.items():
        was = old.get(restriction_id, [])
        edges = {edge for _, valid in (*was, *versions) for edge in (valid.from_at, valid.until_at)}
        for from_at, until_at in pairwise(sorted(edges)):
            now_it_is, it_was = _at(versions, from_at, until_at), _at(was, from_at, until_at)
            if now_it_is is None:
                continue
            if it_was is None:
                key = "restriction_lasts_longer" if was else "restriction_added"
                yield Stricter(key=key, params={"clause": now_it_is.clause})
            else:
                for difference in differences(it_was, now_it_is):
                    yield Stricter(key=difference, params={"clause": now_it_is.clause})


_Versions = list[tuple[Restriction, Validity]]


def _by_id(supervision: Supervision) -> dict[RestrictionId, _Versions]:
    """Give the versions of each restriction in force at some time. Those of an order that is new count by that."""
    found: dict[RestrictionId, _Versions] = {}
    for restriction in supervision.restrictions:
        validity = validity_of(restriction, supervision.orders)
        if validity is not None:
            found.setdefault(restriction.id, []).append((restriction, validity))
    return found


def _at(versions: _Versions, from_at: datetime, until_at: datetime) -> Restriction | None:
    """Give the version that holds between two edges: of several the newest."""
    holding = [one for one, valid in versions if valid.from_at <= from_at and until_at <= valid.until_at]
    return max(holding, key=lambda one: one.version, default=None)


def _permissions(before: Iterable[Permission], after: Iterable[Permission]) -> Iterator[Stricter]:
    left = tuple(after)
    for old in before:
        if old.from_at >= old.until_at:
            continue
        excusing = [one for one in left if one.restriction_id in {None, old.restriction_id}]
        if not any(span.from_at <= old.from_at and old.until_at <= span.until_at for span in _joined(excusing)):
            yield Stricter(key="permission_cut", params={"reason": old.reason})


def _joined(permissions: Iterable[Permission]) -> tuple[Validity, ...]:
    return joined((one.from_at, one.until_at) for one in permissions)


def _consents(before: Supervision, after: Supervision) -> Iterator[Stricter]:
    """A consent lets more be collected of the protected person; withdrawn it is at once."""
    known = {consent.id: consent for consent in before.consents}
    for consent in after.consents:
        old = known.get(consent.id)
        if consent.person_id == after.person_id and (old is None or _longer(old, consent)):
            yield Stricter(key="consent_given", params={"form": consent.form})


def _longer(old: Consent | Fitting, new: Consent | Fitting) -> bool:
    return new.from_at < old.from_at or (new.until_at or ALWAYS) > (old.until_at or ALWAYS)


def _equipment(before: Supervision, after: Supervision) -> Iterator[Stricter]:
    """Equipment of a kind that the person has not had tells more of them; a swap tells the same."""
    had = {device.kind for device in before.devices}
    fitted = {fitting.device_id for fitting in before.fittings}
    for device in _new(after.devices, fitted):
        if device.kind not in had:
            yield Stricter(key="equipment_added", params={"device": device.id})


def _new(devices: Iterable[Device], fitted: Iterable[str]) -> Iterator[Device]:
    known = set(fitted)
    return (device for device in devices if device.id not in known)
