"""People found by what somebody types: beginnings of names and addresses, in any alphabet, with slips of the hand."""

from collections.abc import Iterable, Iterator, Mapping

from baqylau.domain.ids import PersonId
from baqylau.domain.people import Person
from baqylau.domain.spelling import letters, slips, slips_forgiven, words

_EXACT, _BEGINS, _SLIPPED = 0, 1, 2
"""How well a word fits; less is better, and each slip adds to it."""
_BITS_A_SLIP = 2
_ADDRESS = 8
"""Worse than any fit of a name: an address tells more people than one."""


class Index:
    """Everybody's words. Built once for each version of the registers."""

    def __init__(self, people: Iterable[Person]) -> None:
        """Read everybody's names and addresses."""
        self._named: dict[str, list[PersonId]] = {}
        self._living: dict[str, list[PersonId]] = {}
        for person in people:
            for word in {*words(person.name), *words(person.id)}:
                self._named.setdefault(word, []).append(person.id)
            for word in set(words(person.address)):
                self._living.setdefault(word, []).append(person.id)
        self._letters = {word: letters(word) for word in (*self._named, *self._living)}

    def find(self, query: str) -> dict[PersonId, int]:
        """Give who has every word of the query, and how badly; nobody for a query without words."""
        found: dict[PersonId, int] | None = None
        for word in words(query):
            fits = dict(self._fits(word))
            one = _best(fits, self._named, 0)
            for person_id, cost in _best(fits, self._living, _ADDRESS).items():
                one.setdefault(person_id, cost)
            found = one if found is None else {who: found[who] + cost for who, cost in one.items() if who in found}
        return found or {}

    def _fits(self, wanted: str) -> Iterator[tuple[str, int]]:
        """Give the words that may be meant."""
        forgiven, bits = slips_forgiven(wanted), letters(wanted)
        for word, of_word in self._letters.items():
            if word.startswith(wanted):
                yield word, _EXACT if word == wanted else _BEGINS
            elif forgiven and (bits ^ of_word).bit_count() <= _BITS_A_SLIP * forgiven:
                missed = slips(wanted, word, forgiven)
                if missed <= forgiven:
                    yield word, _SLIPPED + missed


def _best(fits: Mapping[str, int], among: Mapping[str, list[PersonId]], more: int) -> dict[PersonId, int]:
    best: dict[PersonId, int] = {}
    for word, cost in sorted(fits.items(), key=lambda fit: fit[1]):
        for person_id in among.get(word, ()):
            best.setdefault(person_id, cost + more)
    return best
