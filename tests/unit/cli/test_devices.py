"""`decode` and `simulate` as a technician types them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.protocols.egts import EgtsDevice
from tests.unit.server.site import FAR_AWAY, START, hello, report

RUN = CliRunner()


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_text_frames_become_a_line_of_json_each() -> None:
    frames = (hello() + report(START, FAR_AWAY) + b"#P#\r\n").decode()
    done = RUN.invoke(app, ["decode", "wialon"], input=frames)
    assert done.exit_code == 0
    login, records, ping = lines(done.output)
    assert (login["kind"], records["kind"], ping["kind"]) == ("login", "records", "ping")
    (fix,) = (body for record in records["records"] for body in record["bodies"] if body["type"] == "fix")
    assert fix["latitude_deg"] == pytest.approx(FAR_AWAY.latitude_deg, abs=1e-6)


def test_hexadecimal_frames_of_a_binary_protocol_are_read() -> None:
    device = EgtsDevice("700000001")
    frames = f"{device.hello().hex()}\n{device.report([(START, (FAR_AWAY,))]).hex().upper()}\n"
    done = RUN.invoke(app, ["decode", "egts"], input=frames)
    assert [line["kind"] for line in lines(done.output)] == ["login", "records"]


@pytest.mark.parametrize(
    ("protocol", "line", "fault"),
    [
        ("egts", "not hexadecimal", "not_this_protocol"),
        ("egts", "0102", "truncated"),
        ("wialon", "#D#191126;NA\r", "field_missing"),
        ("wialon", "hello", "not_this_protocol"),
        ("wialon", "#SD#191126;120000;9900.0000;N;06654.0000;E;0;0;0;9", "place_out_of_range"),
    ],
)
def test_what_is_wrong_is_named_and_the_program_ends_well(protocol: str, line: str, fault: str) -> None:
    done = RUN.invoke(app, ["decode", protocol], input=line + "\n")
    assert done.exit_code == 0
    assert [wrong["fault"] for told in lines(done.output) for wrong in told["wrong"]] == [fault]


def test_kazakh_letters_and_bytes_that_are_no_text_pass_through(tmp_path: Path) -> None:
    file = tmp_path / "frames.txt"
    file.write_bytes("#M#Сәлем, Әсел\r\n".encode() + b"\xff\xfe\n")
    done = RUN.invoke(app, ["decode", "wialon", str(file)])
    assert done.exit_code == 0
    assert len(lines(done.output)) == 2


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["decode", "wialon", str(tmp_path / "nothing")])
    assert done.exit_code == 1
    assert "cannot be read" in done.output


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("--to", "nowhere"), "HOST:PORT"),
        (("--protocol", "morse"), "wialon, egts"),
        (("--shift-to", "yesterday"), "NOW"),
        (("--shift-to", "2026-11-19T22:00:00"), "offset"),
    ],
)
def test_a_wrong_option_of_simulate_is_explained(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    track = tmp_path / "track.log"
    track.write_text("$GPRMC,120000.00,A,4836.0000,N,06654.0000,E,0.0,0.0,191126,,,A*60\r\n")
    options = {"--to": "127.0.0.1:1", "--protocol": "wialon", "--device": "1"} | dict([change])
    done = RUN.invoke(app, ["simulate", str(track), *(word for pair in options.items() for word in pair)])
    assert done.exit_code == 2
    assert complaint in done.output.replace("\n", " ")


def test_a_track_without_positions_is_refused_with_its_reason(tmp_path: Path) -> None:
    track = tmp_path / "track.log"
    track.write_text("nothing that a receiver would say\n")
    done = RUN.invoke(app, ["simulate", str(track), "--protocol", "wialon", "--to", "127.0.0.1:1", "--device", "1"])
    assert done.exit_code == 1
    assert str(track) in done.output
