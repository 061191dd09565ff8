"""Band noise: a receiver hears a band so loud that nothing else comes through, its own anchor neither.

    quiet --loud, and not one frame--> in doubt --90 s--> jammed (S07)
    jammed --quiet, or a frame comes through--> quiet (L10, which ends it)

The raw figures of the receiver are enough: it need not call it jamming itself (`rules.conditions.interference`).
While it lasts nobody's silence at that receiver means absence. Source: catalogue S07 (band noise high, all beacons
lost together).
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import ReceiverHealth
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.condition import Kind, Word, word
from baqylau.rules.settings import LOUD_BAND_DBM, RECEIVER_FAULT_AFTER_S


def drowned(body: ReceiverHealth) -> bool:
    """Whether the band is so loud that hearing nothing is no fault of the receiver."""
    return body.frames == 0 and body.noise_dbm is not None and body.noise_dbm >= LOUD_BAND_DBM


def _says(body: ReceiverHealth) -> Word:
    return word(holds=drowned(body))


KIND = Kind(
    name="band_noise",
    begins=Code.RADIO_JAM,
    ends=Code.INTERFERENCE_ENDED,
    devices=frozenset({DeviceKind.HOME_UNIT, DeviceKind.MOBILE_UNIT}),
    body=ReceiverHealth,
    says=_says,
    after_s=RECEIVER_FAULT_AFTER_S,
    located=True,
)
