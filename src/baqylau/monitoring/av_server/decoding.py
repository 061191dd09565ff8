"""From bytes to pictures and sound. Whatever is in the bytes, this ends soon, and says what was wrong.

At most so many seconds, pictures and pixels are looked at as a check can have: a file that claims or holds more costs
no more. Bytes from a unit are as untrusted as any others.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Damage, Frame, Pixels, Reals, Recording

if TYPE_CHECKING:
    from av import AudioFrame, VideoFrame
    from PIL.Image import Image

SECONDS_MAX = 120.0
FRAMES_HZ = 5.0
MOTION_HZ = 15.0
SIDE_MAX_PX = 640
_MOTION_WIDE_PX = 320
_PIXELS_MAX = 3840 * 2160
_PHOTO_PIXELS_MAX = {"JPEG": 85_000_000}
"""Of a photograph; JPEG is read at an eighth of its size where that is enough. Others: thrice a 4K picture."""
_PICTURES_MAX = 120 * 60
_PIXELS_IN_ALL = 4_000_000_000
"""Decoded in all, also those that are passed over: two minutes of 1280 by 720 at 30 pictures a second."""
_GAP_S = 0.2
"""Sound that is missing for longer is a pause; less is the rounding of its times."""
_BLACK = 12.0
_SILENT = 1e-4


class Segment(Struct, frozen=True):
    """A piece of a check's recording, and when it began, in seconds from the check's beginning."""

    from_s: float
    content: bytes


class _Gathered:
    """What came out of the segments so far."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.motion: list[Frame] = []
        self.sounds: list[tuple[float, Reals]] = []
        self.damage: set[Damage] = set()
        self.pictures = 0
        self.pixels = 0


def decoded(segments: Sequence[Segment]) -> Recording:
    """Decode the segments of a check. Never raises for what is in them: `Recording.damage` says it."""
    gathered = _Gathered()
    for segment in sorted(segments, key=lambda segment: segment.from_s):
        _decode(segment, gathered)
    sound, from_s = _joined(gathered.sounds)
    damage = gathered.damage | _missing(gathered, sound)
    return Recording(
        frames=tuple(gathered.frames),
        motion=tuple(gathered.motion),
        sound=sound,
        sound_from_s=from_s,
        damage=tuple(sorted(damage)),
    )


def photographed(photos: Sequence[tuple[float, bytes]]) -> tuple[Frame, ...]:
    """Read photographs; one that is none, or that is too large, is left out."""
    read = ((at_s, picture(content)) for at_s, content in photos)
    return tuple(Frame(at_s, pixels) for at_s, pixels in read if pixels is not None)


def picture(content: bytes, side_px: int = SIDE_MAX_PX) -> Pixels | None:
    """Read one photograph, upright and no larger than needed; None where that cannot be done."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - of the extra

    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > _PHOTO_PIXELS_MAX.get(image.format or "", _PIXELS_MAX * 3):
                return None
            image.draft("RGB", (side_px * 2, side_px * 2))
            upright = _eight_bits(ImageOps.exif_transpose(image))
            upright.thumbnail((side_px, side_px))
            return np.array(upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _eight_bits(image: "Image") -> "Image":
    """Give it in three colours; Pillow would make white of all that has sixteen bits."""
    if image.mode.startswith("I"):
        image = image.point(lambda level: level / 256).convert("L")
    return image.convert("RGB")


def _decode(segment: Segment, gathered: _Gathered) -> None:
    import av  # noqa: PLC0415 - of the extra: all else must load without it

    try:
        with av.open(BytesIO(segment.content), mode="r", metadata_errors="replace") as container:
            own: list[Any] = [*container.streams.video[:1], *container.streams.audio[:1]]
            streams = [stream for stream in own if stream.codec_context is not None]
            if len(streams) < max(len(own), 1):
                gathered.damage.add(Damage.UNREADABLE)
            if not streams:
                return
            for stream in [one for one in streams if one.type == "video"]:
                stream.codec_context.thread_count = 1
                if stream.width * stream.height > _PIXELS_MAX:
                    gathered.damage.add(Damage.TOO_LARGE)
                    streams.remove(stream)
            _take(container.decode(streams), segment.from_s, gathered)
    except (av.FFmpegError, ValueError, EOFError, OverflowError):
        # Whatever was decoded before the broken place stays and is judged.
        got_some = bool(gathered.frames or gathered.sounds)
        gathered.damage.add(Damage.CUT_SHORT if got_some else Damage.UNREADABLE)


def _take(decoded_parts: Iterator[Any], from_s: float, gathered: _Gathered) -> None:
    import av  # noqa: PLC0415 - of the extra: all else must load without it

    to_mono = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_HZ)
    heard_until: float | None = None
    for part in decoded_parts:
        at_s = from_s + max(0.0, float(part.time or 0.0))
        excess = _excess(max(at_s, heard_until or 0.0), gathered)
        if excess is not None:
            gathered.damage.add(excess)
            return
        if isinstance(part, av.VideoFrame):
            _see(part, at_s, gathered)
        elif isinstance(part, av.AudioFrame):
            lost = heard_until is None or at_s - heard_until > _GAP_S
            begins = at_s if heard_until is None or lost else heard_until
            heard_until = begins + _hear(to_mono.resample(part), begins, gathered)


def _excess(at_s: float, gathered: _Gathered) -> Damage | None:
    if at_s > SECONDS_MAX or gathered.pictures >= _PICTURES_MAX:
        return Damage.TOO_LONG
    return Damage.TOO_LARGE if gathered.pixels >= _PIXELS_IN_ALL else None


def _see(part: "VideoFrame", at_s: float, gathered: _Gathered) -> None:
    gathered.pictures += 1
    gathered.pixels += part.width * part.height
    if part.width * part.height > _PIXELS_MAX:
        gathered.damage.add(Damage.TOO_LARGE)
        return
    if _due(gathered.motion, at_s, MOTION_HZ):
        gathered.motion.append(Frame(at_s, _sized(part, _MOTION_WIDE_PX, "gray")))
    if _due(gathered.frames, at_s, FRAMES_HZ):
        gathered.frames.append(Frame(at_s, _sized(part, SIDE_MAX_PX, "rgb24")))


def _due(taken: list[Frame], at_s: float, rate_hz: float) -> bool:
    return not taken or int(at_s * rate_hz) > int(taken[-1].at_s * rate_hz)


def _sized(part: "VideoFrame", side: int, form: str) -> Pixels:
    share = min(1.0, side / max(part.width, part.height))
    width, height = max(2, int(part.width * share) // 2 * 2), max(2, int(part.height * share) // 2 * 2)
    return np.ascontiguousarray(part.reformat(width=width, height=height, format=form).to_ndarray(), dtype=np.uint8)


def _hear(parts: Sequence["AudioFrame"], at_s: float, gathered: _Gathered) -> float:
    """Keep the samples; give how many seconds they are."""
    lasted = 0.0
    for part in parts:
        samples = np.asarray(part.to_ndarray().reshape(-1), dtype=np.float32)
        gathered.sounds.append((at_s + lasted, np.nan_to_num(np.clip(samples, -1, 1))))
        lasted += len(samples) / SAMPLE_HZ
    return lasted


def _joined(sounds: Sequence[tuple[float, Reals]]) -> tuple[Reals, float]:
    """Lay the pieces where they belong; what is missing between them is silence. A steady voltage is no sound."""
    if not sounds:
        return np.zeros(0, dtype=np.float32), 0.0
    from_s = min(at_s for at_s, _ in sounds)
    steady = np.float32(np.mean(np.concatenate([samples for _, samples in sounds])))
    places = [(round((at_s - from_s) * SAMPLE_HZ), samples) for at_s, samples in sounds]
    whole = np.zeros(max(place + len(samples) for place, samples in places), dtype=np.float32)
    for place, samples in places:
        whole[place : place + len(samples)] = samples - steady
    return whole, from_s


def _missing(gathered: _Gathered, sound: Reals) -> set[Damage]:
    found = set()
    if not gathered.frames:
        found.add(Damage.NO_PICTURE)
    elif max(float(frame.pixels.mean()) for frame in gathered.frames) < _BLACK:
        found.add(Damage.BLACK)
    if not len(sound):
        found.add(Damage.NO_SOUND)
    elif float(np.sqrt(np.mean(np.square(sound)))) < _SILENT:
        found.add(Damage.SILENT)
    return found
