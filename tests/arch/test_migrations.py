"""A migration is made for programs of two versions: what the older one reads and writes still serves it (ADR 0025)."""

import re
from collections.abc import Iterator

import pytest

from baqylau.storage.migrating import MIGRATIONS
from tests.arch.tree import SOURCE, python_files

FROM = "0036"
"""The first that was made by this rule."""
TAKEN_AWAY = "-- Nobody reads it since "
"""Said in a migration that takes away what the version before no longer asks for, with the number of that version's."""
_HARMS = re.compile(
    r"\bDROP\s+(?:TABLE|COLUMN)\b|\bRENAME\b|\bALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE\b|\bSET\s+NOT\s+NULL\b"
    r"|\bADD\s+COLUMN\s+(?:(?!\bDEFAULT\b)[^,;])*\bNOT\s+NULL\b(?![^,;]*\bDEFAULT\b)",
    re.IGNORECASE,
)


def harms(migration: str) -> Iterator[str]:
    """Give what in a migration a program of the version before would stumble over."""
    if TAKEN_AWAY not in migration:
        yield from _HARMS.findall(re.sub(r"--.*", "", migration))


def test_no_migration_takes_away_what_the_version_before_needs() -> None:
    made = [one for one in sorted((MIGRATIONS / "versions").glob("v*.sql")) if one.stem[1:5] >= FROM]
    assert {one.stem: found for one in made if (found := list(harms(one.read_text(encoding="utf-8"))))} == {}


@pytest.mark.parametrize(
    ("migration", "found"),
    [
        ("ALTER TABLE a DROP COLUMN b;", 1),
        ("DROP TABLE a; ALTER TABLE b RENAME TO c;", 2),
        ("ALTER TABLE a ALTER COLUMN b TYPE BIGINT;", 1),
        ("ALTER TABLE a ALTER COLUMN b SET NOT NULL;", 1),
        ("ALTER TABLE a ADD COLUMN b TEXT NOT NULL;", 1),
        ("ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT '';", 0),
        ("ALTER TABLE a ADD COLUMN b TEXT DEFAULT '' NOT NULL;", 0),
        ("ALTER TABLE a ADD COLUMN b TEXT; CREATE TABLE c (d TEXT NOT NULL);", 0),
        (f"{TAKEN_AWAY}0036.\nALTER TABLE a DROP COLUMN b;", 0),
    ],
)
def test_what_an_older_program_would_stumble_over_is_seen(migration: str, found: int) -> None:
    assert len(list(harms(migration))) == found


def test_alembic_is_loaded_where_the_schema_is_changed_and_nowhere_else() -> None:
    """It is an eighth of a program's start, and every program looks at the schema when it starts."""
    told = {
        path.relative_to(SOURCE).as_posix()
        for path in python_files()
        if path.is_relative_to(SOURCE) and "migrations/" not in path.as_posix()
        if "from alembic" in path.read_text(encoding="utf-8")
    }
    assert told == {"storage/upgrading.py"}
