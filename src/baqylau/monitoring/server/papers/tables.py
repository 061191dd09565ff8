"""Lists as XLSX and CSV: units in the headings, the time zone said, and no text that a spreadsheet would run."""

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any, Final

from msgspec import Struct
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from baqylau.domain.alarms import Alarm
from baqylau.monitoring.server.papers.actors import Actors
from baqylau.monitoring.server.papers.parts import why
from baqylau.monitoring.server.papers.places import Place
from baqylau.monitoring.server.papers.words import Words
from baqylau.storage.judging.findings import Written

Value = str | int | float | datetime | None
_RUNS: Final = ("=", "+", "-", "@", "\t", "\r")
"""How texts begin that spreadsheets take for a formula."""
_NOT_IN_FILES = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDTH_MAX = 60


class Sheet(Struct, frozen=True, kw_only=True):
    """A list: its name, notes above it, headings and rows."""

    name: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]


def track(words: Words, places: Iterable[Place], notes: tuple[str, ...]) -> Sheet:
    """List where somebody was measured to be."""
    columns = (
        "at",
        "latitude_deg",
        "longitude_deg",
        "accuracy_m",
        "speed_km_h",
        "source",
        "satellites",
        "device",
        "received",
        "authentication",
    )
    rows = [
        (
            one.at,
            one.latitude_deg,
            one.longitude_deg,
            one.accuracy_m,
            None if one.speed_m_s is None else round(one.speed_m_s * 3.6, 1),
            one.source,
            one.satellites,
            one.device_id,
            one.received_at,
            words.t(f"authentication.{one.authentication}"),
        )
        for one in places
    ]
    return _sheet(words, "track", columns, rows, notes)


def findings(words: Words, found: Iterable[Written], notes: tuple[str, ...]) -> Sheet:
    """List what the rules found."""
    columns = (
        "at",
        "since",
        "code",
        "finding",
        "why",
        "place",
        "margin_m",
        "accuracy_m",
        "rule",
        "rule_version",
        "alarm",
        "taken_away",
    )
    rows = [
        (
            written.finding.at,
            written.finding.since,
            written.finding.code.value,
            words.t(f"alarm.{written.finding.code}.title"),
            why(words, written.finding),
            written.finding.place,
            round(written.finding.verdict.margin_m, 1) if written.finding.verdict else None,
            round(written.finding.verdict.accuracy_m, 1) if written.finding.verdict else None,
            written.finding.rule,
            written.finding.rule_version,
            written.alarm_id,
            written.superseded_at,
        )
        for written in found
    ]
    return _sheet(words, "findings", columns, rows, notes)


def alarms(words: Words, found: Iterable[Alarm], actors: Actors, notes: tuple[str, ...]) -> Sheet:
    """List alarms, who saw to them, and what was decided."""
    columns = (
        "number",
        "began",
        "raised",
        "code",
        "finding",
        "priority",
        "state",
        "taken",
        "taken_by",
        "closed",
        "closed_by",
        "cause",
        "grounds",
        "decision",
    )
    rows = [
        (
            one.id,
            one.began_at,
            one.raised_at,
            one.code.value,
            words.t(f"alarm.{one.code}.title"),
            one.priority,
            words.t(f"alarm.state.{one.state}"),
            one.taken_at,
            actors.said(words, one.taken_by) if one.taken_by else None,
            one.closed_at,
            actors.said(words, one.closed_by) if one.closed_by else None,
            words.t(f"cause.{one.cause}") if one.cause else None,
            one.grounds,
            words.t(f"decision.{one.decision}") if one.decision else None,
        )
        for one in found
    ]
    return _sheet(words, "alarms", columns, rows, notes)


def _sheet(
    words: Words, name: str, columns: Iterable[str], rows: Sequence[tuple[Value, ...]], notes: tuple[str, ...]
) -> Sheet:
    head = tuple(words.t(f"table.column.{column}") for column in columns)
    return Sheet(name=words.t(f"table.kind.{name}"), notes=notes, head=head, rows=rows)


def as_csv(words: Words, sheet: Sheet) -> bytes:
    """Write a list as CSV in UTF-8: notes as lines of one cell, then headings and rows. Instants carry their offset."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerows([_harmless(note)] for note in sheet.notes)
    writer.writerow(map(_harmless, sheet.head))
    writer.writerows([_in_csv(words, value) for value in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _in_csv(words: Words, value: Value) -> str | int | float:
    match value:
        case None:
            return ""
        case datetime():
            return words.local(value).isoformat()
        case str():
            return _harmless(value)
        case _:
            return value


def _harmless(text: str) -> str:
    """Give a text that no spreadsheet runs: what looks like a formula begins with an apostrophe."""
    clean = _NOT_IN_FILES.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"'{clean}" if clean.startswith(_RUNS) else clean


def as_xlsx(words: Words, sheet: Sheet) -> bytes:
    """Write a list as XLSX. Every text is a text; instants are local times, and the notes say in which zone."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.name)
    page.freeze_panes = f"A{len(sheet.notes) + 2}"
    for index, name in enumerate(sheet.head):
        page.column_dimensions[_letter(index)].width = min(_WIDTH_MAX, max(12, len(name) + 2))
    bold = Font(bold=True)
    for note in sheet.notes:
        page.append([_cell(page, words, note)])
    page.append([_cell(page, words, name, bold) for name in sheet.head])
    for row in sheet.rows:
        page.append([_cell(page, words, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: Any, words: Words, value: Value, font: Font | None = None) -> Any:
    if isinstance(value, datetime):
        cell = WriteOnlyCell(page, words.local(value).replace(tzinfo=None))
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, str):
        cell = WriteOnlyCell(page, _NOT_IN_FILES.sub("\N{REPLACEMENT CHARACTER}", value))
        cell.data_type = "s"
    else:
        cell = WriteOnlyCell(page, value)
    if font is not None:
        cell.font = font
    return cell


def _letter(index: int) -> str:
    return chr(ord("A") + index)
