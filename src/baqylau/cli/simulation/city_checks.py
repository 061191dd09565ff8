"""Checks of a city are asked for by the planner of the server, at the city's time.

The audio-visual server does not run there: for the planner it lives, and what it would find is said in its place.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from random import Random

from sqlalchemy import Engine

from baqylau.cli.vaulted import vaulted
from baqylau.domain.checks import CheckKind, Ending
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.monitoring.server.check_planner import Planner, Sources
from baqylau.sim.city.comparing import likeness
from baqylau.storage.checks.checks import Checks
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import AV_SERVER, Live
from baqylau.storage.registers.registers import Registers

AT_ONCE = 4
"""No unit is ordered more between two looks."""


class Asker:
    """The planner, by the clock of a city."""

    def __init__(
        self,
        engine: Engine,
        data: Path,
        units: Sequence[DeviceId],
        others: Collection[DeviceId],
        seed: int,
        begun_at: datetime,
    ) -> None:
        """Begin with the city. Its moments and numbers follow from the seed. `units`: those that are asked.

        `others`: units before which somebody else sits down.
        """
        self._at, self._units, self._others = begun_at, units, others
        dice = Random(f"{seed}/checks")  # noqa: S311 - an invented city
        self._checks = Checks(engine, vaulted(engine, data).journal, self._now, dice.randbytes)
        self._live = Live(engine)
        sources = Sources(Registers(engine, self._now), self._checks, Findings(engine), self._live)
        self._planner = Planner(sources, key=sha256(f"city {seed}".encode()).digest(), now=self._now)
        self._commands = Commands(engine, self._now)
        self._given = dict.fromkeys(units, 0)

    def _now(self) -> datetime:
        return self._at

    def until(self, at: datetime) -> Mapping[DeviceId, Sequence[Command]]:
        """Plan up to an instant, and give what is ordered of each unit that was not before.

        For the gateway a command of the city's past has ended as it is given, so its state says nothing.
        """
        self._at = at
        self._live.role_beat(AV_SERVER, at)
        self._compare()
        self._planner.round()
        fresh = defaultdict[DeviceId, list[Command]](list)
        latest = [row.command for row in self._commands.of(self._units, AT_ONCE * len(self._units))]
        for one in sorted(latest, key=lambda one: one.number):
            if one.number > self._given[one.device_id]:
                self._given[one.device_id] = one.number
                fresh[one.device_id].append(one)
        return fresh

    def _compare(self) -> None:
        """Say in the audio-visual server's place of whom the recordings are that came since the last time."""
        shown = {one.id: one.device_id for one in self._checks.open() if one.kind is CheckKind.IDENTITY}
        for name, case in self._checks.cases(shown).items():
            if case.likeness is None and case.ended is not None and case.ended.how is Ending.DONE:
                self._checks.judged(name, likeness(name, same=shown[name] not in self._others))
