"""How wide the circle round a fix is drawn: what the receiver says of itself, else its geometry, else the default."""

import pytest

from baqylau.domain.observations import Fix
from baqylau.rules.gnss.accuracy import r95_m
from baqylau.rules.places.position import accuracy_m


@pytest.mark.parametrize(
    ("stated_m", "hdop", "r95"),
    [
        (7.0, 0.9, 7.0),
        (0.5, 0.9, 0.5),
        (None, 1.4, 12.11),
        (None, 0.5, 4.325),
        (None, 3.0, 25.95),
        (0.0, 2.0, 17.3),
        (-1.0, 2.0, 17.3),
        (0.0, None, 25.0),
        (None, 0.0, 25.0),
        (None, -1.0, 25.0),
        (None, None, 25.0),
    ],
)
def test_device_and_server_believe_a_receiver_as_far_as_it_says_something(
    stated_m: float | None, hdop: float | None, r95: float
) -> None:
    assert r95_m(stated_m, hdop) == pytest.approx(r95)
    assert accuracy_m(Fix(latitude_deg=1, longitude_deg=2, accuracy_m=stated_m, hdop=hdop)) == pytest.approx(r95)
