"""External power: a fixed unit without mains, a carried one on its charger.

    on mains --not--> on battery (S01);  on battery --mains--> on mains (S06, which ends it)
    carried --on the charger--> charging (T04);  charging --off it--> carried (T07, which ends it)

Source: catalogue S01, S06, T04 (notes on the domain, section 6); T07 is ours.
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import Power
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.condition import Kind, Word, word


def _lost(body: Power) -> Word:
    return word(holds=not body.external)


def _charging(body: Power) -> Word:
    return word(holds=body.external)


MAINS_LOST = Kind(
    name="mains_lost",
    begins=Code.MAINS_LOST,
    ends=Code.UNIT_RESTORED,
    devices=frozenset({DeviceKind.HOME_UNIT, DeviceKind.RELAY}),
    body=Power,
    says=_lost,
)
CHARGING = Kind(
    name="charging",
    begins=Code.CHARGING,
    ends=Code.CHARGING_ENDED,
    devices=frozenset({DeviceKind.TRACKER, DeviceKind.MOBILE_UNIT}),
    body=Power,
    says=_charging,
)
