"""What an officer photographed at a check by hand, for whoever looks at it.

The file as it was taken stays in the record: the console signed it, and a court may need every octet. It is never shown
as it is, because nobody knows what else lies in it. What is shown was drawn anew from its picture.
"""

from baqylau.domain.console import ConsoleCheck
from baqylau.domain.observations import Observation
from baqylau.protocols.batch.wire import ContentWrongError
from baqylau.protocols.console.envelope import brought_of
from baqylau.protocols.console.words import Checked
from baqylau.storage.people.jpeg import NoPhotoError, anew

SIDE_PX, BYTES_MAX = 1024, 300_000


def photographed(observation: Observation, raw: bytes) -> bytes | None:
    """Give the picture; None where there is none, or none that can be read."""
    if not any(isinstance(one, ConsoleCheck) and one.photo for one in observation.bodies):
        return None
    try:
        said = brought_of(raw)
        return anew(said.photo, side_px=SIDE_PX, most_bytes=BYTES_MAX) if isinstance(said, Checked) else None
    except (ContentWrongError, NoPhotoError):
        return None
