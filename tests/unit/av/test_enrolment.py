"""Enrolment: what is good enough becomes templates, what is not is named, and nothing is made of too little."""

import wave
from io import BytesIO

import numpy as np
import pytest

from baqylau.monitoring.av_server.enrolment import Named, Objection, Refused, enrolled
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Reals
from baqylau.storage.checks.enrolment_sheets import Material, NewItem
from baqylau.storage.checks.templates import Kind
from tests.unit.av.stage import AIGUL, HIGH_HZ, LOW_HZ, MODELS, OTHER, shown
from tests.unit.av.voicing import digit, within

Image = pytest.importorskip("PIL.Image", reason="the extra `av` is not installed")
pytest.importorskip("webrtcvad", reason="the extra `av` is not installed")


def photo(name: str, who: int = AIGUL, faces: int = 1, quarters: int = 0) -> Named:
    target, pixels = BytesIO(), shown(who, faces=faces)
    pixels[100, 100] = len(name), sum(name.encode()) % 256, quarters
    Image.fromarray(np.rot90(pixels, quarters)).save(target, "PNG")
    return Named(name, NewItem(kind=Material.PHOTO, content_type="image/png", content=target.getvalue()))


def told(name: str, sound: Reals, kind: Material, number: int | None = None) -> Named:
    target = BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_HZ)
        out.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return Named(name, NewItem(kind=kind, content_type="audio/wav", content=target.getvalue(), digit=number))


def sentence(name: str, pitch_hz: float = LOW_HZ, noise: float = 3e-4, words: int = 8) -> Named:
    take = sum(name.encode())
    said = np.concatenate([digit(number, take=take, pitch_hz=pitch_hz) for number in range(words)])
    return told(name, within(said, len(said) / SAMPLE_HZ + 1.5, 0.7, noise), Material.UTTERANCE)


PHOTOS = [photo(f"photo-{index}.png") for index in range(3)]
SENTENCES = [sentence(f"said-{index}.wav") for index in range(3)]
DIGITS = [
    told(f"digit-{number}-{take}.wav", within(digit(number, take=take), 1.2, 0.3), Material.DIGIT, number)
    for number in range(10)
    for take in range(5)
]


def test_three_photographs_three_sentences_and_five_takes_of_each_digit_are_an_enrolment() -> None:
    found = enrolled([*PHOTOS, *SENTENCES, *DIGITS], MODELS)
    assert found.objections == ()
    assert found.complete
    face, voice, digits = found.made
    assert (face.kind, voice.kind, digits.kind) == tuple(Kind)
    assert len(voice.vectors) == 2
    assert sorted(set(digits.digits)) == list(range(10))
    assert len(found.taken) == 56


def refused(*offered: Named) -> set[Objection]:
    return set(enrolled(offered, MODELS).objections)


def test_photographs_that_are_no_good_are_named_with_the_reason() -> None:
    found = refused(
        *PHOTOS,
        photo("crowd.png", faces=3),
        photo("wall.png", faces=0),
        photo("sister.png", OTHER),
        Named("note.txt", NewItem(kind=Material.PHOTO, content_type="image/png", content=b"no picture")),
    )
    assert {
        Objection("crowd.png", Refused.SEVERAL_FACES),
        Objection("wall.png", Refused.NO_FACE),
        Objection("sister.png", Refused.OTHER_FACE),
        Objection("note.txt", Refused.UNREADABLE),
    } <= found
    assert Objection("", Refused.TOO_FEW_PHOTOS) not in found


def test_photographs_on_their_side_and_on_their_head_are_taken() -> None:
    found = refused(*(photo(f"photo-{quarters}.png", quarters=quarters) for quarters in (1, 2, 3)))
    assert not {one for one in found if one.why in {Refused.NO_FACE, Refused.TOO_FEW_PHOTOS}}


def test_two_photographs_are_too_few() -> None:
    assert Objection("", Refused.TOO_FEW_PHOTOS) in refused(*PHOTOS[:2])


def test_the_same_photograph_three_times_is_one() -> None:
    found = refused(*PHOTOS[:2], *PHOTOS[:2], *SENTENCES)
    again = {Objection(one.name, Refused.SAME_AGAIN) for one in PHOTOS[:2]}
    assert {*again, Objection("", Refused.TOO_FEW_PHOTOS)} <= found


def test_nobody_is_enrolled_in_the_place_of_another() -> None:
    others = [photo(f"sister-{index}.png", OTHER) for index in range(3)]
    known = [one.item.content for one in PHOTOS]
    found = enrolled([*others, *SENTENCES, *DIGITS], MODELS, known)
    assert (found.made, found.objections) == ((), (Objection("", Refused.OTHER_PERSON),))
    assert enrolled([*PHOTOS, *SENTENCES, *DIGITS], MODELS, known).complete


def test_sentences_that_are_no_good_are_named_with_the_reason() -> None:
    found = refused(
        *SENTENCES,
        sentence("short.wav", words=1),
        sentence("street.wav", noise=0.1),
        sentence("brother.wav", HIGH_HZ),
    )
    assert Objection("short.wav", Refused.TOO_SHORT) in found
    assert Objection("brother.wav", Refused.OTHER_VOICE) in found
    assert Objection("street.wav", Refused.TOO_NOISY) in found
    assert Objection("", Refused.TOO_FEW_UTTERANCES) not in found


def test_a_digit_with_too_few_takes_keeps_the_digits_from_being_enrolled() -> None:
    found = enrolled([*PHOTOS, *SENTENCES, *DIGITS[:-1]], MODELS)
    assert found.objections == (Objection("9", Refused.TOO_FEW_TAKES),)
    assert not found.complete
    assert [one.kind for one in found.made] == [Kind.FACE, Kind.VOICE]


def test_a_take_of_another_digit_is_named() -> None:
    wrong = told("digit-3-9.wav", within(digit(8, take=9), 1.2, 0.3), Material.DIGIT, 3)
    silent = told("digit-4-9.wav", within(np.zeros(0), 1.2, 0.3), Material.DIGIT, 4)
    found = refused(*DIGITS, wrong, silent)
    assert Objection("digit-3-9.wav", Refused.DIGIT_UNCLEAR) in found
    assert Objection("digit-4-9.wav", Refused.TOO_SHORT) in found


def test_without_models_nobody_is_enrolled() -> None:
    assert enrolled(PHOTOS, Models()).objections == (Objection("", Refused.NO_MODEL),)
