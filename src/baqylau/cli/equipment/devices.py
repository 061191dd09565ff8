"""Keys and fittings of the equipment: `device provision`, `enrol`, `fit`, `unfit`, `swap`, `revoke`. All audited."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct
from msgspec.structs import replace

from baqylau.cli.equipment.consoles import device_console
from baqylau.cli.equipment.orders import device
from baqylau.cli.equipment.strangers import allow, strangers
from baqylau.cli.equipment.workshop import BEACON, LINK, Name, Workshop, opened, refused
from baqylau.cli.instants import instant
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import DEFAULT_DATA, ME, By, Data, Database
from baqylau.crypto.certificates import chain_pem, device_certificate
from baqylau.domain.ids import DeviceId, FittingId, MaintenanceId, PersonId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind, Maintenance
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.storage.equipment.authorities import authorities, command_signer, serial_number
from baqylau.storage.equipment.device_keys import KEY_BYTES, KeyKind, NoKeyError
from baqylau.storage.registers.registry import Registry

app = typer.Typer()
app.add_typer(device, name="device")
device.add_typer(device_console, name="console")
device.command()(strangers)
device.command()(allow)

Kind = Annotated[DeviceKind | None, typer.Option(help="For a device that is not registered yet: what it is.")]
Serial = Annotated[str, typer.Option(help="For a device that is not registered yet: the number on it.")]
At = Annotated[datetime | None, typer.Option(parser=instant, help="When; now if unsaid.")]


class Enrolment(Struct, frozen=True, kw_only=True):
    """What a unit needs to know of the server, besides its address. Nothing in it is secret."""

    device_id: DeviceId
    serial: str
    server_key: str
    """Ed25519 public key, hexadecimal: signs answers, commands and configurations."""
    root: str
    """The root certificate of our TLS, PEM."""
    certificate: str
    """The device's own certificate and the one that issued it, PEM."""


class TrackerEnrolment(Struct, frozen=True, kw_only=True):
    """What a tracker needs to know. It holds a secret."""

    device_id: DeviceId
    serial: str
    secret: str
    """Shared with the server, hexadecimal."""
    root: str
    """The root certificate of our TLS, PEM."""


@device.command()
def provision(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    root_file: Annotated[
        Path | None, typer.Option(help="Take the root from this file of 32 bytes in place of a new one.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="For a tracker: write what its program needs to this file.")] = None,
    kind: Kind = None,
    serial: Serial = "",
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Give a transmitter (bracelet, relay) its root, or a tracker the secret that it shares with the server.

    Prints once the line that a serial bench says to it.
    """
    with opened(data, database, language) as workshop:
        root = _bytes_in(root_file, language) if root_file is not None else os.urandom(KEY_BYTES)
        if workshop.kind_of(name, kind) is DeviceKind.TRACKER:
            _provision_tracker(workshop, workshop.registered(name, kind, serial, LINK, by), root, by, out, data)
            return
        found = workshop.registered(name, kind, serial, BEACON, by)
        workshop.enrol(found, KeyKind.BEACON, root, by)
    typer.echo(f"PROVISION {found.number} {root.hex()} {int(seconds_at(now()))}")
    typer.echo(text(language, "cli.device.provisioned", device=name), err=True)


def _provision_tracker(workshop: Workshop, found: Device, secret: bytes, by: str, out: Path | None, data: Path) -> None:
    """Let a tracker speak by a secret of its own; what it is told is proven by the same."""
    workshop.enrol(found, KeyKind.HMAC, secret, by)
    if out is not None:
        told = tracker_enrolment(data / "keys", found, secret)
        out.touch(mode=0o600)
        out.write_bytes(msgspec.json.format(msgspec.json.encode(told)))
    typer.echo(f"SHARE {found.id} {secret.hex()} {int(now().timestamp())}")
    typer.echo(text(workshop.language, "cli.device.shares_secret", device=found.id), err=True)


def tracker_enrolment(keys: Path, found: Device, secret: bytes) -> TrackerEnrolment:
    """Give what a tracker needs to know; the certificate is that of our TLS, made when there is none."""
    root = chain_pem(authorities(keys, os.urandom, now()).root).decode()
    return TrackerEnrolment(device_id=found.id, serial=found.number, secret=secret.hex(), root=root)


def _bytes_in(file: Path, language: str) -> bytes:
    try:
        return _sized(file.read_bytes(), language, str(file))
    except OSError as wrong:
        raise refused(language, "cannot_read", file=file, why=wrong.strerror or "") from wrong


def _sized(key: bytes, language: str, said: str) -> bytes:
    if len(key) != KEY_BYTES:
        raise refused(language, "not_a_key", said=said, count=len(key), size=KEY_BYTES)
    return key


@device.command()
def enrol(  # noqa: PLR0913, PLR0917 - each is an option of the command
    name: Name,
    key: Annotated[str, typer.Option(help="The unit's public Ed25519 key, 64 hexadecimal digits, as it shows it.")],
    out: Annotated[Path | None, typer.Option(help="Write what the unit needs to this file; else it is shown.")] = None,
    kind: Kind = None,
    serial: Serial = "",
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Let a unit speak: take its public key, and give what it needs to know of the server."""
    with opened(data, database, language) as workshop:
        public = _sized(_hexadecimal(key), language, key)
        found = workshop.registered(name, kind, serial, LINK, by)
        workshop.enrol(found, KeyKind.ED25519, public, by)
        told = msgspec.json.format(msgspec.json.encode(enrolment(data / "keys", found, public)))
    if out is None:
        typer.echo(told.decode())
    else:
        out.write_bytes(told)
    typer.echo(text(language, "cli.device.enrolled", device=name), err=True)


def _hexadecimal(said: str) -> bytes:
    try:
        return bytes.fromhex(said)
    except ValueError:
        return b""


def enrolment(directory: Path, found: Device, public: bytes) -> Enrolment:
    """Give what a unit needs to know, with a certificate for its key."""
    at = now()
    own = authorities(directory, os.urandom, at)
    leaf = device_certificate(own.issuing, found.id, public, from_at=at, serial=serial_number(os.urandom))
    return Enrolment(
        device_id=found.id,
        serial=found.number,
        server_key=command_signer(directory, os.urandom).public_key.hex(),
        root=chain_pem(own.root).decode(),
        certificate=chain_pem(leaf, own.issuing.certificate).decode(),
    )


@device.command()
def fit(
    name: Name,
    person: Annotated[str, typer.Argument(help="The person's id in the registers.")],
    at: At = None,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Put a device on a person: from then on what it says is about them.

    A home unit and a relay may serve several people of one flat: put it on each of them.
    """
    from_at = at or now()
    with opened(data, database, language) as workshop:
        workshop.save(Registry(fittings=(_fitting(workshop.device(name).id, PersonId(person), from_at),)), by)
    typer.echo(text(language, "cli.device.fitted", device=name, person=person))


def _fitting(device_id: DeviceId, person_id: PersonId, from_at: datetime) -> Fitting:
    return Fitting(
        id=FittingId(f"{device_id}-{person_id}-{from_at:%Y%m%dT%H%M%S%f}"),
        device_id=device_id,
        person_id=person_id,
        from_at=from_at,
    )


@device.command()
def unfit(
    name: Name,
    person: Annotated[str, typer.Option(help="Of this person alone, for what serves several.")] = "",
    at: At = None,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Take a device off: what it says afterwards is about nobody. A home unit of several people: off all of them."""
    until_at = at or now()
    with opened(data, database, language) as workshop:
        worn = workshop.fittings(name, until_at, person)
        workshop.save(Registry(fittings=tuple(replace(one, until_at=until_at) for one in worn)), by)
    typer.echo(text(language, "cli.device.unfitted", device=name, person=_names(worn)))


def _names(worn: Iterable[Fitting]) -> str:
    return ", ".join(one.person_id for one in worn)


@device.command()
def swap(  # noqa: PLR0913, PLR0917 - each is an option of the command
    old: Annotated[str, typer.Argument(help="The device that comes off.")],
    new: Annotated[str, typer.Argument(help="The device that comes on in its place.")],
    why: Annotated[str, typer.Option(help="The reason.")],
    minutes: Annotated[int, typer.Option(min=1, max=240, help="How long the work may take.")] = 30,
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Exchange a person's device for another; alarms about either rest while the work goes on."""
    at = now()
    with opened(data, database, language) as workshop:
        worn = workshop.fittings(old, at)
        devices = (worn[0].device_id, workshop.device(new).id)
        rest = tuple(
            Maintenance(
                id=MaintenanceId(f"swap-{one}-{fitting.person_id}-{at:%Y%m%dT%H%M%S%f}"),
                person_id=fitting.person_id,
                device_id=one,
                from_at=at,
                until_at=at + timedelta(minutes=minutes),
                reason=why,
                by=by,
            )
            for fitting in worn
            for one in devices
        )
        fittings = (
            *(replace(one, until_at=at) for one in worn),
            *(_fitting(devices[1], one.person_id, at) for one in worn),
        )
        workshop.save(Registry(fittings=fittings, maintenances=rest), by)
    typer.echo(text(language, "cli.device.swapped", old=old, new=new, person=_names(worn), minutes=minutes))


@device.command()
def revoke(
    name: Name,
    why: Annotated[str, typer.Option(help="The reason.")],
    by: By = ME,
    data: Data = DEFAULT_DATA,
    database: Database = "",
    language: Language = SPOKEN,
) -> None:
    """Take the keys of a lost, stolen or retired device out of use: nothing in its name is believed any more."""
    with opened(data, database, language) as workshop:
        try:
            workshop.keys.revoke(workshop.device(name).id, why, by)
        except NoKeyError as wrong:
            raise refused(language, "no_key", device=name) from wrong
    typer.echo(text(language, "cli.device.revoked", device=name))
