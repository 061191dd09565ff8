"""Giving out tables and tracks of a person: read, written in the wanted form, and on record before they leave."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version

from msgspec import Struct

from baqylau.domain.ids import PersonId
from baqylau.domain.papers import TRACKS, TableFormat, TableKind
from baqylau.monitoring.server.papers import places, tables
from baqylau.monitoring.server.papers.actors import Actors
from baqylau.monitoring.server.papers.making import ALARMS_MAX, NoSuchError, PeriodError, Shelf, actors_of, written_of
from baqylau.monitoring.server.papers.parts import period
from baqylau.monitoring.server.papers.words import Words
from baqylau.storage.alarms.alarms import AlarmFilter
from baqylau.storage.people.papers import Given, Papers

LONGEST = timedelta(days=92)
MEDIA_TYPES = {
    TableFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    TableFormat.CSV: "text/csv; charset=utf-8",
    TableFormat.GEOJSON: "application/geo+json",
    TableFormat.KML: "application/vnd.google-earth.kml+xml",
    TableFormat.GPX: "application/gpx+xml",
}
_ON_MAPS: dict[TableFormat, Callable[[list[places.Place], places.Said], bytes]] = {
    TableFormat.GEOJSON: places.as_geojson,
    TableFormat.KML: places.as_kml,
    TableFormat.GPX: places.as_gpx,
}


class FormatError(Exception):
    """What has no places cannot be drawn on a map."""


class TableAsked(Struct, frozen=True, kw_only=True):
    """What is to be given out."""

    kind: TableKind
    format: TableFormat
    person_id: PersonId
    from_at: datetime
    until_at: datetime
    language: str
    by: str
    purpose: str
    recipient: str


def give(shelf: Shelf, asked: TableAsked, at: datetime) -> bytes:
    """Write a table or a track. `NoSuchError`, `PeriodError`, `FormatError`."""
    if asked.format in TRACKS and asked.kind is not TableKind.TRACK:
        raise FormatError
    if not timedelta() < asked.until_at - asked.from_at <= LONGEST:
        raise PeriodError
    person = shelf.registers.person(asked.person_id)
    if person is None:
        raise NoSuchError
    words, actors = Words(language=asked.language, timezone=shelf.timezone), actors_of(shelf.engine, at)
    notes = (
        f"{person.name}, {person.id}",
        period(words, asked.from_at, asked.until_at),
        words.t("table.zone", zone=words.zone(at)),
        words.t("paper.accuracy_said"),
        words.t(
            "table.made",
            at=words.minute(at),
            by=actors.said(words, asked.by),
            version=version("baqylau"),
            purpose=asked.purpose,
        ),
    )
    file = _written(shelf, asked, words, actors, notes)
    what = f"{asked.kind} {asked.format} {asked.from_at.isoformat()} - {asked.until_at.isoformat()}"
    given = Given(person_id=asked.person_id, by=asked.by, purpose=asked.purpose, recipient=asked.recipient, what=what)
    Papers(shelf.engine).give_table(given, at)
    return file


def _written(shelf: Shelf, asked: TableAsked, words: Words, actors: Actors, notes: tuple[str, ...]) -> bytes:
    if asked.format in TRACKS:
        said = places.Said(name=notes[0], text="\n".join(notes[1:]))
        return _ON_MAPS[asked.format](_places(shelf, asked), said)
    sheet = _sheet(shelf, asked, words, actors, notes)
    return tables.as_csv(words, sheet) if asked.format is TableFormat.CSV else tables.as_xlsx(words, sheet)


def _sheet(shelf: Shelf, asked: TableAsked, words: Words, actors: Actors, notes: tuple[str, ...]) -> tables.Sheet:
    match asked.kind:
        case TableKind.TRACK:
            return tables.track(words, _places(shelf, asked), notes)
        case TableKind.FINDINGS:
            found = written_of(shelf, asked.person_id, asked.from_at, asked.until_at)
            return tables.findings(words, found, notes)
        case TableKind.ALARMS:
            chosen = AlarmFilter(person_id=asked.person_id, raised_from=asked.from_at, raised_until=asked.until_at)
            views = shelf.alarms.page(chosen, limit=ALARMS_MAX)
            return tables.alarms(words, [view.alarm for view in reversed(views)], actors, notes)


def _places(shelf: Shelf, asked: TableAsked) -> list[places.Place]:
    supervision = shelf.registers.supervision(asked.person_id)
    return list(places.places_of(shelf.timelines.heard(supervision, asked.from_at, asked.until_at)))
