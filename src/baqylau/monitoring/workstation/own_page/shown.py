"""What a supervised person attached, as the service may look at it.

The file as it was sent stays sealed in the file of the person. A picture is never shown as it is, because nobody knows
what else lies in it: what is shown was drawn anew.
"""

from typing import Final

from baqylau.storage.people.jpeg import anew

SIDE_PX, BYTES_MAX = 2048, 1_500_000
"""A letter that was photographed can still be read."""
DRAWN: Final = "image/jpeg"
_FORMS: Final = {DRAWN: "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


def shown(media_type: str, content: bytes) -> tuple[str, bytes]:
    """Give type and content for whoever looks at it; a voice note is given as it is. `NoPhotoError`."""
    if media_type not in _FORMS:
        return media_type, content
    return DRAWN, anew(content, side_px=SIDE_PX, most_bytes=BYTES_MAX, form=_FORMS[media_type])
