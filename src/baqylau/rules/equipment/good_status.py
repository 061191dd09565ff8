"""Good status: the bracelet told of itself, and nothing that it can tell of was wrong.

Once a day of the calendar (UTC), by the first such word of that day: a record that the equipment worked, for whoever
asks later, and nothing that anybody has to look at. What a word leaves out counts as it was said last. Source:
catalogue B10 (notes on the domain, section 6).
"""

from datetime import date, datetime

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import ObservationId
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions import body_contact, self_test, strain
from baqylau.rules.explanation import Account, Need
from baqylau.rules.finding import Author

NAME = "good_status"
VERSION = "1"
DEVICES = frozenset({DeviceKind.BRACELET})
FAULTS = frozenset({strain.KIND.name, body_contact.KIND.name, self_test.KIND.name})
"""Conditions with which it is not well."""


def step(
    author: Author, said_on: date | None, at: datetime, observation_id: ObservationId
) -> tuple[date, tuple[Finding, ...]]:
    """Take it that the bracelet spoke of its battery while all is well."""
    if said_on is not None and at.date() <= said_on:
        return said_on, ()
    return at.date(), (author.finds(Code.STATUS_GOOD, observation_id, at=at, because=(observation_id,), since=at),)


def explain(author: Author, said_on: date | None, at: datetime) -> Account:
    """Say what is found next, and what it still lacks."""
    due = Need(key="status_due", met=said_on is None or said_on < at.date())
    return author.account(Code.STATUS_GOOD, due, Need(key="status_good", met=False))
