"""What is said of the rules' mutants is said of the rules as they are: no reason without its mutant."""

from tests.mutation.__main__ import equivalents
from tests.mutation.mutants import RULES, mutants


def test_every_mutant_that_is_accepted_is_still_one() -> None:
    accepted = equivalents()
    there = {mutant.told for file in {row[0] for row in accepted} for mutant in mutants(RULES / file)}
    assert accepted - there == set()
