"""The comparison in a process of its own: what is hidden in a recording can end that process and nothing else.

The process holds the models. It ends when its line to us does, also when we are killed. What it answers is read as data
alone.
"""

import os
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from baqylau.domain.checks import CheckKind, LikenessReason
from baqylau.domain.ids import PersonId
from baqylau.monitoring.av_server.decoding import Segment, decoded, photographed
from baqylau.monitoring.av_server.enrolment import Refused
from baqylau.monitoring.av_server.equipment import Models, load_models
from baqylau.monitoring.av_server.examining import Examined, Offer, examined
from baqylau.monitoring.av_server.judging import judge_clip, judge_photos
from baqylau.monitoring.av_server.models import ManifestError, ModelRefusedError
from baqylau.monitoring.av_server.recording import Prompted
from baqylau.monitoring.av_server.report import Judged
from baqylau.monitoring.av_server.templates import Templates
from baqylau.monitoring.av_server.working import JudgingFailedError, Material, unjudged

WITHIN_CPU_S = 180.0
"""A comparison that works longer is broken off: nine times what a minute of recording takes. Counted is what it worked,
not what it waited: a busy machine breaks off nobody's check. [D]"""
STANDS_STILL_S = 120.0
"""One that does not work at all for so long has come to a halt. [D]"""
_LOOK_S = 1.0

T = TypeVar("T")


class Shelf(Protocol):
    """Where templates are."""

    def of(self, person_id: PersonId) -> Templates:
        """Give what a person is compared with."""


class Apart:
    """One process that compares, begun at the first comparison and again after it died."""

    def __init__(self, shelf: Shelf, models: Path, within_cpu_s: float = WITHIN_CPU_S) -> None:
        """`models`: the folder of the models that this installation adds or changes."""
        self._shelf, self._models, self._within_cpu_s = shelf, models, within_cpu_s
        self._process: BaseProcess | None = None
        self._line: Connection | None = None

    def judged(self, material: Material) -> Judged:
        """Compare; `JudgingFailedError` when that came to no end."""
        judged = self._answer((material, self._shelf.of(material.person_id)), Judged)
        if judged.likeness.check_id != material.check_id:
            self.close()
            msg = "the comparison spoke of another check"
            raise JudgingFailedError(msg)
        return judged

    def examined(self, offer: Offer) -> Examined:
        """Look at what was brought for an enrolment; `JudgingFailedError` when that came to no end."""
        return self._answer(offer, Examined)

    def _answer(self, asked: object, kind: type[T]) -> T:
        line = self._line or self._begun()
        try:
            line.send(asked)
            answer = line.recv_bytes() if self._came(line) else b""
            return msgspec.msgpack.decode(answer, type=kind)
        except (OSError, EOFError, msgspec.DecodeError) as wrong:
            self.close()
            msg = f"the comparison ended or took too long: {type(wrong).__name__}"
            raise JudgingFailedError(msg) from wrong

    def _came(self, line: Connection) -> bool:
        """Wait for the answer; False when the process worked for too long, or not at all."""
        began_s = worked_s = _worked_s(self.pid)
        still_s = 0.0
        while not line.poll(_LOOK_S):
            now_s = _worked_s(self.pid)
            still_s = 0.0 if now_s > worked_s else still_s + _LOOK_S
            worked_s = now_s
            if worked_s - began_s > self._within_cpu_s or still_s > STANDS_STILL_S:
                return False
        return True

    @property
    def pid(self) -> int | None:
        """The process, where there is one."""
        return None if self._process is None else self._process.pid

    def close(self) -> None:
        """End the process."""
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._line = None

    def _begun(self) -> Connection:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=compare, args=(theirs, self._models), name="comparison", daemon=True)
        process.start()
        theirs.close()
        self._process, self._line = process, ours
        return ours


def _worked_s(pid: int | None) -> float:
    """Give how long a process has worked; `OSError` when it is gone."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    user, system = fields[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def compare(line: Connection, folder: Path) -> None:
    """Compare, and look at, what comes over the line until it ends."""
    try:
        models: Models | None = load_models(folder)
    except (ImportError, ManifestError, ModelRefusedError):
        models = None
    while True:
        try:
            asked = line.recv()
        except EOFError:
            return
        line.send_bytes(msgspec.msgpack.encode(_answered(asked, models)))


def _answered(asked: Offer | tuple[Material, Templates], models: Models | None) -> Examined | Judged:
    if isinstance(asked, Offer):
        return _looked_at(asked, models)
    material, templates = asked
    return _judged(material, templates, models)


def _looked_at(offer: Offer, models: Models | None) -> Examined:
    return examined(offer, models) if models is not None else Examined(objections=(("", Refused.NO_MODEL),))


def _judged(material: Material, templates: Templates, models: Models | None) -> Judged:
    if models is None:
        return unjudged(material.check_id, LikenessReason.NO_MODEL)
    return _compared(material, templates, models)


def _compared(material: Material, templates: Templates, models: Models) -> Judged:
    if material.kind is CheckKind.BREATH:
        photos = photographed([(from_ms / 1000, content) for from_ms, content in material.photos])
        return judge_photos(material.check_id, photos, templates, models)
    recording = decoded([Segment(from_ms / 1000, content) for from_ms, content in material.clips])
    prompted = [Prompted(mark.step, mark.from_ms / 1000, mark.until_ms / 1000) for mark in material.marks]
    return judge_clip(material.check_id, recording, prompted, templates, models)
