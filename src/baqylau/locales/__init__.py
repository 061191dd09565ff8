"""The words of every screen and message in Kazakh, Russian and English.

One gettext catalogue a language. The msgid is a key such as `alarm.Z01.title`; a text is always a whole sentence with
`{named}` places. A text that counts has the language's plural forms and takes its form from `count`.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po
from babel.plural import PluralRule

LANGUAGES = ("kk", "ru", "en")

_SHAPES: Mapping[str, tuple[str, ...]] = {
    "kk": ("one", "other"),
    "ru": ("one", "few", "many"),
    "en": ("one", "other"),
}
"""Which plural category each `msgstr[n]` of a language holds."""

_RULES: Mapping[str, PluralRule] = {
    "kk": PluralRule({"one": "n is 1"}),
    "ru": PluralRule(
        {
            "one": "n mod 10 is 1 and n mod 100 is not 11",
            "few": "n mod 10 in 2..4 and n mod 100 not in 12..14",
            "many": "n mod 10 is 0 or n mod 10 in 5..9 or n mod 100 in 11..14",
        }
    ),
    "en": PluralRule({"one": "n is 1"}),
}

Forms = str | dict[str, str]
"""One text, or the plural category of each form."""


class UnknownKeyError(KeyError):
    """The catalogues hold no such key: our fault, seen by a test."""


def _forms(language: str, strings: tuple[str, ...]) -> dict[str, str]:
    named = dict(zip(_SHAPES[language], strings, strict=True))
    named.setdefault("other", named.get("few", strings[-1]))
    return named


@cache
def catalogue(language: str) -> Mapping[str, Forms]:
    """Give every key of a language with its text. Raises `FileNotFoundError` for a language we do not speak."""
    path = files(__name__) / language / "LC_MESSAGES" / "baqylau.po"
    with path.open("rb") as stream:
        read = read_po(stream, locale=language, abort_invalid=True)
    return {_key(message.id): _text(language, message.string) for message in read if message.id}


def _key(identity: str | tuple[str, ...] | list[str]) -> str:
    return identity if isinstance(identity, str) else identity[0]


def _text(language: str, string: str | tuple[str, ...] | list[str] | None) -> Forms:
    if isinstance(string, str):
        return string
    return _forms(language, tuple(string or ()))


def text(language: str, key: str, **params: object) -> str:
    """Give the sentence behind a key with its places filled.

    Raises `UnknownKeyError` for a key that no catalogue holds, `KeyError` for a place that was not filled.
    """
    found = catalogue(language).get(key)
    if found is None:
        raise UnknownKeyError(key)
    if isinstance(found, dict):
        found = found[_category(language, params["count"])]
    return found.format_map(params)


def _category(language: str, count: object) -> str:
    if not isinstance(count, int | float):
        raise TypeError(count)
    return _RULES[language](count)
