"""The reception of the audio-visual server in a test, with a unit that brings recordings over a line in memory."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom

from sqlalchemy import Engine

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.media_spool import BegunRecording, MediaSpool, Sealed
from baqylau.devices.linux_unit.media_upload import MediaUpload
from baqylau.domain.challenge import challenge
from baqylau.domain.checks import CheckKind, Ending
from baqylau.domain.ids import CheckId, DeviceId
from baqylau.domain.recordings import Occasion
from baqylau.links.device_line import LineError
from baqylau.monitoring.av_server.evidence import KeptEvidence
from baqylau.monitoring.av_server.reception import Reception, Sought
from baqylau.monitoring.server.link.desk import Outcome, Reply
from baqylau.protocols.media.manifest import Mark, MediaKind
from baqylau.protocols.media.paths import MANIFESTS
from baqylau.storage.checks.media import Media
from baqylau.storage.journal.quarantine import Quarantine
from tests.unit.storage.kept import AIGUL, NOON, House
from tests.unit.storage.recorded import CLIP, KEY, NONCE, PHOTO, UNIT

CHECK = CheckId("c-1")
SERVER = Signer(bytes(range(32, 64)))
SOUGHT = Sought(
    check_id=CHECK,
    kind=Occasion.IDENTITY,
    person_id=AIGUL,
    device_id=UNIT,
    nonce=NONCE,
    due_at=NOON - timedelta(minutes=10),
    expires_at=NOON + timedelta(minutes=10),
)
BEGUN = BegunRecording(check_id=CHECK, kind=Occasion.IDENTITY, person_id=AIGUL, nonce=NONCE, began_at=NOON)


def marks(nonce: bytes = NONCE) -> tuple[Mark, ...]:
    """Give the steps of a check, one second each."""
    steps = challenge(CheckKind.IDENTITY, nonce)
    return tuple(Mark(from_ms=1000 * at, until_ms=1000 * at + 900, step=step) for at, step in enumerate(steps))


class Server:
    """The half that receives."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.house = House(engine)
        self.house.now = NOON + timedelta(minutes=1)
        self.keys: dict[DeviceId, PublicKey] = {UNIT: PublicKey(KEY.public_key)}
        self.asked = {CHECK: SOUGHT}
        self.seek: Callable[[CheckId], Sought | None] = self.asked.get
        self.folder = folder
        self.media = self.opened()
        quarantine = Quarantine(engine, self.house.vault, self.house.clock, self.house.random)
        self.evidence = KeptEvidence(self.house.journal, quarantine, self.house.clock)
        self.quarantine = quarantine

    def opened(self) -> Media:
        return Media(self.house.engine, self.house.new_vault(), self.folder, self.house.clock, self.house.random)

    @property
    def reception(self) -> Reception:
        return Reception(
            media=self.media,
            seek=self.seek,
            key_of=self.keys.get,
            signer=SERVER,
            evidence=self.evidence,
            now=self.house.clock,
        )


class Line:
    """Brings bytes to the server, unless the weather is bad."""

    def __init__(self, server: Server, weather: Callable[[], bool] = lambda: True) -> None:
        self._server, self._weather = server, weather
        self.replies: list[Reply] = []

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        del waits_s
        if not self._weather():
            raise LineError("no network")
        reception = self._server.reception
        reply = reception.manifest(body, "unit") if path == MANIFESTS else reception.piece(body, "unit")
        self.replies.append(reply)
        if reply.outcome is not Outcome.ANSWERED or not self._weather():
            raise LineError(reply.outcome)
        return reply.body


class Unit:
    """The half that brings."""

    def __init__(self, folder: Path, device_id: DeviceId = UNIT, key: Signer = KEY) -> None:
        self.identity = Identity(device_id=device_id, signer=key, trusted=(SERVER.public_key,))
        self.folder = folder
        self.spool = self.opened()

    def opened(self) -> MediaSpool:
        return MediaSpool(self.folder, self.identity.signer, self.identity.device_id)

    def recorded(
        self,
        begun: BegunRecording = BEGUN,
        how: Ending = Ending.DONE,
        of: bytes | None = None,
        steps: int | None = None,
    ) -> Sealed:
        """Record a clip and a photo, and seal them; `steps`: so many were asked before it ended."""
        self.spool.begin(begun)
        for content, kind, form in ((CLIP, MediaKind.CLIP, "video/webm"), (PHOTO, MediaKind.PHOTO, "image/jpeg")):
            self.spool.add(begun.check_id, content, kind=kind, content_type=form, from_ms=0, duration_ms=4_000)
        prompted = marks(begun.nonce if of is None else of)[:steps]
        ended_at: datetime = begun.began_at + timedelta(seconds=30)
        return self.spool.seal(begun.check_id, ended_at, how, prompted)

    def upload(self, line: Line) -> MediaUpload:
        return MediaUpload(self.identity, line, self.spool, lambda: NOON, SystemRandom())
