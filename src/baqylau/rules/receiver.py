"""Receiver fault: a receiver says that it does not work, or hears nothing at all, its own anchor included.

    working --fault, or not one frame--> in doubt --90 s--> faulty (S09)
    faulty --works and hears something--> working (S06, which ends it)

While it is faulty nobody's silence at it means absence. Source: catalogue S09; notes on radio and GNSS, section 2
(no frame of any device for 90 s is a receiver's fault) and 3.3.
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import ReceiverHealth
from baqylau.rules.condition import Kind, Word, word
from baqylau.rules.settings import RECEIVER_FAULT_AFTER_S


def _says(body: ReceiverHealth) -> Word:
    return word(holds=not body.working or body.frames == 0)


KIND = Kind(
    name="receiver_fault",
    begins=Code.RECEIVER_FAULT,
    ends=Code.UNIT_RESTORED,
    body=ReceiverHealth,
    says=_says,
    after_s=RECEIVER_FAULT_AFTER_S,
)
