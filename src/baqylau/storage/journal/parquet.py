"""Entries of the journal as Parquet and back. Read by any program that reads Parquet; instants are in UTC.

The library is an extra of its own (`archive`): who keeps no archive needs none of it.
"""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from baqylau.storage.journal import rows

if TYPE_CHECKING:
    import duckdb

_KINDS = {"int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT", "text": "VARCHAR", "bytea": "BLOB"}
_INSTANT, _BYTES = "timestamptz", "bytea"
_TYPES = dict(zip(rows.COLUMNS, rows.COLUMN_TYPES, strict=True))
_INSTANTS = [place for place, kind in enumerate(rows.COLUMN_TYPES) if kind == _INSTANT]
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "512MB",
    "threads": "1",
}
LINE_BYTES_MAX = 32_000_000
"""Of an entry as text: a device says a megabyte at once at most, and a byte of it is two letters."""
BUFFER_BYTES = 4 * LINE_BYTES_MAX
"""The least that the library asks for such lines. By itself it takes as much as the text has, up to a gigabyte."""
AT_ONCE = 5_000
PIECE_BYTES = 1 << 20


class NoLibraryError(Exception):
    """The library that reads and writes Parquet is not installed."""


class UnreadableError(Exception):
    """The file is no Parquet file with entries of the journal."""


def write(written: Path, out: Path) -> None:
    """Make Parquet of entries that PostgreSQL wrote as CSV."""
    with _library() as opened:
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _TYPES)
        chosen = ", ".join(_from_text(name, kind) for name, kind in _TYPES.items())
        opened.execute(
            f"COPY (SELECT {chosen} FROM read_csv($1, header=false, auto_detect=false, delim=',', quote='\"', "  # noqa: S608 - ours
            f"escape='\"', nullstr='\\N', allow_quoted_nulls=false, max_line_size={LINE_BYTES_MAX}, "
            f"buffer_size={BUFFER_BYTES}, columns={{{columns}}})) "
            f"TO {_quoted(out)} (FORMAT parquet, COMPRESSION zstd)",
            [str(written)],
        )


def read(file: Path) -> Iterator[tuple[Any, ...]]:
    """Give the entries of a file in their order. `UnreadableError`."""
    with _library() as opened:
        found = _asked(opened, f"SELECT {', '.join(_TYPES)} FROM read_parquet($1)", file)  # noqa: S608 - ours
        while some := found.fetchmany(AT_ONCE):
            for row in some:
                yield tuple(
                    value.replace(tzinfo=UTC) if place in _INSTANTS else value for place, value in enumerate(row)
                )


def read_csv(file: Path) -> Iterator[bytes]:
    """Give the entries of a file as PostgreSQL reads them as CSV. `UnreadableError`."""
    chosen = ", ".join(_to_text(name, kind) for name, kind in _TYPES.items())
    with TemporaryDirectory(dir=file.parent) as folder, _library() as opened:
        out = Path(folder) / "entries.csv"
        options = "(FORMAT csv, HEADER false, NULLSTR '\\N')"
        _asked(opened, f"COPY (SELECT {chosen} FROM read_parquet($1)) TO {_quoted(out)} {options}", file)  # noqa: S608 - ours
        with out.open("rb") as text:
            while piece := text.read(PIECE_BYTES):
                yield piece


def _library() -> "duckdb.DuckDBPyConnection":
    try:
        import duckdb  # noqa: PLC0415 - an extra, and a quarter of a second
    except ImportError as missing:
        raise NoLibraryError from missing
    return duckdb.connect(config=_SETTINGS)


def _asked(opened: "duckdb.DuckDBPyConnection", words: str, file: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb  # noqa: PLC0415 - an extra

    try:
        return opened.execute(words, [str(file)])
    except duckdb.Error as wrong:
        raise UnreadableError from wrong


def _from_text(name: str, kind: str) -> str:
    if kind == _BYTES:
        return f"unhex(substr({name}, 3)) AS {name}"
    return f"{name}::{_KINDS.get(kind, 'TIMESTAMP')} AS {name}"


def _to_text(name: str, kind: str) -> str:
    if kind == _BYTES:
        return f"'\\x' || lower(hex({name})) AS {name}"
    if kind == _INSTANT:
        return f"strftime({name}, '%Y-%m-%d %H:%M:%S.%f+00') AS {name}"
    return name


def _quoted(file: Path) -> str:
    return "'" + str(file).replace("'", "''") + "'"
