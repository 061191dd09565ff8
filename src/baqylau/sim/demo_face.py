"""A drawn face before the demo's cameras. It is nobody's; programs that look for faces find one in it."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

PHOTOS = ((0, 0), (6, 3), (-5, 4), (3, -4), (-4, -2))
"""How far the head is from the middle, in pixels: nobody sits quite still."""
ENROLLED = ((-9, 2), (8, -2), (1, 7), (-2, -6))
"""The same on the day of enrolment: these are other photographs."""
WIDTH_PX, HEIGHT_PX = 640, 480
_SKIN, _HAIR = (214, 172, 140), (40, 30, 26)


def photographs(folder: Path, places: tuple[tuple[int, int], ...] = PHOTOS) -> None:
    """Draw them into a folder where they are not yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (x, y) in enumerate(places):
        file = folder / f"{number}.jpg"
        if not file.exists():
            _drawn(x, y).save(file, "JPEG", quality=88)


def portrait(number: int) -> bytes:
    """Give a picture for a person's file, upright; people have different ones."""
    out, red = BytesIO(), number * 37 % 60
    middle = WIDTH_PX // 2
    face = _drawn(0, 0).crop((middle - 180, 0, middle + 180, HEIGHT_PX))
    Image.blend(face, Image.new("RGB", face.size, (90 + red, 110, 170 - red)), 0.12).save(out, "JPEG", quality=88)
    return out.getvalue()


def _drawn(x: int, y: int) -> Image.Image:
    picture = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), (188, 196, 200))
    _draw(ImageDraw.Draw(picture), WIDTH_PX // 2 + x, 215 + y)
    return picture.filter(ImageFilter.GaussianBlur(2.5))


def _draw(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """Draw somebody from the shoulders up, the middle of the face at (x, y)."""
    dark, light = _shade(0.72), _shade(1.08)
    pen.rectangle((0, 330, WIDTH_PX, HEIGHT_PX), fill=(150, 140, 132))
    pen.ellipse((x - 190, y + 150, x + 190, y + 520), fill=(70, 84, 104))
    pen.rectangle((x - 45, y + 100, x + 45, y + 190), fill=_shade(0.82))
    pen.ellipse((x - 112, y - 160, x + 112, y + 60), fill=_HAIR)
    pen.ellipse((x - 98, y - 128, x + 98, y + 140), fill=_SKIN)
    for eye in (x - 42, x + 42):
        pen.ellipse((eye - 30, y - 38, eye + 30, y + 6), fill=dark)
        pen.ellipse((eye - 22, y - 24, eye + 22, y), fill=(240, 238, 232))
        pen.ellipse((eye - 10, y - 23, eye + 10, y - 2), fill=(50, 36, 28))
        pen.line((eye - 28, y - 44, eye + 28, y - 46), fill=_HAIR, width=9)
    pen.polygon([(x - 6, y - 10), (x + 6, y - 10), (x + 20, y + 44), (x - 20, y + 44)], fill=light)
    pen.ellipse((x - 22, y + 34, x + 22, y + 54), fill=dark)
    pen.ellipse((x - 36, y + 74, x + 36, y + 98), fill=(150, 80, 74))
    pen.line((x - 36, y + 86, x + 36, y + 86), fill=(90, 40, 40), width=4)


def _shade(share: float) -> tuple[int, int, int]:
    red, green, blue = (min(round(one * share), 255) for one in _SKIN)
    return red, green, blue
