"""Passkeys (WebAuthn): what a browser is asked, and whether what it brings proves its owner.

No attestation is asked for: which maker's key somebody carries is nobody's business.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from baqylau.crypto.assertions import Assertion

CHALLENGE_BYTES = 32


class NotProvedError(Exception):
    """What the browser brought proves nothing."""


class NewPasskey(Struct, frozen=True, kw_only=True):
    """A passkey that was just made."""

    id: bytes
    public: bytes
    count: int


class Place(Struct, frozen=True, kw_only=True):
    """Where browsers come to."""

    name: str
    host: str
    origin: str


def assertion(credential: Mapping[str, Any], public: bytes) -> Assertion:
    """Give how a key signed, in a form that is proved without us. `NotProvedError` where the browser brought none."""
    try:
        said = credential["response"]
        parts = (said["authenticatorData"], said["clientDataJSON"], said["signature"])
        authenticator, client, signature = (b64encode(base64url_to_bytes(one)).decode() for one in parts)
        key = decoded_public_key_to_cryptography(decode_credential_public_key(public))
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise NotProvedError from wrong
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Assertion(b64encode(der).decode(), authenticator, client, signature)


def registration(place: Place, login: str, name: str, challenge: bytes, known: Sequence[bytes]) -> str:
    """Give what the browser is asked to make, as JSON; not a second one on a key that has one."""
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.name,
        user_id=sha256(login.encode()).digest()[:16],
        user_name=login,
        user_display_name=name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return options_to_json(options)


def registered(credential: Mapping[str, Any], challenge: bytes, place: Place) -> NewPasskey:
    """Give the passkey that a browser made, or raise `NotProvedError`."""
    try:
        made = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as wrong:
        raise NotProvedError from wrong
    return NewPasskey(id=made.credential_id, public=made.credential_public_key, count=made.sign_count)


def proving(place: Place, challenge: bytes, known: Sequence[bytes] = ()) -> str:
    """Give what the browser is asked to prove, as JSON: with one of the `known` keys, or with any."""
    options = generate_authentication_options(
        rp_id=place.host,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def proved(credential: Mapping[str, Any], challenge: bytes, place: Place, *, public: bytes, count: int) -> int:
    """Give how often the key says that it was used, or raise `NotProvedError`, also for a count that went back."""
    try:
        return verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=public,
            credential_current_sign_count=count,
            require_user_verification=True,
        ).new_sign_count
    except (WebAuthnException, ValueError, TypeError, KeyError) as wrong:
        raise NotProvedError from wrong
