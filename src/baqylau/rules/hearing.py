"""What one observation of a device says to the rules about that device."""

from datetime import datetime
from typing import assert_never

from baqylau.domain.findings import Finding
from baqylau.domain.observations import (
    Battery,
    Blind,
    Body,
    Enclosure,
    Fix,
    LinkHealth,
    Motion,
    NoFix,
    Observation,
    Power,
    Strap,
)
from baqylau.rules import battery, clock_skew, jump, no_fix, silence, tamper
from baqylau.rules.clock import plausible
from baqylau.rules.plan import DevicePlan
from baqylau.rules.position import Position, position
from baqylau.rules.state import DeviceState


class Hearing:
    """One observation on its way through the rules of its device. Used once."""

    __slots__ = (
        "_at",
        "_authors",
        "_before",
        "_charge",
        "_id",
        "_loss",
        "_observation",
        "_plan",
        "_plausible",
        "_tamper",
        "_track",
        "findings",
        "lost",
        "position",
    )

    def __init__(self, plan: DevicePlan, state: DeviceState, observation: Observation, at: datetime) -> None:
        self._plan, self._authors, self._before = plan, plan.authors, state
        self._observation, self._id, self._at = observation, observation.id, at
        self._plausible = plausible(observation)
        self._loss, self._tamper, self._charge, self._track = state.loss, state.tamper, state.charge, state.track
        self.findings: tuple[Finding, ...] = ()
        self.position: Position | None = None
        """The place, where it is believed."""
        self.lost = False
        """The device says that it has no place, or one that is not believed."""

    def hear(self, blind_until: datetime | None) -> DeviceState:
        """Take the observation and give the device's state after it."""
        clock_wrong = self._clock()
        heard, found = silence.heard(
            self._authors[silence.NAME],
            self._before.silence,
            self._at,
            self._id,
            self._plan.silence_limit,
            blind_until,
        )
        self.findings += found
        placed = False
        for body in self._observation.bodies:
            placed = self._body(body) or placed
        if self._plan.has_receiver:
            self._receiver(placed=placed)
        return DeviceState(
            self._before.from_at, heard, self._loss, self._tamper, self._charge, clock_wrong, self._track
        )

    def _clock(self) -> bool:
        wrong = self._before.clock_wrong
        if (self._plausible and not wrong) or _ours(self._observation):
            return wrong
        author = self._authors[clock_skew.NAME]
        wrong, found = clock_skew.step(author, self._at, self._observation, wrong=wrong, plausible=self._plausible)
        self.findings += found
        return wrong

    def _body(self, body: Body) -> bool:
        """Take one thing that the device says; give whether it is a place."""
        found: tuple[Finding, ...] = ()
        match body:
            case Fix():
                return self._plausible and self._fix(body)
            case NoFix():
                self.lost = self._plausible
            case Strap(open=is_open):
                author = self._authors[tamper.NAME]
                self._tamper, found = tamper.strap(author, self._tamper, self._at, self._id, is_open=is_open)
            case Enclosure(open=is_open):
                author = self._authors[tamper.NAME]
                self._tamper, found = tamper.case(author, self._tamper, self._at, self._id, is_open=is_open)
            case Battery():
                self._charge, found = battery.step(self._authors[battery.NAME], self._charge, self._at, self._id, body)
            case Power() | Motion() | LinkHealth() | Blind():
                pass
            case _:
                assert_never(body)
        self.findings += found
        return False

    def _fix(self, fix: Fix) -> bool:
        place = position(self._id, self._at, fix)
        if place is None:
            return False
        believed = True
        if place.decides:
            self._track, believed, found = jump.step(self._authors[jump.NAME], self._track, place)
            self.findings += found
        self.position = place if believed else None
        self.lost = not believed
        return True

    def _receiver(self, *, placed: bool) -> None:
        loss = self._loss or no_fix.begun(self._at)
        step = no_fix.placed if placed else no_fix.unplaced
        self._loss, found = step(self._authors[no_fix.NAME], loss, self._at, self._id)
        self.findings += found


def _ours(observation: Observation) -> bool:
    """Whether the instant is our own: nothing but signs of life."""
    return bool(observation.bodies) and all(type(body) is LinkHealth for body in observation.bodies)
