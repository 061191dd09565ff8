"""The published vectors of the modes that a beacon is made of."""

import pytest

from baqylau.crypto.blocks import aes
from baqylau.protocols.beacon.modes import ccm_open, ccm_seal, cmac, hkdf, hmac_sha256

RFC_4493_KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
RFC_4493_MESSAGE = bytes.fromhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
)
RFC_3610_KEY = bytes(range(0xC0, 0xD0))


@pytest.mark.parametrize(
    ("length", "mac"),
    [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ],
)
def test_cmac_is_that_of_rfc_4493(length: int, mac: str) -> None:
    assert cmac(aes(RFC_4493_KEY), RFC_4493_MESSAGE[:length]).hex() == mac


@pytest.mark.parametrize(
    ("nonce", "length", "sealed"),
    [
        ("00000003020100a0a1a2a3a4a5", 23, "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"),
        ("00000004030201a0a1a2a3a4a5", 24, "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"),
    ],
)
def test_ccm_is_that_of_rfc_3610(nonce: str, length: int, sealed: str) -> None:
    block, clear, message = aes(RFC_3610_KEY), bytes(range(8)), bytes(range(8, 8 + length))
    assert ccm_seal(block, bytes.fromhex(nonce), clear, message).hex() == sealed
    assert ccm_open(block, bytes.fromhex(nonce), clear, bytes.fromhex(sealed)) == message


def test_ccm_without_anything_in_clear_opens_again() -> None:
    block = aes(RFC_3610_KEY)
    sealed = ccm_seal(block, bytes(13), b"", b"word")
    assert ccm_open(block, bytes(13), b"", sealed) == b"word"
    assert ccm_open(block, bytes(13), b"\0", sealed) is None


def test_hkdf_is_that_of_rfc_5869() -> None:
    given = hkdf(b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42)
    assert given.hex() == ("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")


def test_hmac_is_that_of_rfc_4231() -> None:
    assert hmac_sha256(b"Jefe", b"what do ya want for nothing?").hex() == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    longer = b"Test Using Larger Than Block-Size Key - Hash Key First"
    assert hmac_sha256(b"\xaa" * 131, longer).hex() == (
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    )
