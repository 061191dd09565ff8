"""Suspended orders as what they come to: each of an order's restrictions is excused while the order is suspended.

So everything that knows permissions knows these too: rules, plans of checks, units that judge by themselves, papers.
What devices tell of themselves is no restriction, and is found all the same. Pure.
"""

from collections.abc import Iterable, Iterator

from baqylau.domain.ids import PermissionId
from baqylau.domain.orders import Order, Permission, Restriction


def excused_by_suspension(orders: Iterable[Order], restrictions: Iterable[Restriction]) -> Iterator[Permission]:
    """Give a permission for each restriction of an order and each time in which that order is suspended."""
    names = sorted({(one.order_id, one.id) for one in restrictions})
    for order in orders:
        for number, one in enumerate(order.suspensions, start=1):
            until_at = min(one.until_at or order.until_at, order.until_at)
            if one.from_at >= until_at:
                continue
            for _, restriction_id in (name for name in names if name[0] == order.id):
                yield Permission(
                    id=PermissionId(f"{order.id}/suspended-{number}/{restriction_id}"),
                    person_id=order.person_id,
                    restriction_id=restriction_id,
                    from_at=one.from_at,
                    until_at=until_at,
                    reason=one.reason,
                    granted_by=one.act,
                )
