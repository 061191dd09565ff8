"""A photograph drawn anew: nothing but its picture comes through, whatever else lay in the file.

What cameras write beside a picture (place, time, device) is left out, and so is what somebody hid in or behind it.
Which way up the camera was held is kept to.
"""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE_MAX_PX = 10_000
"""A picture of few octets may be made to fill the memory of whoever reads it."""
_QUALITIES = (85, 70, 50, 30)


class NoPhotoError(Exception):
    """These bytes are no picture of the form that is asked for, or none that can be made small enough."""


def anew(photo: bytes, *, side_px: int, most_bytes: int, form: str = "JPEG") -> bytes:
    """Give a JPEG of the same picture, no wider or higher and of no more octets than is said. `NoPhotoError`."""
    picture = _read(photo, side_px, form)
    for shrunk in (1, 2, 4):
        picture.thumbnail((side_px // shrunk, side_px // shrunk))
        for quality in _QUALITIES:
            out = BytesIO()
            picture.save(out, "JPEG", quality=quality)
            if out.tell() <= most_bytes:
                return out.getvalue()
    raise NoPhotoError


def _read(photo: bytes, side_px: int, form: str) -> Image.Image:
    try:
        with Image.open(BytesIO(photo), formats=(form,)) as image:
            if max(image.size) > SIDE_MAX_PX:
                raise NoPhotoError
            image.draft("RGB", (side_px, side_px))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as wrong:
        raise NoPhotoError from wrong
    bare = Image.new("RGB", upright.size)
    bare.paste(upright)
    return bare
