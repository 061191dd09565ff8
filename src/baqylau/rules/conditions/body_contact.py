"""Body contact: the body sensor has felt no skin for ten minutes and the strap is closed.

    felt --no contact--> lost --10 min--> found (B05);  found --contact--> felt (B12, which ends it)

While the strap is open B01 says it already. Source: catalogue B05 (10 min); B12 is ours.
"""

from baqylau.domain.findings import Code
from baqylau.domain.observations import Skin
from baqylau.rules.conditions.condition import Kind, Word, word
from baqylau.rules.settings import BODY_LOST_AFTER_S


def _says(body: Skin) -> Word:
    return word(holds=not body.contact)


KIND = Kind(
    name="body_lost",
    begins=Code.BODY_LOST,
    ends=Code.BODY_FELT,
    body=Skin,
    says=_says,
    after_s=BODY_LOST_AFTER_S,
    strap_closed=True,
)
