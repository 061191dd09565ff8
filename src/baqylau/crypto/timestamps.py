"""Time-stamps (RFC 3161): what is asked of an authority, and what its token proves without it.

A token says that some bytes were there at an instant, in the name of somebody who is not us. It proves itself by the
certificate that travels in it; who it belongs to is known by comparing with what the authority published.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import new as hashed
from hashlib import sha256
from re import compile as form

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from baqylau.crypto.der import (
    BOOLEAN,
    NULL,
    OCTETS,
    OID,
    SEQUENCE,
    SET,
    TIME,
    TRUE,
    Der,
    DerWrongError,
    der,
    der_number,
    der_of,
)

_SIGNED_DATA, _TST_INFO = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d0109100104")
_CONTENT_TYPE, _MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
_SHA256 = bytes.fromhex("608648016503040201")
_BY_SHA1, _BY_SHA2 = bytes.fromhex("2a864886f70d010910020c"), bytes.fromhex("2a864886f70d010910022f")
"""By which digest the signature names its certificate (RFC 2634, 5.4, and RFC 5035)."""
_HASHES: dict[bytes, tuple[str, SHA256 | SHA384 | SHA512]] = {
    _SHA256: ("sha256", SHA256()),
    bytes.fromhex("608648016503040202"): ("sha384", SHA384()),
    bytes.fromhex("608648016503040203"): ("sha512", SHA512()),
}
"""By which digests a token may be made. The older ones prove nothing any more."""
_PSS = bytes.fromhex("2a864886f70d01010a")
_WITHIN_0, _WITHIN_1, _INSTEAD_0 = 0xA0, 0xA1, 0xA0
_GRANTED = (0, 1)
_TIME = form(rb"(\d{14})(?:\.(\d{1,9}))?Z")
_CHAIN_MAX = 5
TOKEN_BYTES_MAX = 1 << 16
_UNBELIEVABLE = (
    *(ValueError, TypeError, StopIteration, UnsupportedAlgorithm),
    *(x509.InvalidVersion, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType),
)
"""What the libraries say of bytes that nobody can believe."""


class StampWrongError(Exception):
    """Not a token for these bytes; the text is a word: form, refused, other, signature, purpose, time, issuer."""


@dataclass(frozen=True)
class Stamp:
    """What a token proves."""

    at: datetime
    authority: str
    """As its certificate names it."""
    fingerprint: str
    """SHA-256 of its certificate, hexadecimal."""
    trusted: bool
    """Whether the certificate leads to one that was known beforehand."""


def stamp_request(content: bytes, nonce: int) -> bytes:
    """Write the question to an authority: one digest, and nothing else of what is stamped."""
    imprint = der_of(SEQUENCE, der_of(SEQUENCE, der_of(OID, _SHA256), der_of(NULL)), _digest_of(content))
    return der_of(SEQUENCE, der_number(1), imprint, der_number(nonce), der_of(BOOLEAN, TRUE))


def _digest_of(content: bytes) -> bytes:
    return der_of(OCTETS, sha256(content).digest())


def token_in(answer: bytes, content: bytes, nonce: int, known: Sequence[bytes] = ()) -> bytes:
    """Give the token in an authority's answer, proved. `StampWrongError`."""
    try:
        status, *rest = der(answer).parts()
        if status.parts()[0].number() not in _GRANTED:
            raise StampWrongError("refused")
        token = rest[0].encoded
        told = _read(token).info.parts()[5:]
    except (DerWrongError, LookupError, ValueError) as wrong:
        raise StampWrongError("form") from wrong
    if der_number(nonce) not in [one.encoded for one in told]:
        raise StampWrongError("other")
    stamped(token, content, known)
    return token


def stamped(token: bytes, content: bytes, known: Sequence[bytes] = ()) -> Stamp:
    """Tell what a token proves of these bytes; `known` are certificates (DER) that are believed. `StampWrongError`."""
    try:
        read = _read(token)
        by, imprint = read.info.parts()[2].parts()
        of_these = by.parts()[0].content == _SHA256 and imprint.encoded == _digest_of(content)
        at = _instant(read.info.parts()[4].tagged(TIME).content)
        mine = read.signer()
        purposes = mine.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        genuine = read.signed_with(mine)
    except (DerWrongError, LookupError, *_UNBELIEVABLE) as wrong:
        raise StampWrongError("form") from wrong
    if not of_these:
        raise StampWrongError("other")
    if not genuine:
        raise StampWrongError("signature")
    if list(purposes) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampWrongError("purpose")
    if not mine.not_valid_before_utc <= at <= mine.not_valid_after_utc:
        raise StampWrongError("time")
    if known and not _leads_to(mine, read.certificates, known, at):
        raise StampWrongError("issuer")
    own = mine.public_bytes(Encoding.DER)
    return Stamp(at, mine.subject.rfc4514_string(), sha256(own).hexdigest(), bool(known))


def certificates_in(file: bytes) -> list[bytes]:
    """Give the certificates (DER) of a file, PEM or DER. `ValueError`."""
    if b"-----BEGIN" in file:
        return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(file)]
    return [x509.load_der_x509_certificate(file).public_bytes(Encoding.DER)]


@dataclass(frozen=True)
class _Token:
    info: Der
    """What is said: TSTInfo."""
    raw: bytes
    certificates: list[x509.Certificate]
    signature: Der
    """SignerInfo."""

    def signer(self) -> x509.Certificate:
        """Give the certificate that the signature names."""
        issuer, serial = self.signature.parts()[1].tagged(SEQUENCE).parts()
        for one in self.certificates:
            if one.serial_number == serial.number() and one.issuer.public_bytes() == issuer.encoded:
                return one
        raise DerWrongError

    def signed_with(self, certificate: x509.Certificate) -> bool:
        """Whether what is said was signed by the key of a certificate."""
        _, _, by, attributes, how, signature = self.signature.parts()[:6]
        name, chosen = _HASHES[by.parts()[0].content]
        said = {one.parts()[0].content: one.parts()[1].parts()[0] for one in attributes.tagged(_INSTEAD_0).parts()}
        if said[_CONTENT_TYPE].content != _TST_INFO or not _names(said, certificate):
            return False
        if said[_MESSAGE_DIGEST].tagged(OCTETS).content != hashed(name, self.raw).digest():
            return False
        signed = der_of(SET, attributes.content)
        pss = how.parts()[0].content == _PSS
        return _verified(certificate, signature.tagged(OCTETS).content, signed, chosen, pss=pss)


def _read(token: bytes) -> _Token:
    if len(token) > TOKEN_BYTES_MAX:
        raise DerWrongError
    kind, wrapped = der(token).parts()
    _, _, held, *rest, signatures = wrapped.tagged(_WITHIN_0).inner(SEQUENCE).parts()
    what, content = held.parts()
    if (kind.content, what.content) != (_SIGNED_DATA, _TST_INFO):
        raise DerWrongError
    raw = content.tagged(_WITHIN_0).inner(OCTETS).content
    given = [one for part in rest if part.tag == _INSTEAD_0 for one in part.parts()]
    certificates = [x509.load_der_x509_certificate(one.encoded) for one in given if one.tag == SEQUENCE]
    return _Token(der(raw), raw, certificates, signatures.tagged(SET).parts()[0])


def _names(said: dict[bytes, Der], certificate: x509.Certificate) -> bool:
    """Whether what was signed names this very certificate, and not only its number."""
    which = said[_BY_SHA2] if _BY_SHA2 in said else said[_BY_SHA1]
    parts = which.parts()[0].parts()[0].parts()
    by = "sha256" if _BY_SHA2 in said else "sha1"
    if parts[0].tag == SEQUENCE:
        by = _HASHES[parts[0].parts()[0].content][0]
    digest = next(one for one in parts if one.tag == OCTETS).content
    return digest == hashed(by, certificate.public_bytes(Encoding.DER)).digest()


def _verified(
    certificate: x509.Certificate, signature: bytes, signed: bytes, chosen: SHA256 | SHA384 | SHA512, *, pss: bool
) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            how = padding.PSS(padding.MGF1(chosen), padding.PSS.AUTO) if pss else padding.PKCS1v15()
            key.verify(signature, signed, how, chosen)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(chosen))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
        else:
            return False
    except (InvalidSignature, *_UNBELIEVABLE):
        return False
    return True


def _leads_to(one: x509.Certificate, others: list[x509.Certificate], known: Sequence[bytes], at: datetime) -> bool:
    """Whether a certificate is one that is known, or was issued by one, over few steps."""
    believed = [x509.load_der_x509_certificate(raw) for raw in known]
    for _ in range(_CHAIN_MAX):
        if one in believed:
            return True
        above = next(_issuers(one, [*believed, *others], at), None)
        if above is None or above == one:
            return False
        one = above
    return False


def _issuers(one: x509.Certificate, among: list[x509.Certificate], at: datetime) -> Iterator[x509.Certificate]:
    for above in among:
        try:
            one.verify_directly_issued_by(above)
            issues = above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (InvalidSignature, *_UNBELIEVABLE):
            continue
        if issues and above.not_valid_before_utc <= at <= above.not_valid_after_utc:
            yield above


def _instant(text: bytes) -> datetime:
    found = _TIME.fullmatch(text)
    if found is None:
        raise DerWrongError
    whole = datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return whole.replace(microsecond=int((found[2] or b"0").decode().ljust(6, "0")[:6]))
