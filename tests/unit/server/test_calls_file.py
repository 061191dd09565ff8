"""The servers of live calls as a file names them: passes that end with the call, and sentences for what is wrong."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest

from baqylau.domain.calls import LASTS_S, IceServer
from baqylau.monitoring.server.calls_file import NAME, for_call, ice_in
from baqylau.monitoring.server.doctor import examine_calls

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def written(folder: Path, said: str) -> Path:
    file = folder / NAME
    file.write_text(said, encoding="utf-8")
    file.chmod(0o600)
    return folder


def test_no_file_is_no_server_and_the_doctor_says_what_that_means(tmp_path: Path) -> None:
    assert for_call(ice_in(tmp_path), NOON) == ()
    assert [(one.grade, one.key) for one in examine_calls(tmp_path)] == [("ok", "doctor.calls_direct")]


def test_a_secret_becomes_a_pass_that_ends_soon_after_the_longest_call(tmp_path: Path) -> None:
    folder = written(tmp_path, "servers:\n  - url: stun:s.kz\n  - {url: 'turn:t.kz:3478?transport=tcp', secret: abc}\n")
    stun, turn = for_call(ice_in(folder), NOON)
    assert stun == IceServer(url="stun:s.kz")
    until_s = int(turn.username.partition(":")[0]) - NOON.timestamp()
    assert LASTS_S < until_s < 2 * LASTS_S
    assert turn.credential == b64encode(hmac.digest(b"abc", turn.username.encode(), "sha1")).decode()
    assert [one.key for one in examine_calls(folder)] == ["doctor.calls"]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("servers: [{url: 'https://t.kz'}]", "call.file.url"),
        ("servers: [{url: 'turn:t.kz'}]", "call.file.no_password"),
        ("servers: [{url: 'turn:t.kz', username: u}]", "call.file.no_password"),
        ("servers: [{url: 'turn:t.kz', token: u}]", "notice.file.malformed"),
    ],
)
def test_what_cannot_be_used_is_said_by_the_doctor(tmp_path: Path, said: str, key: str) -> None:
    assert [(one.grade, one.key) for one in examine_calls(written(tmp_path, said))] == [("fault", key)]
