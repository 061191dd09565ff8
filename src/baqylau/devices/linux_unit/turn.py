"""One step of the core under way: a value is taken apart, changed piece by piece, and put together again."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from baqylau.devices.linux_unit.assignment import Assignment
from baqylau.devices.linux_unit.outputs import Output, Say, Upload, Write
from baqylau.devices.linux_unit.state import UnitState, Worn
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.protocols.batch.records import Record, Said

S = TypeVar("S", bound=UnitState)


class Turn(Generic[S]):
    """The state on its way through one input, and what comes out of it."""

    __slots__ = ("assignment", "at", "counted", "heard", "ms", "outputs", "state", "wants_upload")

    def __init__(self, assignment: Assignment | None, state: S, at: datetime, ms: int) -> None:
        self.assignment, self.state, self.at, self.ms = assignment, state, at, ms
        self.outputs: list[Output] = []
        self.heard: list[Observation] = []
        """What the local judgement still has to take."""
        self.counted: list[tuple[DeviceId, str, float]] = []
        """Believed frames: of whom, at which receiver, and how strong."""
        self.wants_upload: bool | None = None
        """Whether there is anything to send now, and whether it is urgent."""

    def change(self, **fields: Any) -> None:
        """Change fields of the state."""
        self.state = replace(self.state, **fields)

    def wear(self, device_id: DeviceId, worn: Worn) -> None:
        """Change what is known of one transmitter."""
        self.change(worn=self.state.worn | {device_id: worn})

    def write(self, said: Said, *, at: datetime | None = None, ms: int | None = None, urgent: bool = False) -> Record:
        """Write a record, of this instant unless it tells of another."""
        record = Record(
            seq=self.state.seq + 1,
            observed_at=at or self.at,
            monotonic_ms=self.ms if ms is None else ms,
            clock=self.state.clock,
            said=said,
            urgent=urgent,
        )
        self.change(seq=record.seq)
        self.outputs.append(Write(record))
        if urgent:
            self.upload(urgent=True)
        return record

    def upload(self, *, urgent: bool = False) -> None:
        """Ask for the line."""
        self.wants_upload = urgent or bool(self.wants_upload)

    def say(self, said: Say) -> None:
        """Tell the person something."""
        self.outputs.append(said)

    def done(self) -> tuple[S, tuple[Output, ...]]:
        """Give what came out."""
        asked = () if self.wants_upload is None else (Upload(self.wants_upload),)
        return self.state, (*self.outputs, *asked)
