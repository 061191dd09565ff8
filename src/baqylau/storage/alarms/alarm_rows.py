"""Alarms and findings between their tables and their values."""

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import RowMapping

from baqylau.domain.alarms import Alarm
from baqylau.domain.findings import Finding
from baqylau.storage.bulk import BulkInsert, updating
from baqylau.storage.schema import alarm

if TYPE_CHECKING:
    from psycopg import Cursor

FIELDS = Alarm.__struct_fields__
_SELECTED = ", ".join(f"alarm.{name}" for name in FIELDS)
_PUT = BulkInsert(alarm, FIELDS, updating("id", FIELDS[1:]))
_findings = msgspec.json.Decoder(Finding)


def alarm_of(row: RowMapping) -> Alarm:
    """Give the alarm in a row of its table."""
    return msgspec.convert({name: row[name] for name in FIELDS}, Alarm)


def selecting(rest: str) -> str:
    """Give the SQL of a question for alarms, which `alarm_from` takes; `rest` begins after the columns."""
    return f"SELECT {_SELECTED}{rest}"


def alarm_from(values: Iterable[Any]) -> Alarm:
    """Give the alarm from its columns in the order of `FIELDS`."""
    return msgspec.convert(dict(zip(FIELDS, values, strict=True)), Alarm)


def put_alarms(cursor: "Cursor[Any]", alarms: Iterable[Alarm]) -> None:
    """Write alarms, new and known ones alike."""
    _PUT.run(cursor, [tuple(map(_plain, msgspec.structs.astuple(one))) for one in alarms])


def _plain(value: object) -> object:
    """Enumerations are stored by their value."""
    match value:
        case str():
            return str(value)
        case IntEnum():
            return int(value)
        case _:
            return value


def finding_of(body: str) -> Finding:
    """Give the finding from its JSON text."""
    return _findings.decode(body)
