"""Farewell: the device says that it will not be heard any more.

    heard --battery empty--> gone (T03);  heard --switched off--> gone (T06)
    gone --any later word--> heard (C02, which ends it)

Source: catalogue T03 (last gasp), T06, C02 (notes on the domain, section 6).
"""

from collections.abc import Callable

from baqylau.domain.findings import Code
from baqylau.domain.observations import Farewell, FarewellReason
from baqylau.rules.conditions.condition import Kind, Word

_CODES = {FarewellReason.BATTERY_EMPTY: Code.BATTERY_EMPTY, FarewellReason.SWITCHED_OFF: Code.POWER_OFF}


def _of(reason: FarewellReason) -> Callable[[Farewell], Word | None]:
    def says(body: Farewell) -> Word | None:
        return Word.HOLDS if body.reason is reason else None

    return says


KINDS = tuple(
    Kind(
        name=reason.value,
        begins=_CODES[reason],
        ends=Code.COMMS_RESTORED,
        body=Farewell,
        says=_of(reason),
        until_spoken=True,
    )
    for reason in FarewellReason
)
