"""Photographs of nobody: what a camera writes beside a picture, or somebody hides behind it, can be put in."""

from io import BytesIO

from PIL import Image


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def photograph(*, beside: bytes = b"", behind: bytes = b"", size: tuple[int, int] = (48, 64)) -> bytes:
    """Give a JPEG, light above and dark below; `beside`: in it, as a place would be; `behind`: after it."""
    picture = Image.new("RGB", size, (230, 220, 210))
    picture.paste((40, 40, 40), (0, size[1] // 2, *size))
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    more = segment(0xE1, b"Exif\0\0" + beside) + segment(0xFE, beside) if beside else b""
    return out.getvalue()[:2] + more + out.getvalue()[2:] + behind


def opened(photo: bytes) -> Image.Image:
    """Give the picture that a viewer would show."""
    return Image.open(BytesIO(photo), formats=("JPEG",)).convert("RGB")
