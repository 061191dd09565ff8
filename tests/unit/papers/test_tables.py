"""Lists and tracks as files: what a spreadsheet or a map reads is what was measured, and nothing in them runs."""

import csv
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from xml.etree import ElementTree as ET

import gpxpy
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, PersonId, SubjectId
from baqylau.domain.observations import Authentication
from baqylau.monitoring.server.papers import places, tables
from baqylau.monitoring.server.papers.parts import why
from baqylau.monitoring.server.papers.places import Place, Said
from baqylau.monitoring.server.papers.words import Words

NOON = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
WORDS = Words(language="ru", timezone="Asia/Almaty")
EVIL = ['=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "<img onerror=alert(1)>", "a\x00b\x1f"]
SAID = Said(name='Әлия <b> & "x"', text="line\nline \x0b")


def place(minutes: int, accuracy_m: float | None = 12.5, device_id: str = "TR-1") -> Place:
    at = NOON + timedelta(minutes=minutes)
    return Place(
        at=at,
        received_at=at + timedelta(seconds=3),
        latitude_deg=43.25 + minutes / 1000,
        longitude_deg=76.95,
        altitude_m=800.0,
        accuracy_m=accuracy_m,
        speed_m_s=10.0,
        satellites=9,
        source="gnss",
        device_id=device_id,
        authentication=Authentication.DEVICE_KEY,
    )


def page_of(file: bytes) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(file)).worksheets[0]


def sheet(*texts: str) -> tables.Sheet:
    return tables.Sheet(name="a", notes=texts[:1], head=("a",), rows=[(one,) for one in texts])


@pytest.mark.parametrize("text", EVIL)
def test_a_text_stays_a_text_in_a_spreadsheet(text: str) -> None:
    page = page_of(tables.as_xlsx(WORDS, sheet(text)))
    assert {cell.data_type for row in page.rows for cell in row} == {"s"}
    rows = list(csv.reader(StringIO(tables.as_csv(WORDS, sheet(text)).decode("utf-8-sig"))))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_a_track_has_units_accuracy_and_local_time() -> None:
    listed = tables.track(WORDS, [place(0), place(1, None)], ("note",))
    rows = list(csv.reader(StringIO(tables.as_csv(WORDS, listed).decode("utf-8-sig"))))
    assert rows[1][:5] == ["Когда", "Широта, °", "Долгота, °", "Точность (95 %), м", "Скорость, км/ч"]
    assert rows[2][:5] == ["2026-11-21T12:00:00+05:00", "43.25", "76.95", "12.5", "36.0"]
    assert rows[3][3] == ""
    page = page_of(tables.as_xlsx(WORDS, listed))
    assert page["A3"].value == datetime(2026, 11, 21, 12, 0)  # noqa: DTZ001 - a spreadsheet has no zones
    assert (page["D3"].value, page["D4"].value) == (12.5, None)


def test_maps_read_a_track_as_it_was_measured() -> None:
    track = [place(0), place(1, None)]
    read = gpxpy.parse(places.as_gpx(track, SAID).decode()).tracks[0].segments[0].points
    assert [(one.latitude, one.time) for one in read] == [(one.latitude_deg, one.at) for one in track]
    drawn = json.loads(places.as_geojson(track, SAID))
    assert drawn["features"][0]["geometry"]["coordinates"] == [76.95, 43.25, 800.0]
    assert [one["properties"]["accuracy_m"] for one in drawn["features"]] == [12.5, None]
    marks = ET.fromstring(places.as_kml(track, SAID)).findall(".//{*}when")  # noqa: S314 - our own file
    assert [one.text for one in marks] == ["2026-11-21T07:00:00.000Z", "2026-11-21T07:01:00.000Z"]


@settings(max_examples=25)
@given(text=st.text())
def test_whatever_a_name_is_the_files_can_be_read(text: str) -> None:
    track, said = [place(0, device_id=text)], Said(name=text, text=text)
    for file in (places.as_gpx(track, said), places.as_kml(track, said)):
        ET.fromstring(file)  # noqa: S314 - our own file
    page = page_of(tables.as_xlsx(WORDS, sheet(text)))
    assert {cell.data_type for row in page.rows for cell in row if cell.value is not None} <= {"s"}


@pytest.mark.parametrize(
    ("code", "part", "said"),
    [("X05", "accounts", "добавлена учётная запись"), ("X04", "disk", "мало места"), ("X04", "another", "диск")],
)
def test_why_says_of_our_own_system_what_happened_in_which_part(code: str, part: str, said: str) -> None:
    ours = Finding(
        id=FindingId("f"), rule="ourselves", rule_version="1", code=Code(code), person_id=PersonId(""),
        subject=SubjectId(part), at=NOON, because=(), since=NOON, place=part,
    )  # fmt: skip
    assert said in why(WORDS, ours)
