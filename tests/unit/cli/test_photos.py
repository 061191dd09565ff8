"""`photo ...` as an inspector uses it, and a console with something to fit, over a real database."""

from pathlib import Path

from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import Device, DeviceKind, Language, Person
from baqylau.domain.rights import Role
from baqylau.links.wall_clock import now
from baqylau.storage.access.accounts import Account, Accounts
from baqylau.storage.equipment.consoles import Consoles
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.picture import photograph

RUN = CliRunner()


def test_a_photograph_is_kept_when_it_is_one_and_forgotten_again_and_a_spare_is_one_that_is_known(
    dsn: str, engine: Engine, tmp_path: Path
) -> None:
    devices = tuple(
        Device(id=DeviceId(name), kind=kind, protocol="link", number=name)
        for name, kind in (("con-1", DeviceKind.CONSOLE), ("tr-9", DeviceKind.TRACKER))
    )
    people = (Person(id=PersonId("ainur"), name="Ainur Invented"),)
    Registers(engine, now).save(Registry(people=people, devices=devices), by="test")
    officer = Account(login="dana", name="Dana", password="-", language=Language.KK, role=Role.INSPECTOR)  # noqa: S106 - none
    Accounts(engine, now).create(officer, by="test")

    def said(*words: str) -> tuple[int, str]:
        options = ["--database", dsn, "--data", str(tmp_path), "--language", "en", "--by", "dana"]
        done = RUN.invoke(app, [*words, *options])
        return done.exit_code, done.output.strip()

    (tmp_path / "face.jpg").write_bytes(photograph(size=(3000, 4000)))
    (tmp_path / "cut.jpg").write_bytes(photograph()[:300])
    assert said("photo", "put", "ainur", str(tmp_path / "face.jpg")) == (0, "The photograph of ainur is kept.")
    assert said("photo", "put", "ainur", str(tmp_path / "cut.jpg"))[1].endswith("a JPEG of at most 12000 kB.")
    assert said("photo", "put", "nobody", str(tmp_path / "face.jpg"))[0] == 1
    assert said("photo", "remove", "ainur") == (0, "The photograph of ainur is gone.")
    assert said("photo", "remove", "ainur") == (0, "There was no photograph of ainur.")
    assign = ("device", "console", "assign", "con-1", "dana", "--district", "Esil", "--spare")
    assert said(*assign, "br-7")[0] == 1
    assert said(*assign, "tr-9")[0] == 0
    assert [one.spares for one in Consoles(engine, now).officers(DeviceId("con-1"))] == [("tr-9",)]
