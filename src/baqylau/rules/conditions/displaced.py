"""Displaced: fixed equipment stands elsewhere, or otherwise, than where it was registered.

    in place --moved--> moved (S03 for a home unit, L08 for a relay);  moved --in place--> in place, without a finding

Put back by itself it ends nothing: the range is to be tested again. Source: catalogue S03, L08 (notes on the domain,
section 6); notes on radio and GNSS, section 6.
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import Displaced
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.condition import Kind, Word, word


def _says(body: Displaced) -> Word:
    return word(holds=body.moved)


HOME_UNIT = Kind(
    name="unit_moved",
    begins=Code.UNIT_MOVED,
    devices=frozenset({DeviceKind.HOME_UNIT}),
    body=Displaced,
    says=_says,
)
RELAY = Kind(
    name="relay_moved",
    begins=Code.RELAY_FAULT,
    devices=frozenset({DeviceKind.RELAY}),
    body=Displaced,
    says=_says,
)
