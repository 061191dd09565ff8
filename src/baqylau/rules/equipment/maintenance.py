"""Maintenance: somebody of ours is at work on a person's equipment.

State machine, for one device while it is on the person and an order is in force:

    in service --work begins--> in maintenance (W03);  in maintenance --work ends--> in service (W03)

What is found of the device meanwhile is kept with its flag and opens no alarm; an officer's own exchange of a device is
not an accusation (notes on the domain, section 4). It ends by itself, and what was found meanwhile and still holds,
such as an open strap, is found again then, without the flag. W03 rests on the registers and on no observation. Source:
catalogue W03 (notes on the domain, section 6).
"""

from collections.abc import Iterable
from datetime import datetime

from baqylau.domain.findings import Code, Finding
from baqylau.domain.people import Supervision
from baqylau.rules.finding import Author
from baqylau.rules.spans import Validity, joined

NAME = "maintenance"
VERSION = "1"


def spans(supervision: Supervision, device_id: str, times: Iterable[Validity]) -> tuple[Validity, ...]:
    """Give when somebody is at work on a device that is on the person; works that touch are one."""
    return joined(
        (max(work.from_at, time.from_at), min(work.until_at, time.until_at))
        for work in supervision.maintenances
        if work.person_id == supervision.person_id and work.device_id in {None, device_id}
        for time in times
    )


def records(author: Author, works: Iterable[Validity], at: datetime) -> tuple[Finding, ...]:
    """Give what is on record of the works that begin or end at the instant."""
    return tuple(
        author.finds(Code.MAINTENANCE, edge, at=at, because=(), since=work.from_at)
        for work in works
        for edge, edge_at in (("begins", work.from_at), ("ends", work.until_at))
        if edge_at == at
    )


def ending(works: Iterable[Validity], at: datetime) -> Validity | None:
    """Give the work that ends at the instant."""
    return next((work for work in works if work.until_at == at), None)
