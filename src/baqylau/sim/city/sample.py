"""A sample of the city's units as real programs: the radio, and the sky, around them on sockets, in real time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

from baqylau.domain.ids import DeviceId
from baqylau.domain.people import DeviceKind
from baqylau.sim.air.live import House, Scene, Worn
from baqylau.sim.city.carried import walks
from baqylau.sim.city.homes import Household
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.on_the_way import legs_of
from baqylau.sim.city.registers import bracelet_id, relay_id, secret
from baqylau.sim.city.scenario import LINK, Scenario
from baqylau.sim.city.spoilt import done
from baqylau.sim.city.worn_board import LiveWorn, WornBoard
from baqylau.sim.sky.gpsd import Carried
from baqylau.sim.stories import Story

USUAL_DBM, WEAK_DBM, RELAY_DBM = -66.0, -93.0, -58.0
PROGRAMS = (DeviceKind.HOME_UNIT, DeviceKind.MOBILE_UNIT, DeviceKind.TRACKER)
"""What a program takes from sockets alone."""
MOVES_BEFORE_S = 30.0
"""Whoever leaves is heard to move before: one that lay still is waited for longer."""


def sample(people: Sequence[Citizen], scenario: Scenario) -> list[Citizen]:
    """Give whose units are real programs: as many of each kind as the scenario says."""
    ours = [one for one in people if one.protocol == LINK]
    return [one for kind in PROGRAMS for one in islice((one for one in ours if one.kind is kind), scenario.programs)]


def houses(people: Sequence[Citizen], host: str, ports: Mapping[int, int], late_s: float) -> list[House]:
    """Give their homes on the air. `ports`: by number; `late_s`: how long after the city they begin."""
    return [
        House(
            host=host,
            port=ports[one.number],
            bracelet=_worn(bracelet_id(one.number), WEAK_DBM if one.does.weak else USUAL_DBM),
            relay=_worn(relay_id(one.number), RELAY_DBM) if one.has_relay else None,
            plot=tuple(plot(one.does, late_s)),
        )
        for one in people
        if isinstance(one.does, Household)
    ]


def skies(people: Sequence[Citizen], host: str, ports: Mapping[int, int], late_s: float) -> list[Carried]:
    """Give the satellite receivers of the units that are carried, on the ways that their wearers go."""
    return [
        _sky(one.does.carried, host, ports[one.number], late_s)
        for one in people
        if isinstance(one.does, Household) and one.does.carried is not None
    ]


def boards(people: Sequence[Citizen], begun_at: datetime, late_s: float) -> list[LiveWorn]:
    """Give the boards of the trackers, in the order of the people who wear one."""
    return [
        LiveWorn(WornBoard(one.number, one.does, begun_at, done(one.sky)), late_s)
        for one in people
        if isinstance(one.does, Story)
    ]


def _sky(story: Story, host: str, port: int, late_s: float) -> Carried:
    """Give a receiver that begins so long after the story."""
    return Carried(host=host, port=port, start=story.legs[0].way[0], legs=legs_of(story, late_s))


def _worn(device_id: DeviceId, rssi_dbm: float) -> Worn:
    return Worn(serial=str(device_id), root=secret(device_id), rssi_dbm=rssi_dbm)


def plot(household: Household, late_s: float) -> Iterator[Scene]:
    """Give what happens in a home that begins so long after the city: what was before it is so from the beginning."""
    if household.carried is not None:
        yield Scene(after_s=0.0, box={"mains": 0.0, "moving": 0.0})
        for at_s, moves in walks(household.carried):
            walking = float(bool(moves["moves"]))
            yield Scene(after_s=max(at_s - late_s, 0.0), bracelet=moves, box={"moving": walking})
    for one in household.leaves:
        yield Scene(after_s=max(one.out_s - MOVES_BEFORE_S - late_s, 0.0), bracelet={"moves": True})
        yield Scene(after_s=max(one.out_s - late_s, 0.0), away=True)
        yield Scene(after_s=max(one.back_s - late_s, 0.0), away=False)
    for at_s, shown in household.bracelet:
        yield Scene(after_s=max(at_s - late_s, 0.0), bracelet=shown)
    for at_s, stands in household.relay or ():
        yield Scene(after_s=max(at_s - late_s, 0.0), relay=stands)
    for at_s, sensed in household.box:
        yield Scene(after_s=max(at_s - late_s, 0.0), box={name: float(is_so) for name, is_so in sensed.items()})
