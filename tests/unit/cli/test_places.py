"""`place ...` as whoever keeps an installation uses it, over a real database."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.domain.public_places import PlaceKind
from baqylau.domain.zones import Point
from baqylau.links.wall_clock import now
from baqylau.rules.prescribing.everyday import frame_of
from baqylau.storage.access.audit import Audit
from baqylau.storage.registers.public_places import PublicPlaces
from tests.unit.rules.stories import circle

CLINICS = "name;latitude;longitude;radius\nClinic 5;43.24;76.90;60\nChemist;43.30;76.95\n"


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    (tmp_path / "clinics.csv").write_text(CLINICS, encoding="utf-8")
    (tmp_path / "broken.csv").write_text("Clinic 5;north;76.90\n", encoding="utf-8")
    court = '{"type":"Feature","properties":{"name":"Court"},"geometry":{"type":"Point","coordinates":[76.9,43.2]}}'
    (tmp_path / "courts.geojson").write_text(court, encoding="utf-8")
    return tmp_path


def test_each_kind_is_loaded_as_a_whole_and_audited(dsn: str, engine: Engine, lists: Path) -> None:
    def said(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["place", *words, "--database", dsn, "--data", str(lists), "--language", "en"])
        return done.exit_code, done.output.strip()

    assert said("list") == (0, "No public places are loaded.")
    assert said("load", "clinic", str(lists / "clinics.csv"), "--by", "dana") == (0, "Known now, clinics: 2.")
    assert said("load", "court", str(lists / "courts.geojson"), "--radius", "80") == (0, "Known now, courts: 1.")
    places = PublicPlaces(engine, now)
    near = places.within(frame_of(circle("Block", Point(43.2401, 76.9), 500)))
    assert [(one.kind, one.zone.name) for one in near] == [(PlaceKind.CLINIC, "Clinic 5")]
    assert [(one.kind, one.count) for one in places.loaded()] == [(PlaceKind.CLINIC, 2), (PlaceKind.COURT, 1)]

    broken = said("load", "clinic", str(lists / "broken.csv"))
    assert broken[0] == 1
    assert "broken.csv" in broken[1]
    assert said("load", "clinic", str(lists / "none.csv"))[0] == 1
    assert places.loaded()[0].count == 2

    (lists / "clinics.csv").write_text("Clinic 6;43.24;76.90\n", encoding="utf-8")
    assert said("load", "clinic", str(lists / "clinics.csv"))[0] == 0
    near = places.within(frame_of(circle("Block", Point(43.24, 76.9), 500)))
    assert [one.zone.name for one in near] == ["Clinic 6"]
    listed = said("list")[1]
    assert "clinics" in listed
    assert "courts" in listed
    assert said("forget", "court") == (0, "Not known any more: courts.")
    assert [one.kind for one in places.loaded()] == [PlaceKind.CLINIC]
    audited = [one for one in Audit(engine, now).latest(10) if one.what == "places.load"]
    assert [(one.object, one.purpose) for one in audited] == [
        ("places/court", "0"),
        ("places/clinic", "1"),
        ("places/court", "1"),
        ("places/clinic", "2"),
    ]
    assert audited[-1].who == "dana"
