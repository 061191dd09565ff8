"""The desk of the mobile consoles, put together."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import Engine

from baqylau.cli.vaulted import vaulted
from baqylau.crypto.signing import Signer
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.link.consoles import ConsoleDesk, ServerKeys, Stores
from baqylau.monitoring.server.link.field_desk import FieldDesk, FieldStores
from baqylau.monitoring.server.link.view import View
from baqylau.protocols.console.envelope import server_key
from baqylau.storage.access.accounts import Accounts, Throttle
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.equipment.authorities import command_seed
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.equipment.consoles import Consoles
from baqylau.storage.equipment.field_acts import FieldActs
from baqylau.storage.equipment.link_records import LinkRecords
from baqylau.storage.judging.live import Live
from baqylau.storage.people.photos import Photos
from baqylau.storage.registers.registers import Registers


def field_desk(engine: Engine, view: Callable[[], View]) -> FieldDesk:
    """Give who takes over what officers did in the field."""
    stores = FieldStores(
        acts=FieldActs(engine, now),
        commands=Commands(engine, now),
        consoles=Consoles(engine, now),
        accounts=Accounts(engine, now),
        registers=Registers(engine, now),
    )
    return FieldDesk(stores, view, now)


def console_desk(
    engine: Engine, data_dir: Path, view: Callable[[], View], field: FieldDesk, renew: Callable[[], Awaitable[None]]
) -> ConsoleDesk:
    """Give who answers the mobile consoles."""
    stores = Stores(
        consoles=Consoles(engine, now),
        accounts=Accounts(engine, now),
        throttle=Throttle(engine, now),
        registers=Registers(engine, now),
        live=Live(engine),
        alarms=Alarms(engine, now),
        records=LinkRecords(engine),
        photos=Photos(engine, vaulted(engine, data_dir).vault, now, os.urandom),
    )
    seed = command_seed(data_dir / "keys", os.urandom)
    return ConsoleDesk(stores, ServerKeys(Signer(seed), server_key(seed)), view, now, os.urandom, field, renew)
