"""Receiver fault: a receiver says that it does not work, or hears nothing at all, its own anchor included.

    working --fault, or not one frame--> in doubt --90 s--> faulty (S09)
    faulty --works and hears something--> working (S06, which ends it)

While it is faulty nobody's silence at it means absence. A carried unit has no anchor: for it, hearing nothing is how
a bracelet left behind sounds. Nor is it a fault to hear nothing in a band that is too loud
(`rules.conditions.band_noise`). Source: catalogue S09; notes on radio and GNSS, section 2 (no frame of any device for
90 s is a receiver's fault) and 3.3.
"""

from collections.abc import Callable

from baqylau.domain.findings import Code
from baqylau.domain.observations import ReceiverHealth
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.band_noise import drowned
from baqylau.rules.conditions.condition import Kind, Word, word
from baqylau.rules.settings import RECEIVER_FAULT_AFTER_S


def _with_anchor(body: ReceiverHealth) -> Word:
    return word(holds=not body.working or (body.frames == 0 and not drowned(body)))


def _carried(body: ReceiverHealth) -> Word:
    return word(holds=not body.working)


def _kind(name: str, device: DeviceKind, says: Callable[[ReceiverHealth], Word]) -> Kind[ReceiverHealth]:
    return Kind(
        name=name,
        version="2",
        begins=Code.RECEIVER_FAULT,
        ends=Code.UNIT_RESTORED,
        devices=frozenset({device}),
        body=ReceiverHealth,
        says=says,
        after_s=RECEIVER_FAULT_AFTER_S,
    )


KINDS = (
    _kind("receiver_fault", DeviceKind.HOME_UNIT, _with_anchor),
    _kind("carried_receiver_fault", DeviceKind.MOBILE_UNIT, _carried),
)
