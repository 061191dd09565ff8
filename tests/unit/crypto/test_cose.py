"""Messages that prove who made them, held against the published examples.

Provenance: github.com/cose-wg/Examples (Unlicense): eddsa-examples/eddsa-sig-01, sign1-tests/sign-pass-02,
mac0-tests/HMac-01 and mac-pass-02. Their headers are not of our one form, so the parts are compared: the bytes that are
signed or coded, the signature, the code.
"""

import hmac

import pytest

from baqylau.crypto.cose import (
    AlgorithmWrongError,
    CoseError,
    FormWrongError,
    KeyUnknownError,
    PublicKey,
    SharedKey,
    SignatureWrongError,
    opened,
    sealed,
    to_be_coded,
    to_be_signed,
)
from baqylau.crypto.signing import Signer, signed_by

CONTENT = b"This is the content."
EDDSA_SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
EDDSA_SIGNATURE = (
    "7142fd2ff96d56db85bee905a76ba1d0b7321a95c8c4d3607c5781932b7afb87"
    "11497dfa751bf40b58b3bcc32300b1487f3db34085eef013bf08f4a44d6fef0d"
)
MAC_SECRET = bytes.fromhex("849b57219dae48de646d07dbb533566e976686457c1491be3a76dcea6c427188")
SIGNER, SECRET = Signer(bytes(range(32))), SharedKey(bytes(range(32)))
KEY, AAD = PublicKey(SIGNER.public_key), b"a test"


def test_ed25519_signs_as_the_published_example_does() -> None:
    signer = Signer(bytes.fromhex(EDDSA_SEED))
    signed = to_be_signed(bytes.fromhex("a201270300"), b"", CONTENT)
    assert signer.sign(signed).hex() == EDDSA_SIGNATURE
    assert signed_by(signer.public_key, signed, bytes.fromhex(EDDSA_SIGNATURE))


def test_what_is_signed_holds_the_authenticated_words_where_the_published_example_has_them() -> None:
    signed = to_be_signed(bytes.fromhex("a10126"), bytes.fromhex("11aa22bb33cc44dd55006699"), CONTENT)
    assert signed.hex() == (
        "846a5369676e61747572653143a101264c11aa22bb33cc44dd5500669954546869732069732074686520636f6e74656e742e"
    )


@pytest.mark.parametrize(
    ("protected", "aad", "code"),
    [
        ("a10105", "", "a1a848d3471f9d61ee49018d244c824772f223ad4f935293f1789fc3a08d8c58"),
        ("", "ff00ee11dd22cc33bb44aa559966", "0fecaec59bb46cc8a488aaca4b205e322dd52696b75a45768d3c302dd4bae2f7"),
    ],
)
def test_codes_are_as_in_the_published_examples(protected: str, aad: str, code: str) -> None:
    coded = to_be_coded(bytes.fromhex(protected), bytes.fromhex(aad), CONTENT)
    assert hmac.digest(MAC_SECRET, coded, "sha256").hex() == code


@pytest.mark.parametrize(("key", "opening"), [(SIGNER, KEY), (SECRET, SECRET)])
@pytest.mark.parametrize("length", [0, 1, 23, 24, 255, 256, 65_535, 65_536])
def test_a_message_opens_to_what_was_sealed(
    key: Signer | SharedKey, opening: PublicKey | SharedKey, length: int
) -> None:
    payload = bytes(length)
    message = opened(sealed(payload, kid=b"d-1", key=key, aad=AAD), key_of=lambda _: opening, aad=AAD)
    assert (message.kid, message.payload) == (b"d-1", payload)


@pytest.mark.parametrize(("key", "opening"), [(SIGNER, KEY), (SECRET, SECRET)])
def test_every_changed_missing_or_added_byte_is_refused(
    key: Signer | SharedKey, opening: PublicKey | SharedKey
) -> None:
    raw = sealed(CONTENT, kid=b"d-1", key=key, aad=AAD)
    for at in range(len(raw)):
        for bit in range(8):
            flipped = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
            with pytest.raises(CoseError):
                opened(flipped, key_of=lambda kid: opening if kid == b"d-1" else None, aad=AAD)
        with pytest.raises(FormWrongError):
            opened(raw[:at], key_of=lambda _: opening, aad=AAD)
    with pytest.raises(FormWrongError):
        opened(raw + b"\0", key_of=lambda _: opening, aad=AAD)


def test_each_way_to_be_wrong_has_its_name_and_says_whom_it_names() -> None:
    raw = sealed(CONTENT, kid=b"d-1", key=SIGNER, aad=AAD)
    cases: list[tuple[type[CoseError], PublicKey | SharedKey | None, bytes]] = [
        (KeyUnknownError, None, AAD),
        (AlgorithmWrongError, SharedKey(KEY.raw), AAD),
        (SignatureWrongError, PublicKey(Signer(bytes(32)).public_key), AAD),
        (SignatureWrongError, KEY, b"another kind of message"),
    ]
    for wrong, key, aad in cases:
        with pytest.raises(wrong) as raised:
            opened(raw, key_of={b"d-1": key}.get, aad=aad)
        assert raised.value.kid == b"d-1"


def test_a_public_key_is_never_taken_as_a_secret() -> None:
    forged = sealed(CONTENT, kid=b"d-1", key=SharedKey(KEY.raw), aad=AAD)
    with pytest.raises(AlgorithmWrongError):
        opened(forged, key_of=lambda _: KEY, aad=AAD)


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda raw: raw[1:],
        lambda raw: raw.replace(b"\xa0", b"\xa1\x01\x27", 1),
        lambda raw: raw.replace(b"\xa2\x01\x27\x04\x43d-1", b"\xa2\x04\x43d-1\x01\x27"),
        lambda raw: raw.replace(b"\x48\xa2\x01\x27\x04\x43d-1", b"\x44\xa1\x01\x27\x04"),
        lambda raw: raw.replace(b"\x54This", b"\x58\x14This"),
        lambda raw: raw.replace(b"\x54This", b"\x5b\xff\xff\xff\xff\xff\xff\xff\xffThis"),
        lambda raw: raw.replace(b"\x54This", b"\xf6"),
        lambda raw: raw[:0],
    ],
    ids=[
        "untagged",
        "unprotected header",
        "other order",
        "no key id",
        "long length",
        "huge length",
        "detached",
        "empty",
    ],
)
def test_only_one_form_is_taken(spoilt: object) -> None:
    raw = sealed(CONTENT, kid=b"d-1", key=SIGNER, aad=AAD)
    assert callable(spoilt)
    assert spoilt(raw) != raw
    with pytest.raises(FormWrongError):
        opened(spoilt(raw), key_of=lambda _: KEY, aad=AAD)
