"""A case as its page shows it, from the rows that the registers keep. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from baqylau.domain.ids import DeviceId
from baqylau.domain.orders import Consent, Fitting, Order, Permission, Restriction
from baqylau.domain.people import Device, Maintenance, Person
from baqylau.monitoring.workstation.cases.messages import (
    CaseFitting,
    CaseOrder,
    CasePermission,
    CaseRestriction,
    CaseStanding,
    HistoryRow,
    KeptRow,
)
from baqylau.rules.spans import ALWAYS
from baqylau.storage.registers.cases import CaseRow
from baqylau.storage.registers.register_rows import RESTRICTION, Value
from baqylau.storage.registers.registry import is_restriction

MOST_HISTORY: Final = 200


def standing(from_at: datetime, until_at: datetime | None, now: datetime) -> CaseStanding:
    """Give where something with a beginning and an end stands."""
    if (until_at or ALWAYS) <= max(now, from_at):
        return CaseStanding.ENDED
    return CaseStanding.FUTURE if now < from_at else CaseStanding.IN_FORCE


def orders_of(held: Sequence[Value], now: datetime) -> tuple[CaseOrder, ...]:
    """Give the orders, the latest first, with what they restrict."""
    restrictions = sorted(filter(is_restriction, held), key=lambda one: (one.id, -one.version))
    newest = {one.id: one.version for one in reversed(restrictions)}
    orders = sorted((one for one in held if isinstance(one, Order)), key=lambda one: one.from_at, reverse=True)
    return tuple(
        CaseOrder(
            order=order,
            standing=standing(order.from_at, order.until_at, now),
            restrictions=tuple(
                CaseRestriction(restriction=one, standing=_restriction(one, order, newest[one.id], now))
                for one in restrictions
                if one.order_id == order.id
            ),
        )
        for order in orders
    )


def _restriction(one: Restriction, order: Order, newest: int, now: datetime) -> CaseStanding:
    until_at = min(one.until_at or ALWAYS, order.until_at)
    found = standing(max(one.from_at, order.from_at), until_at, now)
    return CaseStanding.REPLACED if found is CaseStanding.ENDED and one.version < newest else found


def permissions_of(held: Iterable[Value], now: datetime) -> tuple[CasePermission, ...]:
    """Give the permissions, the latest first."""
    granted = sorted((one for one in held if isinstance(one, Permission)), key=lambda one: one.from_at, reverse=True)
    return tuple(CasePermission(permission=one, standing=standing(one.from_at, one.until_at, now)) for one in granted)


def fittings_of(held: Iterable[Value], devices: Mapping[DeviceId, Device], now: datetime) -> tuple[CaseFitting, ...]:
    """Give what is on the person, and what was, the latest first."""
    worn = sorted((one for one in held if isinstance(one, Fitting)), key=lambda one: one.from_at, reverse=True)
    return tuple(
        CaseFitting(
            fitting=one,
            kind=device.kind if (device := devices.get(one.device_id)) else None,
            number=device.number if device else "",
            standing=standing(one.from_at, one.until_at, now),
        )
        for one in worn
    )


def history_of(rows: Sequence[CaseRow], names: Mapping[str, str], *, after: int = 0) -> tuple[HistoryRow, ...]:
    """Give what was saved, the newest first; only what was saved after a version, if one is named.

    What ends by itself because a newer version begins is told with that one.
    """
    found = [one for one in _history(rows, names) if one.version > after]
    return tuple(reversed(found[-MOST_HISTORY:]))


def _history(rows: Sequence[CaseRow], names: Mapping[str, str]) -> Iterator[HistoryRow]:
    last: dict[tuple[str, str], Value] = {}
    for row in sorted(rows, key=lambda one: (one.version, _number(one.value))):
        name = (row.kind, row.value.id if row.kind == RESTRICTION else row.key)
        was = last.get(name)
        if not _superseded(was, row.value):
            last[name] = row.value
            yield HistoryRow(
                version=row.version,
                at=row.at,
                by=row.by,
                by_name=names.get(row.by, row.by),
                kind=row.kind,
                key=row.value.id,
                was=kept_row(was) if was is not None else None,
                now=kept_row(row.value),
                fields=_differing(was, row.value),
                proposal=row.proposal,
            )


def _number(value: Value) -> int:
    return -value.version if is_restriction(value) else 0


def _superseded(was: Value | None, now: Value) -> bool:
    """Whether it is an older version of a restriction, written again because it ends now."""
    return is_restriction(was) and is_restriction(now) and now.version < was.version


def _differing(was: Value | None, now: Value) -> tuple[str, ...]:
    if was is None or type(was) is not type(now):
        return ()
    names = (name for name in now.__struct_fields__ if name != "version")
    return tuple(name for name in names if getattr(was, name) != getattr(now, name))


def kept_row(value: Value) -> KeptRow:
    """Give a row under the name of its kind."""
    match value:
        case Person():
            return KeptRow(person=value)
        case Order():
            return KeptRow(order=value)
        case Permission():
            return KeptRow(permission=value)
        case Consent():
            return KeptRow(consent=value)
        case Fitting():
            return KeptRow(fitting=value)
        case Maintenance():
            return KeptRow(maintenance=value)
        case Device():
            return KeptRow()
        case _:
            return KeptRow(restriction=value)
