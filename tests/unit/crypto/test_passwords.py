"""Passwords: dear to try, and a login that does not exist is not told by the clock."""

import pytest
from argon2 import Type, extract_parameters

from baqylau.crypto.passwords import NOBODYS, hashed, matches

PASSWORD = "a long invented password"  # noqa: S105 - invented


def test_only_the_right_password_matches_and_each_is_salted_anew() -> None:
    stored = hashed(PASSWORD)
    assert matches(stored, PASSWORD)
    assert not matches(stored, PASSWORD + " ")
    assert hashed(PASSWORD) != stored


def test_a_try_costs_what_the_second_recommendation_of_rfc_9106_asks_for() -> None:
    costs = extract_parameters(hashed(PASSWORD))
    assert (costs.type, costs.memory_cost, costs.time_cost, costs.parallelism) == (Type.ID, 65_536, 3, 4)


def test_nobodys_costs_as_much_as_anybodys_and_nothing_matches_it() -> None:
    assert extract_parameters(NOBODYS) == extract_parameters(hashed(PASSWORD))
    assert len(NOBODYS) == len(hashed(PASSWORD))
    assert not any(matches(NOBODYS, one) for one in ("", "0", "\0" * 32, PASSWORD))


@pytest.mark.parametrize("stored", ["", "nonsense", "$argon2id$v=19$m=65536,t=3,p=4$$"])
def test_a_damaged_text_matches_nothing(stored: str) -> None:
    assert not matches(stored, "")
