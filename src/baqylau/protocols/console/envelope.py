"""Who said it, and who can read it: everything is signed; packages and records are sealed besides.

Opening never raises, whatever the bytes: it gives what was said, or None.
"""

from collections.abc import Callable, Collection
from typing import TypeVar

from msgspec import Struct

from baqylau.crypto.boxes import BoxKey, boxed, derived, unboxed
from baqylau.crypto.cose import CoseError, PublicKey, SharedKey, believed, is_message, opened, sealed
from baqylau.crypto.sealing import SealBrokenError
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.envelope import key_id
from baqylau.protocols.batch.wire import MESSAGE_BYTES_MAX, ContentWrongError, down_bytes, down_of
from baqylau.protocols.console.words import Ask, Brought, Given, News, Package

ASK, GIVEN = b"baqylau console ask 1", b"baqylau console given 1"
WRITTEN = b"baqylau console written 1"
"""Signed with what an officer wrote: it proves itself, also without the batch in which it came."""
_PACKAGE, _BROUGHT = b"baqylau console package 1 ", b"baqylau console record 1 "
_NEWS = b"baqylau console news 1 "
_CONSOLE, _OFFICER, _SERVER = b"baqylau console box", b"baqylau officer box", b"baqylau server box"

T = TypeVar("T")
KeyOf = Callable[[DeviceId], PublicKey | SharedKey | None]


class Written(Struct, frozen=True):
    """What was written on a console."""

    said: Brought
    raw: bytes
    """The bytes that the console signed. Consoles from before they signed each record brought the bare words."""


def console_key(seed: bytes) -> BoxKey:
    """Give the console's own half of what opens its packages, from the seed of its device key."""
    return BoxKey(derived(seed, _CONSOLE))


def officer_key(secret: bytes) -> BoxKey:
    """Give the officer's half, from what their password comes to on this console."""
    return BoxKey(derived(secret, _OFFICER))


def server_key(seed: bytes) -> BoxKey:
    """Give what opens the records that consoles bring, from the seed by which the server signs."""
    return BoxKey(derived(seed, _SERVER))


def sealed_ask(ask: Ask, signer: Signer) -> bytes:
    """Give the bytes of a question."""
    return sealed(down_bytes(ask), kid=ask.device_id.encode(), key=signer, aad=ASK)


def opened_ask(raw: bytes, key_of: KeyOf) -> Ask | None:
    """Take a question from anybody."""
    try:
        message = opened(raw[:MESSAGE_BYTES_MAX], key_of=lambda kid: key_of(DeviceId(kid.decode())), aad=ASK)
        ask = down_of(Ask, message.payload)
    except (CoseError, ContentWrongError, UnicodeDecodeError):
        return None
    return ask if ask.device_id.encode() == message.kid else None


def sealed_given(given: Given, signer: Signer) -> bytes:
    """Give the bytes of what the server says."""
    return sealed(down_bytes(given), kid=key_id(signer.public_key), key=signer, aad=GIVEN)


def opened_given(raw: bytes, trusted: Collection[bytes], device_id: DeviceId, count: int) -> Given | None:
    """Take what the server says to this console and to this question."""
    keys = {key_id(one): PublicKey(one) for one in trusted}
    try:
        given = down_of(Given, opened(raw, key_of=keys.get, aad=GIVEN).payload)
    except (CoseError, ContentWrongError):
        return None
    return given if (given.device_id, given.count) == (device_id, count) else None


def sealed_package(package: Package, console: bytes, officer: bytes, seed: bytes) -> bytes:
    """Give a package that only this officer on this console can open; `seed`: 32 fresh random bytes."""
    context = _PACKAGE + package.console_id.encode()
    return boxed(down_bytes(package), (console, officer), seed=seed, context=context)


def opened_package(raw: bytes, device_id: DeviceId, console: BoxKey, officer: BoxKey) -> Package | None:
    """Open a package; None with any other key."""
    return _unboxed(raw, (console, officer), _PACKAGE + device_id.encode(), Package)


def sealed_news(news: News, device_id: DeviceId, recipients: tuple[bytes, bytes], seed: bytes) -> bytes:
    """Give news that only one officer on this console can open; `recipients`: its public key and the officer's."""
    return boxed(down_bytes(news), recipients, seed=seed, context=_NEWS + device_id.encode())


def opened_news(raw: bytes, device_id: DeviceId, console: BoxKey, officer: BoxKey) -> News | None:
    """Open news; None with any other key."""
    return _unboxed(raw, (console, officer), _NEWS + device_id.encode(), News)


def sealed_brought(brought: Brought, device_id: DeviceId, signer: Signer, server: bytes, seed: bytes) -> bytes:
    """Give what was written on the console, signed by it, so that only the server can read it."""
    written = sealed(down_bytes(brought), kid=device_id.encode(), key=signer, aad=WRITTEN)
    return boxed(written, (server,), seed=seed, context=_BROUGHT + device_id.encode())


def opened_brought(raw: bytes, device_id: DeviceId, server: BoxKey, key_of: KeyOf) -> Written | None:
    """Open what this console wrote; None for what is not for us, or bears another's signature."""
    try:
        written = unboxed(raw, (server,), context=_BROUGHT + device_id.encode())
        return Written(_brought(written, device_id, key_of), written)
    except (SealBrokenError, CoseError, ContentWrongError):
        return None


def brought_of(written: bytes) -> Brought:
    """Give what kept bytes of a console say, which were believed when they came. `ContentWrongError`."""
    try:
        payload = believed(written).payload if is_message(written) else written
    except CoseError as wrong:
        raise ContentWrongError from wrong
    return down_of(Brought, payload)  # type: ignore[arg-type]


def _brought(written: bytes, device_id: DeviceId, key_of: KeyOf) -> Brought:
    if is_message(written):
        own = {device_id.encode(): key_of(device_id)}
        opened(written, key_of=own.get, aad=WRITTEN)
    return brought_of(written)


def _unboxed(raw: bytes, keys: tuple[BoxKey, ...], context: bytes, kind: type[T]) -> T | None:
    try:
        return down_of(kind, unboxed(raw, keys, context=context))
    except (SealBrokenError, ContentWrongError):
        return None
