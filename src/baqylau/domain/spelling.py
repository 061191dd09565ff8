"""Names as people spell them: Kazakh and Russian letters, the Latin of passports and keyboards, slips of the hand."""

import re
from functools import lru_cache

_CYRILLIC = dict(
    zip("абвгдезийклмнопрстуфыэәғқңөұүһі", "abvgdeziiklmnoprstufieagknouuhi", strict=True),
    ё="e", ж="zh", х="h", ц="ts", ч="ch", ш="sh", щ="sh", ъ="", ь="", ю="iu", я="ia",
)  # fmt: skip
_LATIN = {"ä": "a", "á": "a", "ğ": "g", "ǵ": "g", "ñ": "n", "ń": "n", "ö": "o", "ó": "o", "ü": "u", "ú": "u", "ū": "u"}
_LATIN |= {"ş": "sh", "\u0131": "i", "ý": "u", "y": "i", "q": "k", "j": "zh", "x": "h", "w": "v", "'": "", "\u2019": ""}
_LETTERS = str.maketrans(_CYRILLIC | _LATIN)
_ALIKE = (("kh", "h"), ("gh", "g"), ("shch", "sh"), ("ie", "e"), ("io", "e"))
"""Spelled in several letters by some and in one by others."""
_WORD = re.compile(r"[\w'\u2019]+")
_TWICE = re.compile(r"(\D)\1+")
SHORTEST_SLIP, SHORTEST_TWO_SLIPS = 4, 9
"""Letters that a word must have before one slip is forgiven, and before two are."""


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """Give what is left of a word when the ways to spell it are taken away."""
    bare = word.casefold().translate(_LETTERS)
    for several, one in _ALIKE:
        bare = bare.replace(several, one)
    return _TWICE.sub(r"\1", bare)


def words(text: str) -> tuple[str, ...]:
    """Give the skeletons of a text's words."""
    return tuple(found for word in _WORD.findall(text) if (found := skeleton(word)))


def letters(word: str) -> int:
    """Give which letters a word has, as a set of bits: words of few slips differ in few of them."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def slips_forgiven(word: str) -> int:
    """Give how many slips of the hand a word of this length may have; a number none."""
    if word.isdecimal() or len(word) < SHORTEST_SLIP:
        return 0
    return 2 if len(word) >= SHORTEST_TWO_SLIPS else 1


def slips(one: str, other: str, most: int) -> int:
    """Give how many letters are wrong, missing, too many or swapped with their neighbour; `most + 1` for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, beside in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != beside))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == beside:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
