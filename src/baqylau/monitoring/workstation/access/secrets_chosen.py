"""Which passwords may be chosen: long ones that are neither the login nor what everybody tries first."""

import re
import unicodedata
from http import HTTPStatus

from baqylau.monitoring.workstation.refusals import RefusedError

_FEWEST_LETTERS = 5
_TRIED_FIRST = (
    "password", "passphrase", "qwerty", "qwertyuiop", "asdfghjkl", "letmein", "welcome", "administrator", "admin",
    "baqylau", "iloveyou", "пароль", "йцукен", "йцукенгшщзхъ", "администратор", "привет", "құпиясөз", "құпия", "әкімші",
    "қазақстан", "казахстан", "kazakhstan",
)  # fmt: skip
_GUESSED = re.compile(f"({'|'.join(_TRIED_FIRST)})*")


def canonical(text: str) -> str:
    """Give the one form of a login or a password for comparing, however it was typed."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _bare(password: str) -> str:
    return re.sub(r"[\W\d_]+", "", canonical(password))


def choosable(password: str, login: str, *, min_chars: int) -> None:
    """Refuse a password that somebody would guess."""
    if len(password) < min_chars:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "password.refused.too_short", min=min_chars)
    if canonical(password) == login:
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "password.refused.is_login")
    bare = _bare(password)
    if len(set(password)) < _FEWEST_LETTERS or _GUESSED.fullmatch(bare) or bare == _bare(login):
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "password.refused.guessable")
