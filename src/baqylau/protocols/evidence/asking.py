"""What a check is asked with, taken apart: a key, certificates, files. What cannot be used ends in a verdict, too."""

from baqylau.crypto.timestamps import certificates_in
from baqylau.protocols.evidence.verdict import UNREADABLE, Verdict

_KEY_DIGITS = 64
_UNOPENED: dict[type[OSError], str] = {
    FileNotFoundError: "file_missing",
    IsADirectoryError: "file_folder",
    NotADirectoryError: "file_missing",
    PermissionError: "file_forbidden",
    FileExistsError: "file_there",
}


class AskedWrongError(Exception):
    """Nothing can be checked with this; `verdict` says why."""

    def __init__(self, fault: str, **params: str) -> None:
        super().__init__(fault, params)
        self.verdict = Verdict()
        self.verdict.wrong(fault, UNREADABLE, **params)


def public_key_of(said: str) -> bytes | None:
    """Give the key that was typed, None where none was; blanks between groups are left out. `AskedWrongError`."""
    digits = "".join(said.split())
    if not digits:
        return None
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        key = b""
    if len(digits) != _KEY_DIGITS or not key:
        raise AskedWrongError("key_form", given=said[:_KEY_DIGITS])
    return key


def certificates_of(name: str, content: bytes) -> list[bytes]:
    """Give the certificates that a file holds. `AskedWrongError`."""
    try:
        return certificates_in(content)
    except ValueError as wrong:
        raise AskedWrongError("authority_form", name=name) from wrong


def unopened(wrong: OSError) -> Verdict:
    """Give the verdict on a file that cannot be read, or not be written."""
    verdict, why = Verdict(), wrong.strerror or str(wrong)
    fault = _UNOPENED.get(type(wrong), "file_unreadable")
    verdict.wrong(fault, UNREADABLE, name=str(wrong.filename or ""), why=why)
    return verdict
