"""A person before the audio-visual unit, in a test: the core with scripted looks in place of a camera."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from baqylau.devices.av_unit.acts import Act, CloseCall, CloseCapture, DropCapture, OpenCall, OpenCapture, Show
from baqylau.devices.av_unit.core import AvUnit
from baqylau.devices.av_unit.inputs import AvInput, CaptureFailed, Look, Looked, Signed
from baqylau.devices.av_unit.state import State, begin
from baqylau.devices.linux_unit.inputs import ButtonPressed, ClockTold, Ordered, Started, Tick
from baqylau.devices.linux_unit.outputs import Do, Say, Write
from baqylau.domain.checks import CheckKind, Ended
from baqylau.domain.commands import BeginCheck, Command, Order, WithdrawCheck
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.people import Language
from baqylau.protocols.batch.records import ClockQuality, CommandResult, Own

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
UNIT = DeviceId("av-1")
CHECK = CheckId("c-1")
WELL = Look(brightness=120, contrast=50, sharpness=200, faces=1, face_share=0.4, loudness=0.01)
DIGEST = bytes(range(32))


def check(**changes: object) -> BeginCheck:
    """Give an order to take a check now."""
    order = BeginCheck(
        check_id=CHECK,
        kind=CheckKind.IDENTITY,
        person_id=PersonId("aigul"),
        nonce=bytes(16),
        due_at=NOON,
        remind_at=NOON + timedelta(minutes=5),
        expires_at=NOON + timedelta(minutes=15),
        language=Language.KK,
    )
    return msgspec.structs.replace(order, **changes)


class Sitting:
    """The core, its clock, and everything that it ever wanted."""

    def __init__(self) -> None:
        self.core = AvUnit()
        self.state: State = begin(UNIT)
        self.ms = 0
        self.number = 0
        self.acts: list[Act] = []
        self.said: list[str] = []
        self.records: list[object] = []
        self.open = False
        self.started()

    @property
    def at(self) -> datetime:
        return NOON + timedelta(milliseconds=self.ms)

    def take(self, said: AvInput) -> None:
        """Let something happen, and follow what the hands would do."""
        self.state, outputs = self.core.step(self.state, said)
        for one in outputs:
            match one:
                case Write(record=record):
                    self.records.append(record.said)
                case Say(key=key):
                    self.said.append(key)
                case Do(act=act):
                    self._do(act)  # type: ignore[arg-type]
                case _:
                    pass

    def _do(self, act: Act) -> None:
        self.acts.append(act)
        match act:
            case OpenCapture() | OpenCall():
                assert not self.open
                self.open = True
            case CloseCapture() | DropCapture() | CloseCall():
                self.open = False
            case Show(key=key, digit=digit):
                self.said.append(f"{key} {digit}".strip())

    def started(self) -> None:
        """The program begins, perhaps after a cut of power."""
        self.open = False
        self.core = AvUnit()
        self.state = msgspec.msgpack.decode(msgspec.msgpack.encode(self.state), type=State)
        self.take(ClockTold(at=self.at, monotonic_ms=self.ms, quality=ClockQuality.NETWORK))
        self.take(Started(at=self.at, monotonic_ms=self.ms, sources=()))

    def order(self, order: Order) -> None:
        self.number += 1
        command = Command(
            device_id=UNIT,
            number=self.number,
            issued_at=self.at,
            expires_at=self.at + timedelta(hours=1),
            order=order,
        )
        self.take(Ordered(at=self.at, monotonic_ms=self.ms, command=command))

    def button(self) -> None:
        self.take(ButtonPressed(at=self.at, monotonic_ms=self.ms))

    def withdraw(self) -> None:
        self.order(WithdrawCheck(check_id=CHECK))

    def wait(self, seconds: float) -> None:
        """Let time pass with nobody before the camera, and the camera closed."""
        for _ in range(round(seconds)):
            self.ms += 1000
            self.take(Tick(at=self.at, monotonic_ms=self.ms))

    def look(self, look: Look | None = WELL, seconds: float = 1.0) -> None:
        """Let the open camera see the same for a while."""
        for _ in range(round(5 * seconds)):
            self.ms += 200
            if self.open:
                self.take(Looked(at=self.at, monotonic_ms=self.ms, check_id=CHECK, look=look))
            if self.ms % 1000 == 0:
                self.take(Tick(at=self.at, monotonic_ms=self.ms))

    def fail(self, part: str) -> None:
        self.take(CaptureFailed(at=self.at, monotonic_ms=self.ms, check_id=CHECK, part=part))

    def sign(self, manifest: bytes = DIGEST) -> None:
        self.take(Signed(at=self.at, monotonic_ms=self.ms, check_id=CHECK, items=9, manifest=manifest))

    def bodies(self) -> list[object]:
        """Give everything that the unit said of itself."""
        return [body for one in self.records if isinstance(one, Own) for body in one.bodies]

    def ended(self) -> list[Ended]:
        return [one for one in self.bodies() if isinstance(one, Ended)]

    def results(self) -> Iterable[str]:
        return [f"{one.state} {one.detail}".strip() for one in self.records if isinstance(one, CommandResult)]
