"""The installation's own certificates (RFC 5280): a root that lies offline, an issuing one under it, leaves of 90 days.

Authorities and the server have P-256 keys, because the TLS of small devices knows no other; devices have Ed25519 keys.
Nothing here takes time or randomness by itself: the same arguments give the same certificate.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from msgspec import Struct

from baqylau.domain.ids import DeviceId

ROOT_FOR = timedelta(days=20 * 365)
ISSUING_FOR = timedelta(days=5 * 365)
LEAF_FOR = timedelta(days=90)
SEED_BYTES = 40
"""64 bits more than the order has, so that no key is likelier than another (FIPS 186-5, A.2.1)."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_UNREADABLE = (ValueError, x509.InvalidVersion, UnsupportedAlgorithm)
"""What the library says of bytes that it cannot read."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Authority(Struct, frozen=True, kw_only=True):
    """Somebody who may issue: a certificate in DER and the seed of its key."""

    certificate: bytes
    seed: bytes


class CertificateFault(StrEnum):
    """Why a certificate is not believed."""

    FORM = "form"
    ISSUER = "issuer"
    """It was not issued by our authorities."""
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    PURPOSE = "purpose"
    """It is genuine and no device's certificate."""


class Certified(Struct, frozen=True, kw_only=True):
    """What a believed device certificate says."""

    device_id: DeviceId
    public_key: bytes
    """Ed25519, 32 bytes."""
    serial: int
    until_at: datetime


class _Issue(Struct, frozen=True, kw_only=True):
    subject: str
    key: EllipticCurvePublicKey | Ed25519PublicKey
    from_at: datetime
    until_at: datetime
    serial: int
    purpose: x509.ObjectIdentifier | None = None
    names: tuple[str, ...] = ()
    below: int | None = None
    """For an authority: how many authorities may stand under it."""


def new_root(name: str, seed: bytes, *, from_at: datetime, serial: int) -> Authority:
    """Make the root. Its seed belongs on paper, in a safe."""
    key = _key(seed).public_key()
    issue = _Issue(subject=name, key=key, from_at=from_at, until_at=from_at + ROOT_FOR, serial=serial, below=1)
    return Authority(certificate=_signed(issue, _name(name), seed), seed=seed)


def new_issuing(root: Authority, name: str, seed: bytes, *, from_at: datetime, serial: int) -> Authority:
    """Make the authority that issues in everyday life, under the root."""
    key = _key(seed).public_key()
    issue = _Issue(subject=name, key=key, from_at=from_at, until_at=from_at + ISSUING_FOR, serial=serial, below=0)
    return Authority(certificate=_issued_by(issue, root), seed=seed)


def device_certificate(
    issuing: Authority, device_id: DeviceId, public_key: bytes, *, from_at: datetime, serial: int
) -> bytes:
    """Give the certificate (DER) of a device's Ed25519 key, with the device's id as its subject."""
    issue = _Issue(
        subject=device_id,
        key=Ed25519PublicKey.from_public_bytes(public_key),
        from_at=from_at,
        until_at=from_at + LEAF_FOR,
        serial=serial,
        purpose=ExtendedKeyUsageOID.CLIENT_AUTH,
    )
    return _issued_by(issue, issuing)


def server_certificate(
    issuing: Authority, names: Iterable[str], seed: bytes, *, from_at: datetime, serial: int
) -> bytes:
    """Give the server's TLS certificate (DER) for these names and addresses, and for this machine itself."""
    every = tuple(dict.fromkeys((*names, *LOOPBACK)))
    issue = _Issue(
        subject=every[0],
        key=_key(seed).public_key(),
        from_at=from_at,
        until_at=from_at + LEAF_FOR,
        serial=serial,
        purpose=ExtendedKeyUsageOID.SERVER_AUTH,
        names=every,
    )
    return _issued_by(issue, issuing)


def revocation_list(
    issuing: Authority, revoked: Mapping[int, datetime], *, number: int, from_at: datetime, until_at: datetime
) -> bytes:
    """Give the list (DER) of certificates, by serial, that are not to be believed any more, and since when."""
    builder = x509.CertificateRevocationListBuilder(
        issuer_name=_loaded(issuing).subject, last_update=from_at, next_update=until_at
    ).add_extension(x509.CRLNumber(number), critical=False)
    for serial, since_at in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder(serial_number=serial, revocation_date=since_at)
        builder = builder.add_revoked_certificate(entry.build())
    signed = builder.sign(_key(issuing.seed), SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(Encoding.DER)


def revoked_serials(listed: bytes, issuing: bytes, at: datetime) -> frozenset[int] | CertificateFault:
    """Give the serials on a list, or why the list is not believed; `issuing` is the certificate of its maker."""
    try:
        revocation = x509.load_der_x509_crl(listed)
        genuine = revocation.is_signature_valid(_authority_key(issuing))
    except _UNREADABLE:
        return CertificateFault.FORM
    if not genuine:
        return CertificateFault.ISSUER
    if revocation.next_update_utc is None or at >= revocation.next_update_utc:
        return CertificateFault.EXPIRED
    return frozenset(one.serial_number for one in revocation)


def certified(
    certificate: bytes, *, root: bytes, issuing: bytes, revoked: Collection[int], at: datetime
) -> Certified | CertificateFault:
    """Give whose key a certificate proves at an instant, or why it is not believed. All certificates are DER."""
    try:
        leaf, middle, top = (x509.load_der_x509_certificate(one) for one in (certificate, issuing, root))
        genuine = _issued_in_turn(leaf, middle, top)
    except _UNREADABLE:
        return CertificateFault.FORM
    if not genuine:
        return CertificateFault.ISSUER
    return _out_of_time((leaf, middle, top), at) or _revoked((leaf, middle), revoked) or _as_device(leaf)


def chain_ends_at(pem: bytes) -> datetime:
    """Give when the first of the certificates in a file ends. `ValueError` when there is none."""
    return min(one.not_valid_after_utc for one in x509.load_pem_x509_certificates(pem))


def key_pem(seed: bytes) -> bytes:
    """Give the private key of a seed as a TLS server reads it (PKCS 8, PEM)."""
    return _key(seed).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def chain_pem(*certificates: bytes) -> bytes:
    """Give certificates (DER) one after the other as a TLS server or client reads them."""
    return b"".join(x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in certificates)


def _key(seed: bytes) -> EllipticCurvePrivateKey:
    if len(seed) != SEED_BYTES:
        msg = f"a seed of an authority or server has {SEED_BYTES} bytes"
        raise ValueError(msg)
    return derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, SECP256R1())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _loaded(authority: Authority) -> x509.Certificate:
    return x509.load_der_x509_certificate(authority.certificate)


def _issued_by(issue: _Issue, authority: Authority) -> bytes:
    return _signed(issue, _loaded(authority).subject, authority.seed)


def _signed(issue: _Issue, issuer: x509.Name, seed: bytes) -> bytes:
    """Give the certificate in DER; its signature is deterministic (RFC 6979)."""
    key = _key(seed)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(issue.subject))
        .issuer_name(issuer)
        .public_key(issue.key)
        .serial_number(issue.serial)
        .not_valid_before(issue.from_at)
        .not_valid_after(issue.until_at)
        .add_extension(x509.BasicConstraints(ca=issue.below is not None, path_length=issue.below), critical=True)
        .add_extension(_usage(authority=issue.below is not None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(issue.key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    if issue.purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([issue.purpose]), critical=False)
    if issue.names:
        builder = builder.add_extension(x509.SubjectAlternativeName(map(_alternative, issue.names)), critical=False)
    return builder.sign(key, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _authority_key(certificate: bytes) -> EllipticCurvePublicKey:
    key = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        msg = "an authority has a P-256 key"
        raise ValueError(msg)  # noqa: TRY004 - the certificate's content is wrong, not the caller's type
    return key


def _issued_in_turn(leaf: x509.Certificate, middle: x509.Certificate, top: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(middle)
        middle.verify_directly_issued_by(top)
    except (*_UNREADABLE, TypeError, InvalidSignature):
        return False
    return True


def _out_of_time(chain: Iterable[x509.Certificate], at: datetime) -> CertificateFault | None:
    for one in chain:
        if at < one.not_valid_before_utc:
            return CertificateFault.NOT_YET
        if at > one.not_valid_after_utc:
            return CertificateFault.EXPIRED
    return None


def _revoked(chain: Iterable[x509.Certificate], revoked: Collection[int]) -> CertificateFault | None:
    return CertificateFault.REVOKED if any(one.serial_number in revoked for one in chain) else None


def _as_device(leaf: x509.Certificate) -> Certified | CertificateFault:
    key = leaf.public_key()
    purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value if _is_leaf(leaf) else ()
    if not isinstance(key, Ed25519PublicKey) or ExtendedKeyUsageOID.CLIENT_AUTH not in purposes:
        return CertificateFault.PURPOSE
    (name,) = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Certified(
        device_id=DeviceId(str(name.value)),
        public_key=key.public_bytes_raw(),
        serial=leaf.serial_number,
        until_at=leaf.not_valid_after_utc,
    )


def _is_leaf(certificate: x509.Certificate) -> bool:
    return not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
