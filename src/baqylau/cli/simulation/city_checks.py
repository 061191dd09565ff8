"""Checks of a city are asked for by the planner of the server, at the city's time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from random import Random

from sqlalchemy import Engine

from baqylau.cli.vaulted import vaulted
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.monitoring.server.check_planner import Planner, Sources
from baqylau.storage.checks.checks import Checks
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers

AT_ONCE = 4
"""No unit is ordered more between two looks."""


class Asker:
    """The planner, by the clock of a city."""

    def __init__(self, engine: Engine, data: Path, units: Sequence[DeviceId], seed: int, begun_at: datetime) -> None:
        """Begin with the city. Its moments and numbers follow from the seed. `units`: those that are asked."""
        self._at, self._units = begun_at, units
        dice = Random(f"{seed}/checks")  # noqa: S311 - an invented city
        checks = Checks(engine, vaulted(engine, data).journal, self._now, dice.randbytes)
        sources = Sources(Registers(engine, self._now), checks, Findings(engine), Live(engine))
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
        self._planner.round()
        fresh = defaultdict[DeviceId, list[Command]](list)
        latest = [row.command for row in self._commands.of(self._units, AT_ONCE * len(self._units))]
        for one in sorted(latest, key=lambda one: one.number):
            if one.number > self._given[one.device_id]:
                self._given[one.device_id] = one.number
                fresh[one.device_id].append(one)
        return fresh
