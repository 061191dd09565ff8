"""A day of any size becomes Parquet in the memory that there is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from baqylau.storage.journal import parquet, rows

WORDS = {
    "int2": "3",
    "int4": "70",
    "int8": "12",
    "text": "a tracker",
    "bytea": "\\x" + "ab" * 200,
    "timestamptz": "2026-11-24 09:02:03.123456+00",
}


def entry(bytes_count: int = 200) -> str:
    words = WORDS | {"bytea": "\\x" + "ab" * bytes_count}
    return ",".join(words[kind] for kind in rows.COLUMN_TYPES) + "\n"


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Path]:
    written = tmp_path / "entries.csv"
    yield written
    written.unlink()


def test_a_day_larger_than_the_memory_is_written_and_read(day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(parquet._SETTINGS, "memory_limit", "320MB")  # noqa: SLF001 - as if the day were larger still
    count = 400_000_000 // len(entry())
    with day.open("w") as text:
        text.writelines(entry() for _ in range(count))
    file = day.with_name("entries.parquet")
    parquet.write(day, file)
    assert sum(len(piece) for piece in parquet.read_csv(file)) > 200_000_000


def test_an_entry_of_megabytes_is_written_and_read(day: Path) -> None:
    day.write_text(entry() + entry(1_500_000) + entry())
    file = day.with_name("entries.parquet")
    parquet.write(day, file)
    place = rows.COLUMN_TYPES.index("bytea")
    assert [len(one[place]) for one in parquet.read(file)] == [200, 1_500_000, 200]
