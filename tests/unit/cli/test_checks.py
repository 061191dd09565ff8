"""Checks from the command line: asked for with a reason, seen, taken back."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from baqylau.cli import app
from baqylau.domain.ids import DeviceId, FittingId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind
from baqylau.links.wall_clock import now
from baqylau.storage.registers.registers import Registers
from tests.unit.server.site import AINUR, prescribed

AV = DeviceId("av-1")


def test_a_check_is_ordered_by_hand_seen_and_taken_back(engine: Engine, dsn: str, tmp_path: Path) -> None:
    def said(*words: str) -> Result:
        return CliRunner().invoke(
            app, ["check", *words, "--data", str(tmp_path), "--database", dsn, "--language", "en"]
        )

    registers = Registers(engine, now)
    base = prescribed(order_until=now() + timedelta(days=10))
    registers.save(base, by="test")
    refused = said("order", AINUR, "identity", "--reason", "asked to")
    assert refused.exit_code == 1
    assert "has no unit" in refused.output
    unit = Device(id=AV, kind=DeviceKind.AV_UNIT, protocol="link", number="A-0001")
    worn = Fitting(id=FittingId("f-av"), device_id=AV, person_id=AINUR, from_at=now() - timedelta(days=1))
    registers.save(type(base)(devices=(unit,), fittings=(worn,)), by="test")
    ordered = said("order", AINUR, "identity", "--reason", "asked to")
    assert ordered.exit_code == 0, ordered.output
    name = ordered.output.split()[1]
    listed = said("list", AINUR).output
    assert "asked for" in listed
    assert name in listed, "a name that is cut can be given to no command"
    assert said("withdraw", name, "--reason", "in hospital").exit_code == 0
    assert "does not count" in said("list", AINUR).output
    assert said("withdraw", "f" * 32, "--reason", "in hospital").exit_code == 1
