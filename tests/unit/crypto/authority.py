"""A time-stamping authority of the tests: certificates of its own, and answers over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from baqylau.crypto.der import INTEGER, NULL, OCTETS, OID, SEQUENCE, SET, TIME, der, der_number, der_of

FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)
_SHA256 = der_of(SEQUENCE, der_of(OID, bytes.fromhex("608648016503040201")), der_of(NULL))
_ECDSA = der_of(SEQUENCE, der_of(OID, bytes.fromhex("2a8648ce3d040302")))
_TST_INFO, _SIGNED_DATA = bytes.fromhex("2a864886f70d0109100104"), bytes.fromhex("2a864886f70d010702")
_CONTENT_TYPE, _DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
_BY_CERTIFICATE = bytes.fromhex("2a864886f70d010910022f")
_POLICY = der_of(OID, bytes.fromhex("2a030401"))
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Authority:
    """Says at what instant it saw a digest."""

    def __init__(self, name: str = "Invented time", *, purpose: ObjectIdentifier | None = None) -> None:
        self.now = datetime(2026, 3, 10, 13, tzinfo=UTC)
        self.refuses = False
        self.asked = 0
        root, self._key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        above = _named(f"{name} root")
        self.root = _certificate(above, above, root.public_key(), root, None)
        purpose = purpose or ExtendedKeyUsageOID.TIME_STAMPING
        self._own = _certificate(_named(name), above, self._key.public_key(), root, purpose)

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def answer(self, request: bytes) -> bytes:
        """Give the answer to a question, as RFC 3161 has it."""
        self.asked += 1
        if self.refuses:
            return der_of(SEQUENCE, der_of(SEQUENCE, der_number(2)))
        _, imprint, *rest = der(request).parts()
        nonce = next((one.encoded for one in rest if one.tag == INTEGER), b"")
        said = der_of(
            SEQUENCE,
            *(der_number(1), _POLICY, imprint.encoded, der_number(7)),
            der_of(TIME, f"{self.now:%Y%m%d%H%M%S}Z".encode()),
            nonce,
        )
        return der_of(SEQUENCE, der_of(SEQUENCE, der_number(0)), self._token(said))

    def _token(self, said: bytes) -> bytes:
        own = self._own.public_bytes(Encoding.DER)
        named = der_of(SEQUENCE, der_of(SEQUENCE, der_of(SEQUENCE, der_of(OCTETS, sha256(own).digest()))))
        attributes = b"".join(
            der_of(SEQUENCE, der_of(OID, kind), der_of(SET, value))
            for kind, value in (
                (_CONTENT_TYPE, der_of(OID, _TST_INFO)),
                (_DIGEST, der_of(OCTETS, sha256(said).digest())),
                (_BY_CERTIFICATE, named),
            )
        )
        signature = self._key.sign(der_of(SET, attributes), ec.ECDSA(SHA256()))
        by = der_of(SEQUENCE, self._own.issuer.public_bytes(), der_number(self._own.serial_number))
        signer = der_of(
            SEQUENCE, der_number(1), by, _SHA256, der_of(0xA0, attributes), _ECDSA, der_of(OCTETS, signature)
        )
        content = der_of(SEQUENCE, der_of(OID, _TST_INFO), der_of(0xA0, der_of(OCTETS, said)))
        data = der_of(SEQUENCE, der_number(3), der_of(SET, _SHA256), content, der_of(0xA0, own), der_of(SET, signer))
        return der_of(SEQUENCE, der_of(OID, _SIGNED_DATA), der_of(0xA0, data))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, by: Key, purpose: ObjectIdentifier | None
) -> x509.Certificate:
    builder = x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number(), FROM, UNTIL)
    builder = builder.add_extension(x509.BasicConstraints(ca=purpose is None, path_length=None), critical=True)
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(by, SHA256())


class Received(list[tuple[dict[str, str], bytes]]):
    """What a server of the tests was sent: headers and body."""

    fails = False


@contextmanager
def answering(authority: Authority, received: Received | None = None) -> Iterator[str]:
    """Give the address at which an authority answers `/stamp`, and anything else is received."""
    kept = received if received is not None else Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stamps = self.path == "/stamp"
            if not stamps:
                kept.append((dict(self.headers), body))
            held = authority.answer(body) if stamps else b""
            self.send_response(500 if kept.fails and not stamps else 200)
            self.send_header("Content-Length", str(len(held)))
            self.end_headers()
            self.wfile.write(held)

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
