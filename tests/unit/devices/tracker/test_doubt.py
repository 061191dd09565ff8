"""What makes a tracker look closer: the sky, the network, the receiver's own verdict."""

from baqylau.devices.tracker import board_line
from baqylau.devices.tracker.inputs import Located, Network
from baqylau.domain.observations import Cell, NoFix, Sky
from baqylau.links.radio import modem
from baqylau.protocols.batch.records import Own
from tests.unit.devices.tracker.life import Life
from tests.unit.devices.tracker.test_core import gaps

STRONG_DBM, WEAK_DBM = -80.0, -97.0


def usual() -> Life:
    """Give a tracker that found its place, on a strong network."""
    life = Life()
    life.give(Network(life.at_ms, there=True, signal_dbm=STRONG_DBM))
    life.wait(190)
    return life


def test_the_network_that_goes_has_the_sky_looked_at_at_once_and_for_five_minutes_more_often() -> None:
    life = usual()
    told = len(life.fixes())
    switched = len(life.switched)
    life.give(Network(life.at_ms, there=False))
    assert life.switched[switched:] == [(life.at_ms, True)]
    life.wait(320)
    assert gaps(life.fixes()[told + 1 : told + 18]) == {15}
    assert [one.registered for one in life.bodies(Cell)[-15:]] == [False] * 15, "that it stays so is told, too"
    life.wait(300)
    assert gaps(life.fixes()[-3:]) == {60}


def test_sky_and_network_gone_together_are_told_within_seconds_and_again_every_quarter_minute() -> None:
    life = usual()
    life.place = None
    life.give(Network(life.at_ms, there=False))
    gone_s = life.at_ms / 1000
    life.wait(100)
    at_s = [
        one.monotonic_ms / 1000 - gone_s
        for one in life.records
        if isinstance(one.said, Own) and any(isinstance(body, NoFix) for body in one.said.bodies)
    ]
    assert at_s[0] <= 6
    assert len(at_s) >= 6
    assert life.bodies(Sky)[-1].satellites == 0


def test_how_the_sky_was_seconds_before_it_went_is_told_where_somebody_looked() -> None:
    life = usual()
    life.give(Network(life.at_ms, there=False))
    life.wait(30)
    life.place = None
    life.wait(1)
    before, gone = life.bodies(Sky)[-2:]
    assert (before.satellites, gone.satellites) == (6, 0)
    instants = [
        one.observed_at
        for one in life.records
        if isinstance(one.said, Own) and any(isinstance(body, Sky) for body in one.said.bodies)
    ]
    assert 3 <= (instants[-1] - instants[-2]).total_seconds() <= 5


def test_a_network_that_fades_is_told_before_it_is_gone() -> None:
    life = usual()
    for signal_dbm in (WEAK_DBM, WEAK_DBM - 1):
        life.give(Network(life.at_ms, there=True, signal_dbm=signal_dbm))
    assert [one.signal_dbm for one in life.bodies(Cell)[-2:]] == [STRONG_DBM, WEAK_DBM]


def test_the_receivers_own_verdict_makes_it_stay_awake() -> None:
    life = usual()
    while not life.on:
        life.wait(1)
    told = len(life.fixes())
    life.give(Located(life.at_ms, life.epoch(receiver_jam=3)))
    life.wait(120)
    assert life.on
    assert gaps(life.fixes()[told + 1 :]) == {15}


def test_the_modems_line_tells_the_network_and_how_strong_it_is() -> None:
    def read(content: bytes) -> tuple[bool, float | None] | None:
        said = board_line.read(content + b"*%02X\r\n" % modem.check(content), 5)
        return (said.there, said.signal_dbm) if isinstance(said, Network) else None

    assert [read(one) for one in (b"N 1 -83", b"N 1", b"N 0")] == [(True, -83.0), (True, None), (False, None)]
    assert [read(one) for one in (b"N 0 -83", b"N 1 x", b"N 2")] == [None, None, None]
