"""What receivers say of a way whose truth is known."""

from itertools import pairwise
from math import dist
from statistics import median, pstdev

import pytest

from baqylau.domain.zones import Point
from baqylau.rules.gnss.epoch import GPS, NO_FIX, Epoch
from baqylau.sim.sky.disturbances import Bag, Disturbance, Jammer, Spoofer
from baqylau.sim.sky.receiver import COLD_S, Model, Receiver
from baqylau.sim.sky.way import BASEMENT, CAR_PARK, RAMP, TUNNEL, Leg, Scene, Truth, Way, canyon
from baqylau.sim.town_plan import to_place

BEGUN_S = 1_790_000_000.0
Said = list[tuple[Truth, Epoch]]


def lived(way: Way, *disturbances: Disturbance, seed: int = 1, every_s: int = 1, model: Model | None = None) -> Said:
    receiver = Receiver(seed, BEGUN_S, model)
    truths = [way.at(float(into_s)) for into_s in range(0, int(way.lasts_s), every_s)]
    return [(truth, receiver.epoch(truth, disturbances)) for truth in truths]


def error_m(truth: Truth, epoch: Epoch) -> float:
    assert epoch.latitude_deg is not None
    assert epoch.longitude_deg is not None
    return dist(truth.place, to_place(Point(epoch.latitude_deg, epoch.longitude_deg)))


def errors_m(said: Said) -> list[float]:
    return sorted(error_m(truth, epoch) for truth, epoch in said if epoch.measured())


def walk(lasts_s: float, scene: Scene) -> Way:
    return Way((0.0, 0.0), Leg(to=(1.4 * lasts_s, 0.0), lasts_s=lasts_s, scene=scene))


OUTSIDE = Way((0.0, 0.0), Leg(to=(400.0, 0.0), lasts_s=300.0))


def test_the_same_seed_says_the_same_and_another_says_something_else() -> None:
    def told(seed: int) -> list[tuple[float | None, tuple[float, ...] | None]]:
        return [(epoch.latitude_deg, epoch.cn0_dbhz) for _, epoch in lived(OUTSIDE, seed=seed, every_s=10)]

    assert told(3) == told(3)
    assert told(3) != told(4)


@pytest.mark.parametrize("seed", range(4))
def test_under_an_open_sky_a_cold_receiver_has_a_place_within_two_minutes(seed: int) -> None:
    first = next(truth.into_s for truth, epoch in lived(OUTSIDE, seed=seed) if epoch.measured())
    assert COLD_S[0] <= first <= 120


def test_among_towers_the_place_is_wrong_by_more_and_stays_wrong_for_a_while() -> None:
    # One sky can be kind: several.
    skies = range(6)
    free = [one for seed in skies for one in errors_m(lived(OUTSIDE, seed=seed, every_s=5))]
    deep = [lived(walk(300.0, canyon(90.0)), seed=seed, every_s=5) for seed in skies]
    assert median(one for said in deep for one in errors_m(said)) > 1.5 * median(free)
    steps_m = [
        abs(error_m(*after) - error_m(*before))
        for said in deep
        for before, after in pairwise(said)
        if before[1].measured() and after[1].measured()
    ]
    assert median(steps_m) < median(one for said in deep for one in errors_m(said))


def test_a_tunnel_takes_the_sky_and_gives_it_back_in_seconds() -> None:
    way = Way(
        (0.0, 0.0),
        Leg(to=(100.0, 0.0), lasts_s=60.0),
        Leg(to=(900.0, 0.0), lasts_s=60.0, scene=TUNNEL),
        Leg(to=(1000.0, 0.0), lasts_s=60.0),
    )
    said = lived(way)
    below, after = said[70:119], said[132:]
    assert not any(epoch.measured() or epoch.cn0_dbhz for _, epoch in below)
    assert all(epoch.measured() for _, epoch in after)
    assert below[0][1].latitude_deg is not None, "the place it repeats is from memory"


def test_a_ramp_weakens_the_sky_before_it_is_gone() -> None:
    way = Way(
        (0.0, 0.0),
        Leg(to=(60.0, 0.0), lasts_s=60.0),
        Leg(to=(90.0, 0.0), lasts_s=20.0, scene=RAMP, fade_s=18.0),
        Leg(to=(120.0, 0.0), lasts_s=40.0, scene=CAR_PARK, fade_s=15.0),
    )
    strongest = [max(epoch.cn0_dbhz or (), default=0.0) for _, epoch in lived(way)]
    assert strongest[50] > strongest[75] > strongest[95] == 0


def test_a_basement_gives_no_place() -> None:
    way = Way((0.0, 0.0), Leg(to=(0.0, 0.0), lasts_s=200.0, scene=BASEMENT), scene=BASEMENT)
    assert all(epoch.mode == NO_FIX and epoch.latitude_deg is None for _, epoch in lived(way))


def test_a_jammer_is_heard_at_the_input_and_a_bag_is_not() -> None:
    jammed = lived(OUTSIDE, Jammer(from_s=100, until_s=200, ceiling_dbhz=12.0))[150][1]
    wrapped = lived(OUTSIDE, Bag(from_s=100, until_s=200))[150][1]
    free = lived(OUTSIDE)[150][1]
    assert not jammed.measured()
    assert not wrapped.measured()
    assert jammed.agc is not None
    assert free.agc is not None
    assert wrapped.agc is not None
    assert jammed.agc < 0.7 * free.agc
    assert wrapped.agc > 0.9 * free.agc


def test_a_deceiver_leads_the_place_away_with_satellites_all_alike() -> None:
    way = Way((0.0, 0.0), Leg(to=(0.0, 0.0), lasts_s=300.0))
    said = lived(way, Spoofer(from_s=100, until_s=300, walks_m_s=(1.5, 0.0), step_s=20.0))
    before, after = said[99], said[299]
    assert pstdev(before[1].cn0_dbhz or ()) > 3 * pstdev(after[1].cn0_dbhz or ())
    assert 250 < error_m(*after) < 330
    assert after[1].at_s == pytest.approx(BEGUN_S + 299 + 20)
    assert set(after[1].systems) == {GPS}


def test_a_plain_receiver_tells_no_gain_and_another_its_accuracy() -> None:
    plain = lived(OUTSIDE, model=Model(tells_gain=False))[100][1]
    exact = lived(OUTSIDE, model=Model(states_accuracy=True, worn=False))[100]
    assert plain.agc is None
    assert plain.jam_figure is None
    assert exact[1].stated_m is not None
    assert error_m(*exact) < 5 * exact[1].stated_m
