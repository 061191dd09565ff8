"""Whatever somebody wrote, the paper about it can be made."""

from datetime import UTC, datetime

from baqylau.monitoring.server.papers.layout import Paper, Text
from baqylau.monitoring.server.papers.typesetting import _NO_LETTER, pdf

AT = datetime(2026, 3, 1, tzinfo=UTC)
BEYOND_THE_PLANE = 0x2FFF


def paper(*texts: str) -> Paper:
    return Paper(
        language="kk",
        title="Есеп",
        subtitle="",
        number="2026-000001",
        head=(("Кім", "Бекзат Ойдан"),),
        blocks=tuple(map(Text, texts)),
        foot="",
        page="{page}/{pages}",
    )


def test_every_letter_that_is_not_spelled_out_is_drawn() -> None:
    drawn = "".join(chr(code) for code in range(BEYOND_THE_PLANE) if not _NO_LETTER.match(chr(code)))
    assert all(letter in drawn for letter in "ӘәҒғҚқҢңӨөҰұҮүҺһІіЁё№«»—₸")
    assert pdf(paper(" ".join(drawn)), AT).startswith(b"%PDF")


def test_a_sign_of_mood_and_a_control_character_stand_as_their_numbers() -> None:
    assert pdf(paper("Кеш келдім 😀\x1b \U000500da 漢"), AT).startswith(b"%PDF")
    spelled = pdf(paper("Кеш келдім [U+1F600][U+001B] [U+500DA] [U+6F22]"), AT)
    assert pdf(paper("Кеш келдім 😀\x1b \U000500da 漢"), AT) == spelled
