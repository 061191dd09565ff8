"""Towns in which everybody has equipment of one kind."""

from typing import Any

from baqylau.domain.people import DeviceKind
from baqylau.sim.city.scenario import Life, Scenario

_SHARES = {
    DeviceKind.HOME_UNIT: "home_unit_share",
    DeviceKind.MOBILE_UNIT: "mobile_unit_share",
    DeviceKind.BREATH_UNIT: "breath_unit_share",
    DeviceKind.AV_UNIT: "av_unit_share",
}
_LIVES = {
    DeviceKind.BREATH_UNIT: "breath_lives",
    DeviceKind.HOME_UNIT: "home_lives",
    DeviceKind.MOBILE_UNIT: "mobile_lives",
    DeviceKind.TRACKER: "lives",
}


def town(kind: DeviceKind, life: Life, **more: Any) -> Scenario:
    """Give a town of people with this equipment, who all live like that."""
    shares = {name: float(one is kind) for one, name in _SHARES.items()}
    bought = {"wialon": 2, "egts": 2, "teltonika": 1}
    lives = {_LIVES.get(kind, "standing_lives"): {life: 1}}
    return Scenario(**{**shares, **lives, "protocols": bought, "spoilings": (), **more})
