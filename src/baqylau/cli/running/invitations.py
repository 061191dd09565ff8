"""The way in for the first administrator: a link that works once."""

import os
from datetime import timedelta

from sqlalchemy import Engine

from baqylau.domain.rights import Role
from baqylau.links.wall_clock import now
from baqylau.monitoring.workstation.access.tokens import digest, fresh
from baqylau.storage.access.accounts import Accounts, Invited

HOLDS = timedelta(hours=1)


def invitation_link(engine: Engine, address: str) -> str:
    """Give the address of the workstation: with a fresh one-time link while nobody administers it yet."""
    accounts = Accounts(engine, now)
    if any(one.role is Role.ADMINISTRATOR for one in accounts.all()):
        return address
    token = fresh(os.urandom)
    accounts.invite(digest(token), Invited(role=Role.ADMINISTRATOR), now() + HOLDS)
    return f"{address}/welcome#{token}"
