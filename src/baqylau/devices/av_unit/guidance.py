"""What the person should change so that they can be seen and heard well: the words of the catalogues (`av.say.<hint>`).

The figures are rough on purpose: they guide, and refuse nothing. Whether recordings are good enough is judged at the
server, from the recordings themselves.
"""

from baqylau.devices.av_unit.inputs import Look

COVERED_CONTRAST = 6.0
COVERED_BRIGHTNESS = 30.0
DARK, GLARING = 45.0, 225.0
SHARP_LEAST = 12.0
FACE_SHARE_LEAST = 0.2
NOISY = 0.35
"""Figures of design [D]; nothing is decided on them."""


def covered(look: Look) -> bool:
    """Tell whether nothing is to be seen but a cover or darkness."""
    return look.contrast < COVERED_CONTRAST and look.brightness < COVERED_BRIGHTNESS


def hint(look: Look | None) -> str:
    """Give the first thing to change; empty when all is well."""
    if look is None:
        return "no_picture"
    if covered(look):
        return "covered"
    return _light(look) or _face(look) or ("noisy" if (look.loudness or 0.0) > NOISY else "")


def _light(look: Look) -> str:
    if look.brightness < DARK:
        return "dark"
    return "glaring" if look.brightness > GLARING else ""


def _face(look: Look) -> str:
    if look.faces == 0:
        return "no_face"
    if look.faces is not None and look.faces > 1:
        return "several"
    if look.faces == 1 and look.face_share < FACE_SHARE_LEAST:
        return "closer"
    return "blurred" if look.sharpness < SHARP_LEAST else ""
