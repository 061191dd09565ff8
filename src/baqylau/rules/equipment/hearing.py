"""What one observation of a device says to the rules about that device."""

from datetime import date, datetime

from msgspec.structs import replace

from baqylau.domain.console import ConsoleCheck
from baqylau.domain.findings import Finding
from baqylau.domain.observations import (
    Battery,
    Body,
    Cell,
    Distrust,
    Enclosure,
    Fix,
    LinkHealth,
    Motion,
    NoFix,
    Observation,
    Sky,
    Strap,
)
from baqylau.rules.clock import plausible
from baqylau.rules.conditions.condition import Evidence
from baqylau.rules.conditions.signals import place_at
from baqylau.rules.conditions.table import remarkable
from baqylau.rules.equipment import battery, clock_skew, good_status, jump, no_fix, rare, silence, tamper
from baqylau.rules.equipment.battery import Level
from baqylau.rules.equipment.plan import DevicePlan
from baqylau.rules.equipment.rare import Aside
from baqylau.rules.places.position import Position, position
from baqylau.rules.state import DeviceState

_OF_OTHERS = (Distrust, ConsoleCheck)
"""What alone in an observation is no word of the device."""


class Hearing:
    """One observation on its way through the rules of its device. Used once."""

    __slots__ = (
        "_at",
        "_authors",
        "_before",
        "_blind_until",
        "_charge",
        "_id",
        "_loss",
        "_moving",
        "_observation",
        "_plan",
        "_plausible",
        "_rare",
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
        self._rare = state.rare
        self._moving: bool | None = None
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
        if self._rare is not rare.NONE or self._before.silence.finding is not None:
            self._seldom(placed=placed)
        good_on = self._good() if self._plan.tells_good else None
        return DeviceState(
            self._before.from_at,
            heard,
            self._loss,
            self._tamper,
            self._charge,
            clock_wrong,
            self._track,
            self._rare,
            good_on,
        )

    def distrust(self) -> DeviceState:
        """Take what is no word of the device, and no sign of life: see `believed`."""
        for body in self._observation.bodies:
            if isinstance(body, _OF_OTHERS):
                self._rare, found = rare.of_others(self._plan, self._rare, self._evidence(), body)
                self.findings += found
        return replace(self._before, rare=self._rare)

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
                if self._rare is not rare.NONE or remarkable(body):
                    self._rare, found = rare.remarked(self._plan, self._rare, self._evidence(), body)
                    self.findings += found
                return self._plausible and self._fix(body)
            case NoFix():
                self.lost = self._plausible
                self._aside(body)
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
            case Motion(moving=moving):
                self._moving = moving
                self._aside(body)
            case _:
                self._aside(body)
        self.findings += found
        return False

    def _aside(self, body: Aside) -> None:
        self._rare, found = rare.heard(self._plan, self._rare, self._evidence(), body, self._track.believed)
        self.findings += found

    def _seldom(self, *, placed: bool) -> None:
        """Take what the observation as a whole says to the rules of few devices."""
        evidence, silence_before = self._evidence(), self._before.silence
        if placed:
            self._rare, found = rare.placed(self._plan, self._rare, evidence, self.position)
            self.findings += found
        if silence_before.finding is not None:
            place = place_at(self._before.track.believed, silence_before.heard_at)
            self._rare = rare.back(self._rare, evidence, place)
        of_signals = any(isinstance(body, Cell | Sky | NoFix) for body in self._observation.bodies)
        self._rare, found = rare.spoken(self._plan, self._rare, evidence, of_signals=of_signals)
        self.findings += found

    def _good(self) -> date | None:
        """Take it that a bracelet spoke; give the day on which it last told that all is well."""
        said_on, well = (
            self._before.good_on,
            self._charge.level is Level.FINE and good_status.FAULTS.isdisjoint(self._rare.conditions),
        )
        told = any(type(body) is Battery for body in self._observation.bodies)
        if not (told and well and self._tamper.strap is None and self._tamper.case is None):
            return said_on
        said_on, found = good_status.step(self._authors[good_status.NAME], said_on, self._at, self._id)
        self.findings += found
        return said_on

    def _evidence(self) -> Evidence:
        tampered = self._tamper.strap is not None or self._tamper.case is not None
        return Evidence(self._at, self._id, self._blind_until, self._rare.area, tampered)

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
        author = self._authors[no_fix.NAME]
        if placed:
            self._loss, found = no_fix.placed(author, loss, self._at, self._id, moving=self._moving)
        else:
            dead_spot = rare.in_dead_spot(self._rare, self._track.believed)
            self._loss, found = no_fix.unplaced(
                author, loss, self._at, self._id, dead_spot=dead_spot, moving=self._moving
            )
        self.findings += found


def _ours(observation: Observation) -> bool:
    """Whether the instant is our own: nothing but signs of life."""
    return bool(observation.bodies) and all(type(body) is LinkHealth for body in observation.bodies)


def believed(observation: Observation) -> bool:
    """Whether the observation is a word of the device, and not of somebody who spoke in its name or looked for it."""
    bodies = observation.bodies
    return not bodies or type(bodies[0]) not in _OF_OTHERS or any(type(body) not in _OF_OTHERS for body in bodies)
