"""A permission that comes again every week, written out: each time is a permission like any other. Pure.

So everything that knows permissions knows these too: rules, units that judge by themselves, papers.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from baqylau.domain.ids import PermissionId
from baqylau.domain.orders import Permission
from baqylau.domain.schedules import Schedule
from baqylau.rules.schedule import stretch

MOST_TIMES: Final = 400
"""More than a year of every day: for longer an order is changed."""
_OF = "/"


def occurrences(permission: Permission, weekly: Schedule) -> Iterator[Permission]:
    """Give each time within the permission at which the schedule says so; one more than `MOST_TIMES` at most."""
    at, times = permission.from_at, 0
    while at < permission.until_at and times <= MOST_TIMES:
        hours = stretch(weekly, at, floor_at=permission.from_at, ceiling_at=permission.until_at)
        if hours.on:
            times += 1
            named = PermissionId(f"{permission.id}{_OF}{times}")
            yield replace(permission, id=named, from_at=hours.from_at, until_at=hours.until_at)
        at = hours.until_at


def series_of(name: str) -> str:
    """Give what the times of one permission have in common, the name itself for one that does not come again."""
    return name.partition(_OF)[0]
