"""The console of one officer in the demo: an account with a password of its own, two people, and the program."""

import os
import secrets
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from baqylau.cli.equipment import workshop
from baqylau.cli.simulation.households import BY, UNITS, enrolled
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.passwords import hashed
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Device, DeviceKind, Language
from baqylau.domain.rights import Role
from baqylau.links.wall_clock import now
from baqylau.sim.demo_face import portrait
from baqylau.sim.demo_households import OnAir, households
from baqylau.storage.access.accounts import Account, Accounts
from baqylau.storage.equipment.consoles import Assigned, Consoles
from baqylau.storage.people.photos import Photos
from baqylau.storage.registers.registry import Registry

CONSOLE = DeviceId("demo-console")
LOGIN, OFFICER = "officer", "Сәуле Бекова"
KEPT_IN = "officer-signs-in-with"
SYLLABLES = 4
PEOPLE = 2
"""So many of the households are the officer's, and within the console's hearing."""


class SignIn(Struct, frozen=True, kw_only=True):
    """Where the console's pages are, and what opens them."""

    host: str
    port: int
    password: str

    @property
    def told(self) -> str:
        """Say it on the terminal."""
        return f"Console of {OFFICER}: http://{self.host}:{self.port}, signs in as {LOGIN} with {self.password}"


def issued(engine: Engine, data: Path, *, host: str, port: int) -> SignIn:
    """Register the console and its officer where they are not yet, and say for whom it is."""
    shop = workshop.over(engine, data, "en")
    shop.save(Registry(devices=(Device(id=CONSOLE, kind=DeviceKind.CONSOLE, protocol="link", number="C0001"),)), BY)
    enrolled(shop, data, shop.device(CONSOLE))
    password = _employed(Accounts(engine, now), data / KEPT_IN)
    if not Consoles(engine, now).officers(CONSOLE):
        people = tuple(one.person_id for one in households()[:PEOPLE])
        photos = Photos(engine, vaulted(engine, data).vault, now, os.urandom)
        for number, person_id in enumerate(people):
            photos.put(person_id, portrait(number), BY)
        Consoles(engine, now).assign(Assigned(device_id=CONSOLE, login=LOGIN, people=people), BY)
    return SignIn(host=host, port=port, password=password)


def _employed(accounts: Accounts, file: Path) -> str:
    """Give the officer's password; the account is made when there is none."""
    if accounts.get(LOGIN) is None:
        password = "-".join(secrets.token_hex(2) for _ in range(SYLLABLES))
        file.touch(mode=0o600)
        file.write_text(password, encoding="ascii")
        account = Account(
            login=LOGIN, name=OFFICER, password=hashed(password), language=Language.KK, role=Role.INSPECTOR
        )
        accounts.create(account, BY)
    return file.read_text(encoding="ascii")


def console_program(data: Path, around: OnAir, sign_in: SignIn, *, server: str) -> list[str]:
    """Give the words by which the console's program is started; it hears what the homes of its people hear."""
    words = ["console", "--lifeline", "--server", server, "--dir", str(data / UNITS / CONSOLE)]
    for house in around.houses[:PEOPLE]:
        words += ["--source", f"socket:{house.host}:{house.port}"]
    carried = around.carried
    return [*words, "--gnss", f"gpsd:{carried.host}:{carried.port}", "--port", str(sign_in.port)]
