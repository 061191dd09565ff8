"""What a receiver said, as it said it."""

from baqylau.rules.gnss.epoch import FLAT_FIX, FULL_FIX, NO_FIX, Epoch
from tests.unit.rules.gnss.receiver import HOME


def test_a_receiver_that_says_nothing_has_measured_nothing() -> None:
    assert not Epoch().measured()
    assert not Epoch(latitude_deg=HOME[0], longitude_deg=HOME[1]).measured(), "a place from memory"


def test_a_place_is_measured_flat_or_full_and_needs_both_its_figures() -> None:
    assert len({NO_FIX, FLAT_FIX, FULL_FIX}) == 3
    for mode in (FLAT_FIX, FULL_FIX):
        assert Epoch(mode=mode, latitude_deg=HOME[0], longitude_deg=HOME[1]).measured()
        assert not Epoch(mode=mode, latitude_deg=HOME[0]).measured()
        assert not Epoch(mode=mode, longitude_deg=HOME[1]).measured()
