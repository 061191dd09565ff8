"""What belongs together stands on one page, and hours are said as people say them."""

from datetime import UTC, datetime

from baqylau.domain.schedules import Schedule, Window
from baqylau.monitoring.server.papers.layout import Block, Days, Heading, Lines, Note, Paper, Signatures, Strip, Text
from baqylau.monitoring.server.papers.typesetting import pdf
from baqylau.monitoring.server.papers.words import Words
from tests.unit.papers.pdf_text import pages_of

AT = datetime(2026, 3, 1, tzinfo=UTC)
MOST_OF_A_PAGE = 28


def pages(*blocks: Block) -> list[str]:
    above = tuple(Text("Алдыңғы сөз") for _ in range(MOST_OF_A_PAGE))
    paper = Paper(
        language="kk",
        title="Есеп",
        subtitle="",
        number="2026-000001",
        head=(),
        blocks=(*above, *blocks),
        foot="",
        page="{page}/{pages}",
    )
    return pages_of(pdf(paper, AT))


def test_room_to_write_in_is_on_the_page_of_what_is_to_be_written() -> None:
    first, second = pages(Lines(label="Түсініктеме", count=20))
    assert ("Түсініктеме" in first, "Түсініктеме" in second) == (False, True)


def test_all_who_sign_do_so_on_one_page_under_what_they_sign() -> None:
    signed = (Note("Осымен анықталды"), Signatures((("Инспектор", ""), ("Бастық", "")), "қолы"))
    made = [pages(*[Text("жол")] * lines, *signed) for lines in range(2, 12, 2)]
    assert {len(one) for one in made} == {1, 2}, "some end on the page, some go over"
    for one in made:
        assert all(word in one[-1] for word in ("Осымен", "Инспектор", "Бастық"))


def test_what_the_patterns_mean_and_the_hours_stand_with_the_days_on_each_page() -> None:
    strips = tuple(Strip(f"күн {number:02}", ((0.0, 1.0, "free"),), "") for number in range(1, 41))
    days = Days(hours=("00", "12", "24"), strips=strips, legend=(("free", "міндет жоқ"),))
    first, second = pages(Heading("Күн сайын"), days)
    assert all(word in first for word in ("Күн сайын", "міндет жоқ", "күн 01", "12"))
    assert ("күн 40" in second, "12" in second.split("күн")[0]) == (True, True)


def test_a_whole_day_ends_at_twenty_four() -> None:
    always = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=0, end_min=0),))
    night = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=22 * 60, end_min=6 * 60),))
    words = Words(language="kk", timezone="Asia/Almaty")
    assert [words.hours(one) for one in (always, night)] == ["күн сайын 00:00–24:00", "күн сайын 22:00–06:00"]
