"""What acts on equipment have in common: registers, keys and commands, and a sentence for what cannot be done."""

import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from sqlalchemy import Engine

from baqylau.cli.opening import ready
from baqylau.cli.vaulted import vaulted
from baqylau.domain.ids import DeviceId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.storage.access.audit import Audit
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.equipment.device_keys import DeviceKeys, KeyInUseError, KeyKind
from baqylau.storage.equipment.link_records import LinkRecords
from baqylau.storage.equipment.strangers import Strangers
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import RegisterRefusedError, Registry

LINK, BEACON = "link", "beacon"
Name = Annotated[str, typer.Argument(metavar="DEVICE", help="Our name of the device, as in the registers.")]


def refused(language: str, reason: str, **params: object) -> typer.Exit:
    """Say why something cannot be done, and give what ends the command."""
    typer.echo(text(language, f"cli.device.{reason}", **params), err=True)
    return typer.Exit(1)


class Workshop(Struct, frozen=True):
    """What an act on equipment works with."""

    registers: Registers
    keys: DeviceKeys
    commands: Commands
    records: LinkRecords
    audit: Audit
    language: str
    strangers: Strangers

    def device(self, name: str) -> Device:
        """Give a registered device."""
        found = next((one for one in self.registers.devices() if one.id == name), None)
        if found is None:
            raise refused(self.language, "unknown", device=name)
        return found

    def kind_of(self, name: str, kind: DeviceKind | None) -> DeviceKind | None:
        """Give what a device is: as registered, or as said for a new one."""
        return next((one.kind for one in self.registers.devices() if one.id == name), kind)

    def registered(self, name: str, kind: DeviceKind | None, serial: str, protocol: str, by: str) -> Device:
        """Give the device, registered now if it is new and its kind and serial are said."""
        found = next((one for one in self.registers.devices() if one.id == name), None)
        if found is None and kind is not None and serial:
            found = Device(id=DeviceId(name), kind=kind, protocol=protocol, number=serial)
            self.save(Registry(devices=(found,)), by)
        if found is None:
            raise refused(self.language, "unknown", device=name)
        if found.protocol != protocol:
            raise refused(self.language, "other_protocol", device=name, protocol=found.protocol)
        return found

    def save(self, registry: Registry, by: str) -> None:
        """Save rows, or say of each what is wrong with it."""
        try:
            self.registers.save(registry, by=by)
        except RegisterRefusedError as wrong:
            for fault in wrong.faults:
                why = text(self.language, f"import.register.{fault.reason}", field=fault.field)
                typer.echo(f"{fault.kind} {fault.key}: {why}", err=True)
            raise typer.Exit(1) from wrong

    def acted(self, by: str, what: str, name: str) -> None:
        """Write an act into the audit that has no transaction of its own."""
        self.audit.record(by, what, f"device/{name}")

    def worn(self, at: datetime) -> dict[str, list[Fitting]]:
        """Give on whom each device is at an instant: one person, or everybody of a flat that it serves."""
        found: dict[str, list[Fitting]] = defaultdict(list)
        for _, supervision in sorted(self.registers.supervisions().items()):
            for one in supervision.fittings:
                if one.from_at <= at and (one.until_at is None or at < one.until_at):
                    found[one.device_id].append(one)
        return found

    def fittings(self, name: str, at: datetime, person: str = "") -> list[Fitting]:
        """Give on whom the device is at an instant, of one person alone if one is named."""
        found = [one for one in self.worn(at).get(name, ()) if person in {"", one.person_id}]
        if not found:
            raise refused(self.language, "on_nobody", device=name)
        return found

    def enrol(self, of: Device, kind: KeyKind, material: bytes, by: str) -> None:
        """Take a key into use."""
        try:
            self.keys.enrol(of.id, kind, of.number, material, by)
        except KeyInUseError as wrong:
            raise refused(self.language, "key_in_use", device=of.id) from wrong

    def root(self, name: str) -> bytes:
        """Give the root of a transmitter's beacons."""
        roots = [key for key in self.keys.of(self.device(name).id) if key.kind is KeyKind.BEACON]
        if not roots or roots[-1].revoked_at is not None:
            raise refused(self.language, "no_key", device=name)
        return roots[-1].material


@contextmanager
def opened(data: Path, database: str, language: str) -> Iterator[Workshop]:
    """Give a workshop over the installation's database."""
    with ready(data, database) as engine:
        yield over(engine, data, language)


def over(engine: Engine, data: Path, language: str) -> Workshop:
    """Give a workshop over a database that is open already."""
    keys = DeviceKeys(engine, vaulted(engine, data).vault, now, os.urandom)
    return Workshop(
        Registers(engine, now),
        keys,
        Commands(engine, now),
        LinkRecords(engine),
        Audit(engine, now),
        language,
        Strangers(engine),
    )
