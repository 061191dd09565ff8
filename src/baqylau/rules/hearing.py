"""What one observation of a device says to the rules about that device."""

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from baqylau.domain.findings import Finding
from baqylau.domain.observations import (
    Battery,
    Blind,
    Body,
    Cell,
    Displaced,
    Distrust,
    Enclosure,
    Farewell,
    Fix,
    Heard,
    Interference,
    LinkHealth,
    Motion,
    Nearness,
    NoFix,
    Observation,
    Panic,
    Power,
    ReceiverHealth,
    SelfTest,
    SimCard,
    Skin,
    Sky,
    Strain,
    Strap,
    Surroundings,
)
from baqylau.rules import battery, clock_skew, condition, jump, no_fix, silence, tamper
from baqylau.rules.clock import plausible
from baqylau.rules.condition import Condition, Evidence, Kind
from baqylau.rules.conditions import UNTIL_SPOKEN, remarkable
from baqylau.rules.device_plan import DevicePlan
from baqylau.rules.position import Position, position
from baqylau.rules.state import DeviceState

_Condition = (
    Power
    | Skin
    | Strain
    | SelfTest
    | Surroundings
    | Displaced
    | Farewell
    | ReceiverHealth
    | Interference
    | Distrust
    | Panic
)
"""What is heard of conditions alone (`rules.conditions`)."""
_Aside = _Condition | Cell | Motion | Sky | SimCard | Heard | Nearness | LinkHealth | Blind


class Hearing:
    """One observation on its way through the rules of its device. Used once."""

    __slots__ = (
        "_area",
        "_at",
        "_authors",
        "_before",
        "_blind_until",
        "_charge",
        "_conditions",
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

    def __init__(
        self,
        plan: DevicePlan,
        state: DeviceState,
        observation: Observation,
        at: datetime,
        blind_until: datetime | None,
    ) -> None:
        self._plan, self._authors, self._before, self._blind_until = plan, plan.authors, state, blind_until
        self._observation, self._id, self._at = observation, observation.id, at
        self._plausible = plausible(observation)
        self._loss, self._tamper, self._charge, self._track = state.loss, state.tamper, state.charge, state.track
        self._conditions, self._area = state.conditions, state.area
        self.findings: tuple[Finding, ...] = ()
        self.position: Position | None = None
        """The place, where it is believed."""
        self.lost = False
        """The device says that it has no place, or one that is not believed."""

    def hear(self) -> DeviceState:
        """Take a word of the device and give the device's state after it."""
        clock_wrong = self._clock()
        heard, found = silence.heard(
            self._authors[silence.NAME],
            self._before.silence,
            self._at,
            self._id,
            self._plan.silence,
            self._blind_until,
        )
        self.findings += found
        placed = False
        for body in self._observation.bodies:
            placed = self._body(body) or placed
        if self._plan.has_receiver:
            self._receiver(placed=placed)
        if self._conditions:
            self._spoken()
        return DeviceState(
            self._before.from_at,
            heard,
            self._loss,
            self._tamper,
            self._charge,
            clock_wrong,
            self._track,
            self._conditions,
            self._area,
        )

    def distrust(self) -> DeviceState:
        """Take bytes that are not believed to be the device's own: no word of it, and no sign of life."""
        for body in self._observation.bodies:
            if isinstance(body, Distrust):
                self._condition(body)
        return replace(self._before, conditions=self._conditions)

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
                if self._conditions or remarkable(body):
                    self._condition(body)
                return self._plausible and self._fix(body)
            case NoFix():
                self.lost = self._plausible
            case Strap(open=is_open):
                author = self._authors[tamper.NAME]
                self._tamper, found = tamper.strap(author, self._tamper, self._at, self._id, is_open=is_open)
            case Enclosure(open=is_open):
                author = self._authors[tamper.NAME]
                self._tamper, found = tamper.case(
                    author, self._tamper, self._at, self._id, self._plan.case, is_open=is_open
                )
            case Battery():
                author = self._authors[battery.NAME]
                self._charge, found = battery.step(author, self._charge, self._at, self._id, self._plan.charge, body)
            case _:
                self._aside(body)
        self.findings += found
        return False

    def _aside(self, body: _Aside) -> None:
        """Take what has no part in the place, the strap, the case or the charge."""
        match body:
            case Cell():
                self._area = (body.id if body.registered else "") or self._area
            case Motion() | Sky() | SimCard() | Heard() | Nearness() | LinkHealth() | Blind():
                pass
            case _:
                self._condition(body)

    def _condition(self, body: Fix | _Condition) -> None:
        for kind in self._plan.conditions.get(type(body), ()):
            before = self._conditions.get(kind.name)
            after, found = condition.heard(kind, self._authors[kind.name], before, self._evidence(), body)
            self._keep(kind, before, after, found)

    def _spoken(self) -> None:
        """End what lasts until the device speaks again."""
        for kind in UNTIL_SPOKEN:
            before = self._conditions.get(kind.name)
            if before is not None and before.since < self._at:
                after, found = condition.ended(kind, self._authors[kind.name], before, self._evidence())
                self._keep(kind, before, after, found)

    def _keep(
        self, kind: Kind[Any], before: Condition | None, after: Condition | None, found: tuple[Finding, ...]
    ) -> None:
        self.findings += found
        if after is not None and after is not before:
            self._conditions = self._conditions | {kind.name: after}
        elif before is not None and after is None:
            self._conditions = {name: one for name, one in self._conditions.items() if name != kind.name}

    def _evidence(self) -> Evidence:
        return Evidence(self._at, self._id, self._blind_until, self._area)

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


def believed(observation: Observation) -> bool:
    """Whether the observation is a word of the device, and not of somebody who spoke in its name."""
    return not observation.bodies or any(type(body) is not Distrust for body in observation.bodies)
