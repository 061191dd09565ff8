"""Places where signals are lost again and again are remembered, each for itself."""

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Fix
from baqylau.rules.conditions.dead_spots import Spots, known, learned
from baqylau.rules.places.position import Position
from baqylau.rules.settings import DEAD_SPOT_TIMES
from tests.unit.rules.stories import at, north


def place(metres: float) -> Position:
    spot = north(metres)
    told = Fix(latitude_deg=spot.latitude_deg, longitude_deg=spot.longitude_deg)
    return Position(at("12:00"), ObservationId("1"), told, accuracy_m=10.0, decides=True)


def test_one_more_loss_at_a_place_leaves_what_is_known_of_others() -> None:
    spots: Spots = ()
    for metres in (0.0, 5_000.0, 10.0):
        spots = learned(spots, place(metres), at("12:00"))
    assert sorted((one.times, one.latitude_deg > north(1_000.0).latitude_deg) for one in spots) == [
        (1, True),
        (2, False),
    ]
    for _ in range(DEAD_SPOT_TIMES):
        spots = learned(spots, place(0.0), at("12:05"))
    assert known(spots, place(100.0))
    assert not known(spots, place(5_000.0))
    assert not known(spots, None)
