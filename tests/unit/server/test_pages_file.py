"""How browsers come to the workstation, as a file says it: what is understood, and sentences for what is not."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from baqylau.domain.people import Language
from baqylau.locales import text
from baqylau.monitoring.server import pages_file
from baqylau.monitoring.server.link import link_file
from baqylau.monitoring.server.notice_file import NoticeFileError
from baqylau.monitoring.server.pages_file import pages_in
from baqylau.monitoring.server.set_up import examine_environment, examine_files, examine_pages
from baqylau.storage.equipment.authorities import server_chain

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def written(folder: Path, said: str, name: str = pages_file.NAME) -> Path:
    file = folder / name
    file.write_text(said, encoding="utf-8")
    file.chmod(0o600)
    return folder


def certified(folder: Path) -> str:
    """A certificate of an invented authority with its key, and the lines of a file that name both."""
    chain, key = server_chain(folder / "keys", ("bq.example.kz",), os.urandom, NOW, "web")
    return f"certificate: {chain}\nkey: {key}\n"


def test_without_a_file_browsers_come_from_this_machine(tmp_path: Path) -> None:
    told = pages_in(tmp_path)
    assert not told.sealed
    assert told.address_or("127.0.0.1", 8080) == "http://127.0.0.1:8080"
    assert told.address_or("::1", 8080) == "http://[::1]:8080"
    assert list(examine_files(tmp_path, NOW)) == []


def test_behind_a_proxy_the_address_is_the_one_that_browsers_see(tmp_path: Path) -> None:
    told = pages_in(written(tmp_path, "address: https://bq.example.kz\nproxies: [127.0.0.1, 10.1.0.0/24]\n"))
    assert told.sealed
    assert told.address_or("127.0.0.1", 8080) == "https://bq.example.kz"
    assert told.proxies == ("127.0.0.1", "10.1.0.0/24")


def test_a_certificate_of_our_own_seals_the_line_and_the_doctor_counts_its_days(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    folder = written(tmp_path, certified(tmp_path))
    assert pages_in(folder).address_or("10.0.0.5", 443) == "https://10.0.0.5:443"
    read, holds = examine_files(folder, NOW)
    assert (read.grade, read.key) == ("ok", "doctor.file_read")
    left = int(holds.params["days"])
    assert (holds.grade, holds.key) == ("ok", "doctor.certificate")
    soon, late = (NOW + timedelta(days=days) for days in (left - 20, left + 2))
    assert [(one.grade, one.key) for one in examine_files(folder, soon)][1] == ("warning", "doctor.certificate_ends")
    assert [(one.grade, one.key) for one in examine_files(folder, late)][1] == ("fault", "doctor.certificate_over")


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("address: bq.example.kz", "front.file.address"),
        ("address: https://bq.example.kz/", "front.file.address"),
        ("address: https://bq.example.kz/pages", "front.file.address"),
        ("proxies: [proxy.example.kz]", "front.file.proxy"),
        ("certificate: /etc/baqylau/bq.pem", "front.file.pair"),
        ("{certificate: /nowhere/bq.pem, key: /nowhere/bq.key}", "front.file.certificate"),
        ("metrics_token: short", "front.file.token"),
        ("adress: https://bq.example.kz", "notice.file.malformed"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(tmp_path: Path, said: str, key: str) -> None:
    folder = written(tmp_path, said)
    with pytest.raises(NoticeFileError) as refused:
        pages_in(folder)
    assert refused.value.key == key
    assert str(folder) in text(Language.EN, key, **refused.value.params)
    assert [(one.grade, one.key) for one in examine_files(folder, NOW)] == [("fault", key)]


def test_a_file_with_a_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    folder = written(tmp_path, f"metrics_token: {'t' * 32}")
    assert pages_in(folder).metrics_token
    (folder / pages_file.NAME).chmod(0o644)
    assert [one.key for one in examine_files(folder, NOW)] == ["notice.file.open_to_others"]


def test_the_doctor_reads_the_file_of_the_link_too(tmp_path: Path) -> None:
    written(tmp_path, "certificate: /nowhere/em.pem\nkey: /nowhere/em.key\n", link_file.NAME)
    assert [(one.grade, one.key) for one in examine_files(tmp_path, NOW)] == [
        ("ok", "doctor.file_read"),
        ("fault", "doctor.certificate_wrong"),
    ]
    written(tmp_path, "certificate: /nowhere/em.pem\n", link_file.NAME)
    assert [(one.grade, one.key) for one in examine_files(tmp_path, NOW)] == [("fault", "doctor.file_wrong")]


def test_pages_for_other_machines_without_tls_are_worth_a_look(tmp_path: Path) -> None:
    assert list(examine_pages(tmp_path, "127.0.0.1")) == []
    assert [(one.grade, one.key) for one in examine_pages(tmp_path, "0.0.0.0")] == [  # noqa: S104 - the point of the story
        ("warning", "doctor.pages_without_tls")
    ]
    written(tmp_path, "address: https://bq.example.kz")
    assert list(examine_pages(tmp_path, "0.0.0.0")) == []  # noqa: S104 - the point of the story


def test_a_variable_of_ours_that_nobody_reads_is_a_slip_of_the_pen() -> None:
    found = examine_environment(["PATH", "BAQYLAU_HOST", "BAQYLAU_DATABSE"], {"BAQYLAU_HOST", "BAQYLAU_DATABASE"})
    assert [(one.grade, one.key, one.params) for one in found] == [
        ("warning", "doctor.variable_unknown", {"name": "BAQYLAU_DATABSE"})
    ]
