"""A whole database as files, and back: every table as of one instant, each with its count and its digest.

The copy describes itself: any installation can take it over, of any PostgreSQL that we run on. It is one snapshot, read
while everything goes on; what was answered to a device before it began is in it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from psycopg import sql
from sqlalchemy import Connection, Engine, text

from baqylau.crypto.signing import Signer, signed_by
from baqylau.storage.access import audit
from baqylau.storage.database import driver, transaction
from baqylau.storage.journal.days import make_day
from baqylau.storage.migrating import NEWEST, revision
from baqylau.storage.upgrading import upgrade

if TYPE_CHECKING:
    from psycopg import Cursor

FORMAT = "baqylau-backup 1"
MANIFEST, SIGNATURE, TABLES = "manifest.json", "manifest.sig", "tables"
MADE, ABOUT = "backup.made", "backup"
"""What the audit says of a backup, and about what: by it the age of the last one is known."""


class Form(StrEnum):
    """How the rows of a table are written."""

    BINARY = "binary"
    """As PostgreSQL itself reads them: quick."""
    JSON = "json"
    """A JSON object a line, by the names of the columns: any program reads them."""


_TABLES = (
    "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
    "AND NOT c.relispartition AND c.relname <> 'alembic_version' ORDER BY 1"
)
_BOUND = (
    "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid"
)
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s ORDER BY 1"
)
_COUNTED = (
    "SELECT column_name, pg_get_serial_sequence(table_name, column_name) FROM information_schema.columns "
    "WHERE table_schema = 'public' AND table_name = %s AND is_identity = 'YES'"
)
_LINES = sql.SQL("(FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')")
"""So a line of JSON, in which no such character is, stands in the file as it is."""
_COPIED = {
    Form.BINARY: sql.SQL("COPY (SELECT {0} FROM {1}) TO STDOUT (FORMAT BINARY)"),
    Form.JSON: sql.SQL("COPY (SELECT row_to_json(said)::text FROM (SELECT {0} FROM {1}) AS said) TO STDOUT {2}"),
}
_FROM_LINES = sql.SQL(
    "INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM line, json_populate_record(NULL::{0}, said)"
)
_SUMMED = sql.SQL(
    "SELECT count(*), coalesce(sum(('x' || encode(substr(sha256(convert_to(said::text, 'UTF8')), 1, 8), 'hex'))"
    "::bit(64)::bigint::numeric), 0) FROM (SELECT {} FROM {}) AS said"
)
_DAYS = "SELECT DISTINCT (received_at AT TIME ZONE 'UTC')::date FROM journal ORDER BY 1"


class Table(Struct, frozen=True, kw_only=True):
    """One table in a copy."""

    name: str
    columns: tuple[str, ...]
    rows: int
    sha256: str
    """Of the file."""
    content: str = ""
    """Sum over the digests of all rows, in whatever order they lie: the same where the same was taken over."""


class Manifest(Struct, frozen=True, kw_only=True):
    """What a copy says of itself."""

    format: str
    made_at: datetime
    revision: str
    """Of the schema."""
    days: tuple[date, ...]
    """Of the journal."""
    tables: tuple[Table, ...]
    """In an order in which they can be filled."""
    files: dict[str, str]
    """Every other file with its digest."""
    public_key: str
    form: Form = Form.BINARY
    shapes: dict[str, str] = {}
    """Where published record shapes find their fields; see `storage.record_shapes`. Empty in older copies."""


class BackupWrongError(Exception):
    """The copy cannot be taken over; `reason` is a word that names the sentence, `what` fills its place."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(reason, what)
        self.reason = reason
        self.what = what


class Snapshot(Struct, frozen=True, kw_only=True):
    """A database as it was copied."""

    revision: str
    days: tuple[date, ...]
    tables: tuple[Table, ...]


def dump(engine: Engine, folder: Path, form: Form = Form.BINARY) -> Snapshot:
    """Copy every table into a folder, all as of one instant. `StorageUnavailableError`."""
    (folder / TABLES).mkdir()
    with transaction(engine) as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        stands = revision(connection)
        with driver(connection).cursor() as cursor:
            tables = tuple(_copied(cursor, name, folder, form) for name in _in_order(cursor))
            days = tuple(row[0] for row in cursor.execute(_DAYS).fetchall())
    return Snapshot(revision=stands, days=days, tables=tables)


def note(engine: Engine, by: str, what: str, at: datetime) -> None:
    """Write into the audit that a copy was made."""
    with transaction(engine) as connection:
        audit.record(connection, who=by, what=MADE, about=ABOUT, purpose=what, at=at)


def write_manifest(folder: Path, manifest: Manifest, signer: Signer) -> None:
    """Sign what the copy says of itself."""
    written = msgspec.json.format(msgspec.json.encode(manifest))
    (folder / MANIFEST).write_bytes(written)
    (folder / SIGNATURE).write_bytes(signer.sign(written))


def read_manifest(folder: Path) -> Manifest:
    """Give what a copy says of itself, after every file was held against it. `BackupWrongError`."""
    try:
        written, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_bytes()
        manifest = msgspec.json.decode(written, type=Manifest)
        right = signed_by(bytes.fromhex(manifest.public_key), written, signature)
    except (OSError, ValueError) as wrong:
        raise BackupWrongError("no_backup", str(wrong)) from wrong
    if not right or manifest.format != FORMAT:
        raise BackupWrongError("no_backup", MANIFEST)
    promised = {f"{TABLES}/{one.name}": one.sha256 for one in manifest.tables} | manifest.files
    for name, wanted in promised.items():
        if not (folder / name).is_file() or digest_of(folder / name) != wanted:
            raise BackupWrongError("changed", name)
    if manifest.revision > NEWEST:
        raise BackupWrongError("newer", manifest.revision)
    return manifest


def load(engine: Engine, folder: Path, manifest: Manifest) -> None:
    """Fill an empty database from a copy, all of it or nothing. `BackupWrongError` when it is not empty."""
    with transaction(engine) as connection:
        if connection.scalar(text("SELECT to_regclass('journal_head')")):
            raise BackupWrongError("not_empty")
        upgrade(connection, manifest.revision)
        for day in manifest.days:
            make_day(connection, day)
        with driver(connection).cursor() as cursor:
            names = [sql.Identifier(one.name) for one in manifest.tables]
            cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(names)))
            for table in manifest.tables:
                _FILLED[manifest.form](cursor, table, folder)
                _count_on(cursor, table.name)
        _same(connection, manifest)


def _same(connection: Connection, manifest: Manifest) -> None:
    """Every table has as many rows as were copied, and the same ones."""
    with driver(connection).cursor() as cursor:
        for table in manifest.tables:
            count, content = _counted(cursor, table.name, table.columns)
            if count != table.rows or table.content not in {"", content}:
                raise BackupWrongError("changed", table.name)


def _counted(cursor: "Cursor[Any]", name: str, columns: tuple[str, ...]) -> tuple[int, str]:
    """Give how many rows a table has, and the sum over their digests."""
    row = cursor.execute(_SUMMED.format(_names(columns), sql.Identifier(name))).fetchone()
    return (row[0], str(row[1])) if row is not None else (0, "")


def _names(columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _in_order(cursor: "Cursor[Any]") -> Iterator[str]:
    """Give the tables, each after those that it refers to."""
    waiting = [row[0] for row in cursor.execute(_TABLES).fetchall()]
    bound = cursor.execute(_BOUND).fetchall()
    while waiting:
        ready = [name for name in waiting if not any(one == name and other in waiting for one, other in bound)]
        yield from ready
        waiting = [name for name in waiting if name not in ready]


def _columns(cursor: "Cursor[Any]", name: str) -> tuple[str, ...]:
    return tuple(row[0] for row in cursor.execute(_COLUMNS, (name,)).fetchall())


def _copied(cursor: "Cursor[Any]", name: str, folder: Path, form: Form) -> Table:
    columns = _columns(cursor, name)
    _, content = _counted(cursor, name, columns)
    asked = _COPIED[form].format(_names(columns), sql.Identifier(name), _LINES)
    over = sha256()
    with (folder / TABLES / name).open("xb") as out, cursor.copy(asked) as copy:
        for piece in copy:
            out.write(piece)
            over.update(piece)
    return Table(name=name, columns=columns, rows=cursor.rowcount, sha256=over.hexdigest(), content=content)


def _filled(cursor: "Cursor[Any]", table: Table, folder: Path) -> None:
    asked = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)")
    _taken(cursor, asked.format(sql.Identifier(table.name), _names(table.columns)), folder / TABLES / table.name)


def _filled_from_lines(cursor: "Cursor[Any]", table: Table, folder: Path) -> None:
    cursor.execute("CREATE TEMPORARY TABLE line (said json) ON COMMIT DROP")
    _taken(cursor, sql.SQL("COPY line FROM STDIN {}").format(_LINES), folder / TABLES / table.name)
    cursor.execute(_FROM_LINES.format(sql.Identifier(table.name), _names(table.columns)))
    cursor.execute("DROP TABLE line")


_FILLED = {Form.BINARY: _filled, Form.JSON: _filled_from_lines}


def _taken(cursor: "Cursor[Any]", asked: sql.Composed, file: Path) -> None:
    with file.open("rb") as content, cursor.copy(asked) as copy:
        while piece := content.read(1 << 20):
            copy.write(piece)


def _count_on(cursor: "Cursor[Any]", name: str) -> None:
    """Let running numbers go on after the last one that was copied."""
    for column, sequence in cursor.execute(_COUNTED, (name,)).fetchall():
        asked = sql.SQL("SELECT setval(%s, coalesce(max({0}), 0) + 1, false) FROM {1}")
        cursor.execute(asked.format(sql.Identifier(column), sql.Identifier(name)), (sequence,))


def digest_of(file: Path) -> str:
    """Give the SHA-256 of a file, hexadecimal."""
    over = sha256()
    with file.open("rb") as content:
        while piece := content.read(1 << 20):
            over.update(piece)
    return over.hexdigest()
