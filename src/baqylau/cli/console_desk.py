"""The desk of the mobile consoles, put together."""

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from baqylau.crypto.signing import Signer
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.link.consoles import ConsoleDesk, Stores
from baqylau.monitoring.server.link.view import View
from baqylau.protocols.console.envelope import server_key
from baqylau.storage.accounts import Accounts, Throttle
from baqylau.storage.alarms import Alarms
from baqylau.storage.authorities import command_seed
from baqylau.storage.consoles import Consoles
from baqylau.storage.live import Live
from baqylau.storage.registers import Registers


def console_desk(engine: Engine, keys: Path, view: Callable[[], View]) -> ConsoleDesk:
    """Give who answers the mobile consoles."""
    stores = Stores(
        consoles=Consoles(engine, now),
        accounts=Accounts(engine, now),
        throttle=Throttle(engine, now),
        registers=Registers(engine, now),
        live=Live(engine),
        alarms=Alarms(engine, now),
    )
    seed = command_seed(keys, os.urandom)
    return ConsoleDesk(stores, Signer(seed), server_key(seed), view, now, os.urandom)
