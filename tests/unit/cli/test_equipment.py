"""`device ...` as a technician uses it, over a real database."""

import json
from pathlib import Path

import pytest
from cryptography import x509
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.blocks import aes
from baqylau.crypto.signing import Signer
from baqylau.devices.bracelet import core as bracelet
from baqylau.domain.commands import CommandState, ReportNow, TellPerson, WalkNow
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import DeviceKind, Person
from baqylau.links.wall_clock import now
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.storage.access.audit import Audit
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.journal.quarantine import Item, Quarantine
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.micropython.table import ROOT, SITTING, Table
from tests.unit.links.contacts import contacts

RUN = CliRunner()
KEY = Signer(bytes([9] * 32)).public_key.hex()


class Bench:
    """A technician at a terminal."""

    def __init__(self, dsn: str, data: Path) -> None:
        self._options = ["--database", dsn, "--data", str(data), "--language", "en"]

    def does(self, *words: str, by: str = "dana") -> tuple[int, str]:
        options = (
            self._options if words[0] in {"list", "keys", "commands", "strangers"} else [*self._options, "--by", by]
        )
        done = RUN.invoke(app, ["device", *words, *options])
        return done.exit_code, done.output


@pytest.fixture
def bench(dsn: str, engine: Engine, tmp_path: Path) -> Bench:
    people = (Person(id=PersonId("ainur"), name="Ainur Invented"),)
    Registers(engine, now).save(Registry(people=people), by="test")
    return Bench(dsn, tmp_path)


def test_a_bracelet_is_provisioned_once_and_its_root_shown_once(bench: Bench, engine: Engine) -> None:
    status, said = bench.does("provision", "br-1", "--kind", "bracelet", "--serial", "B-0001")
    assert status == 0
    word, serial, root, _second = said.splitlines()[0].split()
    assert (word, serial, len(root)) == ("PROVISION", "B-0001", 64)
    (device,) = Registers(engine, now).devices()
    assert (device.kind, device.protocol, device.number) == (DeviceKind.BRACELET, "beacon", "B-0001")
    assert bench.does("provision", "br-1") == (1, "br-1 already has such a key in use. Revoke it first.\n")
    assert root not in "".join(bench.does(*words)[1] for words in (["list"], ["keys", "br-1"]))
    status, said = bench.does("order", "br-1", "fitted")
    assert (status, said.split()[0], len(said.split()[1])) == (0, "ORDER", 34)


def test_a_unit_is_enrolled_and_learns_whom_to_trust(bench: Bench, tmp_path: Path) -> None:
    out = tmp_path / "unit.json"
    new = ("--kind", "home_unit", "--serial", "H-0001", "--out", str(out))
    assert bench.does("enrol", "hu-1", "--key", KEY, *new)[0] == 0
    told = json.loads(out.read_text())
    leaf, issuing = x509.load_pem_x509_certificates(told["certificate"].encode())
    (root,) = x509.load_pem_x509_certificates(told["root"].encode())
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    assert len(bytes.fromhex(told["server_key"])) == 32
    assert bench.does("enrol", "hu-1", "--key", "beef") == (1, "beef is not a key: it has 2 bytes instead of 32.\n")


def test_fittings_are_acts_that_the_audit_keeps(bench: Bench, engine: Engine) -> None:
    for name in ("br-1", "br-2"):
        bench.does("provision", name, "--kind", "bracelet", "--serial", name.upper())
    assert bench.does("fit", "br-1", "ainur") == (0, "br-1 is on ainur now.\n")
    assert bench.does("fit", "br-1", "nobody")[0] == 1
    status, said = bench.does("swap", "br-1", "br-2", "--why", "the strap is worn", by="serik")
    assert (status, said) == (0, "br-2 took the place of br-1 on ainur. Alarms about both rest for 30 min.\n")
    supervision = Registers(engine, now).supervision(PersonId("ainur"))
    assert [(one.device_id, one.until_at is None) for one in supervision.fittings] == [("br-1", False), ("br-2", True)]
    assert {(one.device_id, one.by) for one in supervision.maintenances} == {("br-1", "serik"), ("br-2", "serik")}
    assert bench.does("unfit", "br-2") == (0, "br-2 is off ainur.\n")
    assert bench.does("unfit", "br-2") == (1, "br-2 is on nobody.\n")
    saved = [entry.who for entry in Audit(engine, now).latest(9) if entry.what == "registers.save"]
    assert saved[:3] == ["dana", "serik", "dana"]


def test_a_home_unit_is_put_on_everybody_in_the_flat_and_taken_off_one_or_all(bench: Bench, engine: Engine) -> None:
    registers = Registers(engine, now)
    registers.save(Registry(people=(Person(id=PersonId("bolat"), name="Bolat Invented"),)), by="test")
    for name in ("hu-1", "hu-2"):
        bench.does("enrol", name, "--key", KEY, "--kind", "home_unit", "--serial", name.upper())
    bench.does("provision", "br-1", "--kind", "bracelet", "--serial", "B-0001")
    for person in ("ainur", "bolat"):
        assert bench.does("fit", "hu-1", person)[0] == 0
    bench.does("fit", "br-1", "ainur")
    assert bench.does("fit", "br-1", "bolat")[0] == 1
    assert "ainur, bolat" in bench.does("list")[1]
    status, said = bench.does("swap", "hu-1", "hu-2", "--why", "a new model")
    assert (status, said) == (0, "hu-2 took the place of hu-1 on ainur, bolat. Alarms about both rest for 30 min.\n")
    assert bench.does("unfit", "hu-2", "--person", "ainur") == (0, "hu-2 is off ainur.\n")
    assert bench.does("unfit", "hu-2") == (0, "hu-2 is off bolat.\n")
    assert bench.does("unfit", "hu-2") == (1, "hu-2 is on nobody.\n")


def test_a_bracelet_whose_battery_was_pulled_tells_the_right_time_after_its_clock_was_set_over_its_contacts(
    bench: Bench, tmp_path: Path
) -> None:
    table, begun_s = Table(bracelet, aes, SITTING), int(seconds_at(now()))
    table.provision(begun_s)
    table.fit()
    table.wait(60)
    (tmp_path / "root").write_bytes(ROOT)
    new = ("--kind", "bracelet", "--serial", "B-17", "--root-file", str(tmp_path / "root"))
    assert bench.does("provision", "br-1", *new)[0] == 0
    table.power_lost(1_000)
    table.show()
    table.wait(6)
    assert "clock_unset" in table.air[-1].status().now
    assert table.air[-1].pair[0] - begun_s > 300, "ahead of its time: every receiver refuses it as stale"
    with contacts(table.ask) as line:
        assert bench.does("order", "br-1", "clock", "--line", str(line)) == (0, "br-1 has carried out: clock.\n")
    table.wait(10)
    assert "clock_unset" not in table.air[-1].status().now
    assert abs(table.air[-1].pair[0] - int(seconds_at(now()))) <= 30
    with contacts(lambda _: "NO order") as line:
        status, said = bench.does("order", "br-1", "clock", "--line", str(line))
        assert (status, said) == (1, "br-1 did not take the order. It answered: NO order\n")
    assert "no-such-line" in bench.does("order", "br-1", "clock", "--line", "/dev/no-such-line")[1]


def test_a_stolen_unit_is_revoked_and_the_reason_stays(bench: Bench) -> None:
    bench.does("enrol", "hu-1", "--key", KEY, "--kind", "home_unit", "--serial", "H-0001")
    assert bench.does("revoke", "hu-1", "--why", "stolen")[0] == 0
    assert bench.does("revoke", "hu-1", "--why", "stolen") == (1, "hu-1 has no key in use.\n")
    assert "stolen" in bench.does("keys", "hu-1")[1]
    assert bench.does("enrol", "hu-1", "--key", KEY)[0] == 0


def test_a_unit_is_ordered_and_its_commands_are_listed(bench: Bench, engine: Engine) -> None:
    bench.does("enrol", "hu-1", "--key", KEY, "--kind", "home_unit", "--serial", "H-0001")
    bench.does("provision", "br-1", "--kind", "bracelet", "--serial", "B-0001")
    assert bench.does("command", "report", "hu-1") == (0, "Command 1 waits for hu-1. It ends in 60 min.\n")
    assert bench.does("command", "tell", "hu-1", "Charge the bracelet.", "--spoken", "en", "--minutes", "5")[0] == 0
    assert bench.does("command", "walk", "hu-1", "br-1", "--room", "kitchen", "--room", "bath")[0] == 0
    assert bench.does("command", "report", "br-1")[0] == 1
    rows = Commands(engine, now).of([DeviceId("hu-1")])
    orders = {row.command.number: row.command.order for row in rows}
    assert orders[1] == ReportNow()
    assert isinstance(orders[2], TellPerson)
    assert orders[2].text == "Charge the bracelet."
    assert isinstance(orders[3], WalkNow)
    assert (orders[3].rooms, orders[3].by) == (("kitchen", "bath"), "dana")
    assert {(row.by, row.state) for row in rows} == {("dana", CommandState.QUEUED)}
    assert "waits for the device" in bench.does("commands", "hu-1")[1]
    assert "hu-1" in bench.does("list")[1]
    assert bench.does("command", "report", "hu-9")[0] == 1


def test_a_device_that_calls_unregistered_is_shown_until_it_is_let_in(
    bench: Bench, engine: Engine, tmp_path: Path
) -> None:
    assert bench.does("strangers") == (0, "No unregistered device has called.\n")
    quarantine = Quarantine(engine, vaulted(engine, tmp_path).vault, now, bytes)
    call = Item(
        protocol="gt06", peer="203.0.113.7:1", number="17", fault="not_signed_in", detail="unknown_device", raw=b""
    )
    quarantine.keep([call])
    status, said = bench.does("strangers")
    assert (status, "gt06" in said, "203.0.113.7" in said) == (0, True, True)
    assert bench.does("allow", "tr-1", "--protocol", "pigeon", "--number", "17")[0] == 1
    assert bench.does("allow", "tr-1", "--protocol", "gt06", "--number", "17")[0] == 0
    assert bench.does("allow", "tr-1", "--protocol", "gt06", "--number", "17") == (1, "tr-1 is registered already.\n")
    assert bench.does("strangers") == (0, "No unregistered device has called.\n")
    [device] = Registers(engine, now).devices()
    assert (device.kind, device.protocol, device.number) == (DeviceKind.TRACKER, "gt06", "17")
