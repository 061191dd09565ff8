"""Two authorities of our own, and what they issue."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baqylau.crypto.certificates import (
    LEAF_FOR,
    SEED_BYTES,
    CertificateFault,
    Certified,
    certified,
    chain_pem,
    device_certificate,
    key_pem,
    new_issuing,
    new_root,
    revocation_list,
    revoked_serials,
    server_certificate,
)
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
SEEDS = [bytes([number]) * SEED_BYTES for number in range(4)]
ROOT = new_root("Baqylau test root", SEEDS[0], from_at=NOW, serial=1)
ISSUING = new_issuing(ROOT, "Baqylau test issuing", SEEDS[1], from_at=NOW, serial=2)
UNIT, KEY = DeviceId("HU-000017"), Signer(bytes(range(32))).public_key
LEAF = device_certificate(ISSUING, UNIT, KEY, from_at=NOW, serial=3)
DAY = timedelta(days=1)


def judged(
    leaf: bytes = LEAF, at: datetime = NOW + DAY, *revoked: int, root: bytes = ROOT.certificate
) -> Certified | CertificateFault:
    return certified(leaf, root=root, issuing=ISSUING.certificate, revoked=revoked, at=at)


def test_a_device_certificate_says_whose_key_it_is() -> None:
    assert judged() == Certified(device_id=UNIT, public_key=KEY, serial=3, until_at=NOW + LEAF_FOR)


def test_the_same_arguments_give_the_same_certificate() -> None:
    assert device_certificate(ISSUING, UNIT, KEY, from_at=NOW, serial=3) == LEAF
    assert new_root("Baqylau test root", SEEDS[0], from_at=NOW, serial=1) == ROOT


@pytest.mark.parametrize(
    ("at", "fault"),
    [(NOW - DAY, CertificateFault.NOT_YET), (NOW + LEAF_FOR + DAY, CertificateFault.EXPIRED)],
)
def test_a_certificate_counts_in_its_time_only(at: datetime, fault: CertificateFault) -> None:
    assert judged(LEAF, at) == fault


@pytest.mark.parametrize("serial", [2, 3])
def test_a_revoked_certificate_is_not_believed_nor_what_a_revoked_authority_issued(serial: int) -> None:
    assert judged(LEAF, NOW + DAY, serial) == CertificateFault.REVOKED


def test_what_a_stranger_issued_under_our_names_is_not_believed() -> None:
    root = new_root("Baqylau test root", SEEDS[2], from_at=NOW, serial=1)
    issuing = new_issuing(root, "Baqylau test issuing", SEEDS[3], from_at=NOW, serial=2)
    assert judged(device_certificate(issuing, UNIT, KEY, from_at=NOW, serial=3)) == CertificateFault.ISSUER
    assert judged(root=root.certificate) == CertificateFault.ISSUER


def test_a_server_or_an_authority_is_no_device() -> None:
    server = server_certificate(ISSUING, ["link.example"], SEEDS[2], from_at=NOW, serial=4)
    assert judged(server) == CertificateFault.PURPOSE
    assert judged(ISSUING.certificate) == CertificateFault.ISSUER


def test_spoilt_certificates_are_named_and_raise_nothing() -> None:
    for at in range(len(LEAF)):
        for spoilt in (LEAF[:at], LEAF[:at] + bytes([LEAF[at] ^ 0x55]) + LEAF[at + 1 :]):
            assert isinstance(judged(spoilt), CertificateFault), at
    assert judged(b"") == CertificateFault.FORM


def test_the_list_of_revoked_serials_is_genuine_and_in_time_or_it_does_not_count() -> None:
    listed = revocation_list(ISSUING, {3: NOW, 9: NOW}, number=1, from_at=NOW, until_at=NOW + 7 * DAY)
    assert revoked_serials(listed, ISSUING.certificate, NOW + DAY) == frozenset({3, 9})
    assert revoked_serials(listed, ISSUING.certificate, NOW + 8 * DAY) == CertificateFault.EXPIRED
    assert revoked_serials(listed, ROOT.certificate, NOW + DAY) == CertificateFault.ISSUER
    assert revoked_serials(listed[:-1], ISSUING.certificate, NOW + DAY) == CertificateFault.FORM


def test_a_tls_client_that_trusts_the_root_talks_to_the_server_by_its_names(tmp_path: Path) -> None:
    begun = datetime.now(UTC) - DAY
    root = new_root("Baqylau test root", SEEDS[0], from_at=begun, serial=1)
    issuing = new_issuing(root, "Baqylau test issuing", SEEDS[1], from_at=begun, serial=2)
    leaf = server_certificate(issuing, ["link.example"], SEEDS[2], from_at=begun, serial=4)
    (tmp_path / "server.pem").write_bytes(key_pem(SEEDS[2]) + chain_pem(leaf, issuing.certificate))
    for name in ("127.0.0.1", "localhost", "link.example"):
        assert shaken(tmp_path / "server.pem", chain_pem(root.certificate), name)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(tmp_path / "server.pem", chain_pem(root.certificate), "other.example")


def shaken(server_pem: Path, root_pem: bytes, name: str) -> bool:
    """Shake hands in memory and tell whether it is TLS 1.3."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server_pem)
    trusting = ssl.create_default_context(cadata=root_pem.decode())
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(down, up, server_hostname=name)
    server = context.wrap_bio(up, down, server_side=True)
    for side in (client, server, client, server):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client.version() == "TLSv1.3"
