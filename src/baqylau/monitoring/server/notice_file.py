"""The file that says who is told what: `notices.yaml` in the folder of the installation. It holds secrets."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml

from baqylau.domain.targets import Telling, mistakes

NAME = "notices.yaml"
_Kind = TypeVar("_Kind")


class NoticeFileError(Exception):
    """The file cannot be used; `key` and `params` make the sentence that says why."""

    def __init__(self, key: str, **params: str) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


def version_in(data_dir: Path, name: str = NAME) -> tuple[int, int] | None:
    """Give by what a change of the file is seen, None where there is no file."""
    try:
        found = (data_dir / name).stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_mode


def telling_in(data_dir: Path) -> Telling:
    """Read who is told what; nobody where there is no file. `NoticeFileError` when the file is not as it must be."""
    file = data_dir / NAME
    telling = secret_file(file, Telling)
    for key, params in _mistakes(telling):
        raise NoticeFileError(key, file=str(file), **params)
    return telling


def secret_file(file: Path, kind: type[_Kind]) -> _Kind:
    """Read a file that holds secrets; the kind's defaults where there is none. `NoticeFileError` as above."""
    try:
        said = file.read_bytes()
        open_to_others = file.stat().st_mode & 0o077
    except FileNotFoundError:
        return kind()
    except OSError as wrong:
        raise NoticeFileError("notice.file.cannot_read", file=str(file), why=wrong.strerror or "") from wrong
    if open_to_others:
        raise NoticeFileError("notice.file.open_to_others", file=str(file))
    return _decoded(said, str(file), kind)


def _decoded(said: bytes, file: str, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.convert(yaml.safe_load(said) or {}, kind)
    except (yaml.YAMLError, msgspec.ValidationError) as wrong:
        why = str(wrong).partition("\n")[0]
        raise NoticeFileError("notice.file.malformed", file=file, why=why) from wrong


def _mistakes(telling: Telling) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        ZoneInfo(telling.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield "notice.file.no_timezone", {"timezone": telling.timezone}
    for mistake in mistakes(telling):
        yield f"notice.file.{mistake.what}", {"target": mistake.target}
