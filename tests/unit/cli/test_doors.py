"""Where protocols are awaited."""

import pytest
import typer

from baqylau.cli.roles.doors import options, ports_of
from baqylau.monitoring.server.settings import DOORS
from baqylau.protocols.fleet import FLEET


def test_every_protocol_has_its_door_and_no_two_the_same() -> None:
    assert set(DOORS) == {*FLEET, "any", "link", "media"}
    assert len(set(DOORS.values())) == len(DOORS)


def test_doors_are_the_usual_ones_unless_said_otherwise() -> None:
    assert ports_of(None) == DOORS
    assert ports_of(["egts=4001", "wialon=closed"]) == {
        name: 4001 if name == "egts" else port for name, port in DOORS.items() if name != "wialon"
    }


def test_a_program_is_told_exactly_the_doors_that_another_has() -> None:
    chosen = {"wialon": 7, "egts": 0}
    assert ports_of(options(chosen)[1::2]) == chosen


@pytest.mark.parametrize("door", ["", "wialon", "wialon=", "wialon=-1", "wialon=65536", "carrier-pigeon=1", "egts=x"])
def test_what_is_no_door_is_said(door: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"is not one of|a port is"):
        ports_of([door])
