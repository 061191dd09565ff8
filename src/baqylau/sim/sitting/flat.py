"""A flat with an audio-visual unit, and the server that compares: the real parts, without waiting.

The unit's core, its segments, spool, signature and upload are those of the board; reception, sealed recordings,
templates and the comparison's process are those of the server. Only camera, microphone and clock are ours: an hour
takes as long as its arithmetic.
"""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import SystemRandom

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.devices.av_unit.acts import CloseCapture, OpenCapture, Show
from baqylau.devices.av_unit.core import AvUnit
from baqylau.devices.av_unit.inputs import AvInput, Looked
from baqylau.devices.av_unit.looking import look, loudness
from baqylau.devices.av_unit.state import begin
from baqylau.devices.linux_unit.inputs import ButtonPressed, ClockTold, Ordered, Started, Tick
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.media_spool import BegunRecording, MediaSpool, Sealed
from baqylau.devices.linux_unit.media_upload import MediaUpload
from baqylau.devices.linux_unit.outputs import Do
from baqylau.domain.checks import CheckKind, Likeness
from baqylau.domain.commands import BeginCheck, Command
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.people import Language
from baqylau.domain.recordings import Occasion
from baqylau.links.clips import CONTENT_TYPE, Clip, ClipWriter
from baqylau.links.device_line import LineError
from baqylau.links.face_finder import Finder
from baqylau.monitoring.av_server.apart import Apart
from baqylau.monitoring.av_server.evidence import KeptEvidence
from baqylau.monitoring.av_server.reception import Reception, Sought
from baqylau.monitoring.av_server.report import Judged
from baqylau.monitoring.av_server.shelf import Shelf, Vectors
from baqylau.monitoring.av_server.working import Material, Worker
from baqylau.protocols.batch.records import ClockQuality
from baqylau.protocols.media.manifest import MediaKind
from baqylau.protocols.media.paths import MANIFESTS
from baqylau.sim.sitting.sitter import Prompt, Sitter
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.templates import TemplateStore
from baqylau.storage.journal.journal import Journal
from baqylau.storage.journal.quarantine import Quarantine
from baqylau.storage.vault import Vault

UNIT = DeviceId("av-1")
BEGAN_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
RATE_HZ = 10
"""Pictures in a second: a camera in a room that is not bright."""
SIT_MAX_S = 120
_LOOK_EVERY = 2
_SECOND = timedelta(seconds=1)


class Asked(Struct, frozen=True, kw_only=True):
    """A check that the server asked for."""

    check_id: CheckId
    person_id: PersonId
    nonce: bytes
    at: datetime


class Server:
    """The half that receives and compares."""

    def __init__(self, engine: Engine, folder: Path, key: Signer) -> None:
        """Take a migrated database, a folder for recordings, and the unit's key."""
        self.now = BEGAN_AT
        vault = Vault(engine, bytes(32), os.urandom)
        self.journal = Journal(engine, vault, self.clock, os.urandom)
        self.media = Media(engine, vault, folder / "media", self.clock, os.urandom)
        self.shelf = Shelf(TemplateStore(engine, vault, self.clock, os.urandom), bytes(32))
        self.asked: dict[CheckId, Sought] = {}
        self.signer = Signer(bytes(range(32, 64)))
        self._apart = Apart(self.shelf, folder / "models")
        self._judged: list[Judged] = []
        """What the comparison said; what counts is what was written of it."""
        self.refused: list[str] = []
        self._worker = Worker(media=self.media, journal=self.journal, judging=self, now=self.clock)
        self._reception = Reception(
            media=self.media,
            seek=self.asked.get,
            key_of={UNIT: PublicKey(key.public_key)}.get,
            signer=self.signer,
            evidence=KeptEvidence(self.journal, Quarantine(engine, vault, self.clock, os.urandom), self.clock),
            now=self.clock,
        )

    def clock(self) -> datetime:
        """Give the time."""
        return self.now

    def enrol(self, person_id: PersonId, made: tuple[Vectors, ...]) -> None:
        """Put templates away."""
        self.shelf.put(person_id, made, (), by="sim")

    def ask(self, person_id: PersonId, nonce: bytes) -> Asked:
        """Ask for a check, due now, for fifteen minutes."""
        check_id = CheckId(f"check-{len(self.asked) + 1}")
        self.asked[check_id] = Sought(
            check_id=check_id,
            kind=Occasion.IDENTITY,
            person_id=person_id,
            device_id=UNIT,
            nonce=nonce,
            due_at=self.now,
            expires_at=self.now + timedelta(minutes=15),
        )
        return Asked(check_id=check_id, person_id=person_id, nonce=nonce, at=self.now)

    def judged(self, material: Material) -> Judged:
        """Compare in the process that does so in service, and remember what came of it."""
        self._judged.append(self._apart.judged(material))
        return self._judged[-1]

    def compared(self) -> Judged | None:
        """Compare what waits, and give what was written into the journal; None where nothing waits."""
        self._judged.clear()
        while self._worker.once():
            pass
        judged = self._judged[-1] if self._judged else None
        return None if judged is None else replace(judged, likeness=self._written(judged.likeness.check_id))

    def _written(self, check_id: CheckId) -> Likeness:
        told = self.journal.of_devices([UNIT], self.now - timedelta(hours=1))
        bodies = (body for one in told for body in one.bodies)
        return next(body for body in bodies if isinstance(body, Likeness) and body.check_id == check_id)

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        """Be the line on which a unit brings recordings."""
        del waits_s
        reception = self._reception
        reply = reception.manifest(body, "sim") if path == MANIFESTS else reception.piece(body, "sim")
        if not reply.body:
            self.refused.append(str(reply.outcome))
            raise LineError(reply.outcome)
        return reply.body

    def close(self) -> None:
        """End the comparison's process."""
        self._apart.close()


class Unit:
    """The half in the flat."""

    def __init__(self, folder: Path, server: Server, find: Finder | None, key: Signer) -> None:
        """Take a folder of its own, the server, what finds faces for guidance, and its key."""
        self._server, self._find = server, find
        identity = Identity(device_id=UNIT, signer=key, trusted=(server.signer.public_key,))
        self.spool = MediaSpool(folder, key, UNIT)
        self._upload = MediaUpload(identity, server, self.spool, server.clock, SystemRandom())

    def sit(self, asked: Asked, sitter: Sitter, *, lamp: bool = False, cut_at: int | None = None) -> Sealed:
        """Let somebody take a check, from the button to the signature. `LookupError` when nothing was signed.

        `cut_at`: the power is cut when so many steps were asked for, and comes back.
        """
        sealed = _Sitting(self, asked, sitter, lamp=lamp, cut_at=cut_at).run(self._find, self._server.now)
        self._server.now = sealed[1] + _SECOND
        return sealed[0]

    def bring(self) -> None:
        """Bring what is signed to the server."""
        asyncio.run(self._brought())

    async def _brought(self) -> None:
        while await self._upload.once():
            pass

    def close(self) -> None:
        """Close the spool."""
        self.spool.close()


class _Sitting:
    """One check at the unit."""

    def __init__(self, unit: Unit, asked: Asked, sitter: Sitter, *, lamp: bool, cut_at: int | None) -> None:
        self._spool, self._asked, self._sitter = unit.spool, asked, sitter
        self._core, self._state, self._cut_at = AvUnit(lamp=lamp), begin(UNIT), cut_at
        self._ms, self._opened_ms, self._at = 0, 0, asked.at
        self._writer: ClipWriter | None = None
        self._sealed: Sealed | None = None

    def run(self, find: Finder | None, now: datetime) -> tuple[Sealed, datetime]:
        self._at = now
        self._take(ClockTold(at=now, monotonic_ms=0, quality=ClockQuality.NETWORK))
        self._take(Started(at=now, monotonic_ms=0, sources=()))
        self._take(Ordered(at=now, monotonic_ms=0, command=_command(self._asked)))
        self._take(ButtonPressed(at=now, monotonic_ms=0))
        for number in range(SIT_MAX_S * RATE_HZ):
            if self._sealed is not None:
                return self._sealed, self._instant()
            self._moment(number, find)
            session = self._state.session
            if self._cut_at is not None and session is not None and len(session.marks) >= self._cut_at:
                self._take(Started(at=self._instant(), monotonic_ms=self._ms, sources=()))
        raise LookupError(self._asked.check_id)

    def _instant(self) -> datetime:
        return self._at + timedelta(milliseconds=self._ms)

    def _moment(self, number: int, find: Finder | None) -> None:
        """Let one picture and the sound beside it pass."""
        at_s = (self._ms - self._opened_ms) / 1000
        pixels = self._sitter.picture(at_s)
        sound = self._sitter.heard(at_s, at_s + 1 / RATE_HZ)
        if self._writer is not None:
            self._writer.see(pixels, self._ms)
            self._writer.hear(sound, self._ms)
        self._ms += 1000 // RATE_HZ
        if number % _LOOK_EVERY == 0:
            seen = look(pixels, None if find is None else find(pixels), loudness(sound))
            self._take(
                Looked(at=self._instant(), monotonic_ms=self._ms, check_id=self._asked.check_id, look=seen)
            )  # fmt: skip
        self._take(Tick(at=self._instant(), monotonic_ms=self._ms))

    def _take(self, said: AvInput) -> None:
        self._state, outputs = self._core.step(self._state, said)
        for one in outputs:
            if isinstance(one, Do):
                self._do(one.act)

    def _do(self, act: Struct) -> None:
        match act:
            case OpenCapture():
                self._open(act)
            case Show():
                at_s = (self._ms - self._opened_ms) / 1000
                self._sitter.told(Prompt(at_s=at_s, key=act.key, digit=act.digit, light=act.light))
            case CloseCapture():
                if self._writer is not None:
                    self._writer.close(self._ms - self._opened_ms)
                self._sealed = self._spool.seal(act.check_id, act.ended_at, act.how, act.marks)
            case _:
                raise TypeError(act)

    def _open(self, act: OpenCapture) -> None:
        self._opened_ms = self._ms
        self._spool.begin(
            BegunRecording(
                check_id=act.check_id,
                kind=Occasion(act.kind),
                person_id=act.person_id,
                nonce=act.nonce,
                began_at=act.began_at,
                lamp=act.lamp,
            )
        )
        self._writer = ClipWriter(self._keep)

    def _keep(self, clip: Clip) -> None:
        self._spool.add(
            self._asked.check_id,
            clip.content,
            kind=MediaKind.CLIP,
            content_type=CONTENT_TYPE,
            from_ms=clip.from_ms,
            duration_ms=clip.duration_ms,
        )


def _command(asked: Asked) -> Command:
    order = BeginCheck(
        check_id=asked.check_id,
        kind=CheckKind.IDENTITY,
        person_id=asked.person_id,
        nonce=asked.nonce,
        due_at=asked.at,
        remind_at=asked.at + timedelta(minutes=5),
        expires_at=asked.at + timedelta(minutes=15),
        language=Language.EN,
    )
    return Command(
        device_id=UNIT, number=1, issued_at=asked.at, expires_at=asked.at + timedelta(hours=1), order=order
    )  # fmt: skip
