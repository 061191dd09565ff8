"""A tree of digests proves the place of any of its leaves, and nothing that is not in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from baqylau.crypto.merkle import Growing, ProofWrongError, joined, leaf, proof, proven_root, root_of

LEAVES = [leaf(b"clear", bytes([number])) for number in range(70)]


def test_the_shape_is_that_of_the_standard() -> None:
    a, b, c = LEAVES[:3]
    assert root_of([a, b, c]) == joined(joined(a, b), c)


def test_a_tree_goes_on_from_what_it_remembers() -> None:
    begun = Growing()
    for one in LEAVES[:37]:
        begun.add(one)
    again = Growing(begun.size, begun.peaks)
    for one in LEAVES[37:]:
        again.add(one)
    assert again.root() == root_of(LEAVES)


@given(some.integers(1, 70), some.sets(some.integers(0, 69), max_size=12))
def test_any_places_are_proven_by_what_one_lacks_of_the_others(size: int, wanted: set[int]) -> None:
    places = sorted(one for one in wanted if one < size)
    lacking = proof(LEAVES[:size], places)
    assert proven_root(size, {place: LEAVES[place] for place in places}, lacking) == root_of(LEAVES[:size])


@given(some.integers(2, 70), some.data())
def test_another_leaf_or_another_place_ends_in_another_root(size: int, data: some.DataObject) -> None:
    place, other = data.draw(some.integers(0, size - 1)), data.draw(some.integers(0, size - 1))
    lacking = proof(LEAVES[:size], [place])
    forged = {place: leaf(b"clear", b"never kept")}
    assert proven_root(size, forged, lacking) != root_of(LEAVES[:size])
    if other != place:
        assert lacking != proof(LEAVES[:size], [other]) or LEAVES[place] == LEAVES[other]


@pytest.mark.parametrize("lacking", [[], [b"1" * 32] * 9])
def test_a_proof_with_too_few_or_too_many_digests_is_refused(lacking: list[bytes]) -> None:
    with pytest.raises(ProofWrongError):
        proven_root(10, {4: LEAVES[4]}, lacking)


def test_a_place_outside_the_tree_is_refused() -> None:
    with pytest.raises(ProofWrongError):
        proven_root(10, {10: LEAVES[4]}, [])
