"""JPEGs as far as their form goes: what a camera writes beside a picture can be put in, and looked for."""


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def photograph(of: bytes = b"a picture", *, beside: bytes = b"", size: tuple[int, int] = (240, 320)) -> bytes:
    """Give one; `beside`: what stands beside the picture, as a place and an instant would."""
    width, height = size
    frame = bytes([8]) + height.to_bytes(2, "big") + width.to_bytes(2, "big") + bytes([1, 1, 0x11, 0])
    more = segment(0xE1, b"Exif\0\0" + beside) + segment(0xFE, beside) if beside else b""
    head = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0") + more
    return b"\xff\xd8" + head + segment(0xC0, frame) + segment(0xDA, bytes([1, 1, 0, 0, 63, 0])) + of + b"\xff\xd9"
