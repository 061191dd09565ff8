"""Whatever is in the bytes, decoding ends soon and says what was wrong."""

import wave
from collections.abc import Iterator
from fractions import Fraction
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from baqylau.monitoring.av_server.decoding import Segment, decoded, photographed, picture
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Damage, Pixels

av = pytest.importorskip("av", reason="the extra `av` is not installed")
Image = pytest.importorskip("PIL.Image", reason="the extra `av` is not installed")


def pictures(count: int, width: int = 160, height: int = 120, level: int = 120) -> Iterator[Pixels]:
    noise = np.random.default_rng(1).integers(0, 40, (height, width, 3))
    for index in range(count):
        yield np.clip(np.roll(noise, index, axis=1) + level, 0, 255).astype(np.uint8)


def film(
    frames: list[Pixels], *, rate: int = 10, sound: bool = True, form: str = "webm", codec: str = "libvpx"
) -> bytes:
    """Make a film as a unit would: VP8 and Opus."""
    target = BytesIO()
    with av.open(target, "w", format=form) as container:
        video: Any = container.add_stream(codec, rate=rate) if frames else None
        if video is not None:
            video.height, video.width = frames[0].shape[:2]
            video.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        audio = container.add_stream("libopus", rate=48_000, layout="mono") if sound else None
        for index, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, rate)
            container.mux(video.encode(frame))
        if audio is not None:
            tone = (0.2 * np.sin(np.arange(48_000 * max(len(frames) // rate, 1)) * 0.05)).astype(np.float32)
            for begin in range(0, len(tone), 960):
                part = av.AudioFrame.from_ndarray(tone[None, begin : begin + 960], format="flt", layout="mono")
                part.sample_rate, part.pts, part.time_base = 48_000, begin, Fraction(1, 48_000)
                container.mux(audio.encode(part))
        for stream in (video, audio):
            if stream is not None:
                container.mux(stream.encode())
    return target.getvalue()


FILM = film(list(pictures(20)))


def test_a_film_becomes_pictures_and_sound_with_their_times() -> None:
    found = decoded([Segment(0.0, FILM)])
    assert found.damage == ()
    assert len(found.frames) == 10
    assert len(found.motion) == 20
    assert found.frames[1].at_s == pytest.approx(0.2, abs=0.02)
    assert found.frames[0].pixels.shape == (120, 160, 3)
    assert found.motion[0].pixels.shape == (120, 160)
    assert len(found.sound) / SAMPLE_HZ == pytest.approx(2.0, abs=0.1)


def test_segments_lie_where_they_began() -> None:
    found = decoded([Segment(5.0, FILM), Segment(1.0, FILM)])
    instants = [frame.at_s for frame in found.frames]
    assert instants == sorted(instants)
    assert instants[0] == pytest.approx(1.0, abs=0.02)
    assert instants[-1] == pytest.approx(6.8, abs=0.02)
    assert found.sound_from_s == pytest.approx(1.0, abs=0.05)
    quiet = found.sound[int(2.5 * SAMPLE_HZ) : int(3.5 * SAMPLE_HZ)]
    assert float(np.abs(quiet).max()) == 0.0


@pytest.mark.parametrize(
    "content", [b"", b"junk" * 500, FILM[:40], bytes(2000), b"<html></html>", b"RIFF\xff\xff\xff\xff"]
)
def test_what_is_no_film_is_said_to_be_none(content: bytes) -> None:
    found = decoded([Segment(0.0, content)])
    assert Damage.NO_PICTURE in found.damage
    assert Damage.NO_SOUND in found.damage
    assert found.frames == ()


def test_a_film_that_was_cut_or_changed_gives_what_is_left() -> None:
    half = decoded([Segment(0.0, FILM[: len(FILM) * 2 // 3])])
    assert 0 < len(half.frames) < 10
    holed = decoded([Segment(0.0, FILM[:3000] + bytes(500) + FILM[3500:])])
    assert len(holed.frames) <= 10


def test_black_pictures_and_no_sound_are_named() -> None:
    black = decoded([Segment(0.0, film([np.zeros((120, 160, 3), dtype=np.uint8)] * 10, sound=False))])
    assert set(black.damage) == {Damage.BLACK, Damage.NO_SOUND}
    deaf = decoded([Segment(0.0, film([], sound=True))])
    assert set(deaf.damage) == {Damage.NO_PICTURE}


def test_another_codec_is_read_all_the_same() -> None:
    found = decoded([Segment(0.0, film(list(pictures(10)), form="matroska", codec="mpeg4", sound=False))])
    assert len(found.frames) == 5


def test_large_pictures_are_made_smaller_and_too_large_ones_left_out() -> None:
    large = decoded(
        [
            Segment(
                0.0, film([np.full((1080, 1920, 3), 90, dtype=np.uint8)], form="matroska", codec="mjpeg", sound=False)
            )
        ]
    )
    assert large.frames[0].pixels.shape == (360, 640, 3)
    huge = decoded(
        [
            Segment(
                0.0, film([np.full((2160, 5120, 3), 90, dtype=np.uint8)], form="matroska", codec="mjpeg", sound=False)
            )
        ]
    )
    assert Damage.TOO_LARGE in huge.damage
    assert huge.frames == ()


def test_a_film_that_is_longer_than_any_check_is_not_looked_at_to_its_end() -> None:
    found = decoded([Segment(0.0, film(list(pictures(40, 32, 32)), rate=1, sound=False)), Segment(119.5, FILM)])
    assert Damage.TOO_LONG in found.damage
    assert found.frames[-1].at_s <= 120


def photo(width: int, height: int) -> bytes:
    target = BytesIO()
    Image.fromarray(next(pictures(1, width, height))).save(target, "JPEG")
    return target.getvalue()


PHOTO = photo(1600, 1200)


def test_photographs_are_made_smaller_and_what_is_none_is_left_out() -> None:
    found = photographed([(0.0, PHOTO), (1.0, b"none"), (2.0, PHOTO[:900]), (3.0, b"")])
    assert [frame.at_s for frame in found] == [0.0]
    assert found[0].pixels.shape == (480, 640, 3)


def test_a_photograph_that_claims_to_be_endless_is_left_out() -> None:
    head = photo(64, 64)
    at = head.index(b"\xff\xc0")
    assert picture(head[: at + 5] + b"\xff\xff\xff\xff" + head[at + 9 :]) is None


def test_a_photograph_of_many_pixels_of_sixteen_bits_or_without_colour_is_read() -> None:
    large, deep, grey = BytesIO(), BytesIO(), BytesIO()
    Image.new("RGB", (8000, 6000), (90, 120, 150)).save(large, "JPEG")
    Image.fromarray(np.full((40, 60), 120 * 256, dtype=np.uint16)).save(deep, "PNG")
    Image.new("L", (60, 40), 120).save(grey, "JPEG")
    read = picture(large.getvalue())
    assert read is not None
    assert read.shape == (480, 640, 3)
    for one in (deep, grey):
        read = picture(one.getvalue())
        assert read is not None
        assert read.shape == (40, 60, 3)
        assert abs(float(read.mean()) - 120) < 2


def test_a_photograph_is_turned_as_the_camera_wrote_down() -> None:
    sideways, how = BytesIO(), Image.Exif()
    how[0x0112] = 6
    Image.new("RGB", (60, 40)).save(sideways, "JPEG", exif=how)
    read = picture(sideways.getvalue())
    assert read is not None
    assert read.shape == (60, 40, 3)


def test_a_steady_voltage_beneath_a_voice_is_no_sound() -> None:
    target = BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(44_100)
        tone = (3000 * np.sin(np.arange(44_100) * 0.05) + 6000).astype("<i2")
        out.writeframes(np.repeat(tone, 2).tobytes())
    found = decoded([Segment(0.0, target.getvalue())])
    assert abs(float(found.sound.mean())) < 1e-3
    assert len(found.sound) / SAMPLE_HZ == pytest.approx(1.0, abs=0.05)
