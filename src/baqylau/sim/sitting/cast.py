"""The invented people of the bench: a face of the one recording and a voice of the other, enrolled as people are.

The recordings are of real people who have nothing to do with supervision; nothing that is made of them outlives the
bench. Of each voice half the takes are enrolled and the other half is said at checks.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path

import av
import numpy as np
from msgspec import Struct
from PIL import Image, ImageEnhance

from baqylau.domain.ids import PersonId
from baqylau.monitoring.av_server.enrolment import Enrolment, Named, enrolled
from baqylau.monitoring.av_server.equipment import Models
from baqylau.sim.sitting.portrait import Portrait
from baqylau.sim.sitting.voice import RATE_HZ, Reals, Voice, take
from baqylau.storage.checks.enrolment_sheets import Material, NewItem

FACES = (("biden2", "biden"), ("obama2", "obama2"))
"""Picture of the enrolment, picture of the checks: of the second face there is only one."""
SPEAKERS = ("george", "jackson", "nicolas", "theo")
_ENROLLED, _SAID = range(5), range(5, 10)
_PAUSE_S = 0.25


class Person(Struct, frozen=True, kw_only=True):
    """An invented person."""

    id: PersonId
    enrolled_face: Path
    face: Portrait
    speaker: str


class Cast:
    """All faces and voices that there are."""

    def __init__(self, folder: Path, models: Models) -> None:
        """Take the folder of the recordings, and the models to find and enrol with. `LookupError` without those."""
        if models.finder is None:
            msg = "the models are not there"
            raise LookupError(msg)
        self._folder, self._models = folder, models
        portraits = {name: Portrait(folder / f"faces/{name}.jpg", models.finder) for _, name in FACES}
        self.people = tuple(
            Person(
                id=PersonId(f"{speaker}-{number}"),
                enrolled_face=folder / f"faces/{enrolled_as}.jpg",
                face=portraits[shown],
                speaker=speaker,
            )
            for (number, (enrolled_as, shown)), speaker in product(enumerate(FACES), SPEAKERS)
        )

    def others(self, person: Person) -> tuple[Person, ...]:
        """Give those who have neither the person's face nor voice."""
        return tuple(one for one in self.people if one.face is not person.face and one.speaker != person.speaker)

    def voice(self, speaker: str) -> Voice:
        """Give a speaker as they speak at a check."""
        return Voice({digit: self._takes(speaker, digit, _SAID) for digit in range(10)})

    def _takes(self, speaker: str, digit: int, numbers: range) -> list[Reals]:
        return [take(self._folder / f"speech/digits/{digit}_{speaker}_{number}.wav") for number in numbers]

    def enrolled(self, person: Person) -> Enrolment:
        """Enrol a person through the gates of quality that everybody has to pass."""
        return enrolled(list(self.offered(person)), self._models)

    def offered(self, person: Person) -> Iterator[Named]:
        """Give the photographs, sentences and digits of a person, as somebody would bring them."""
        with Image.open(person.enrolled_face) as opened:
            photo = opened.convert("RGB")
        for number, light in enumerate((0.9, 1.0, 1.1)):
            edge = 12 * number
            cut = photo.crop((edge, edge, photo.width - edge, photo.height - edge))
            content = BytesIO()
            ImageEnhance.Brightness(cut).enhance(light).save(content, "JPEG", quality=90)
            item = NewItem(kind=Material.PHOTO, content_type="image/jpeg", content=content.getvalue())
            yield Named(f"photo-{number}", item)
        takes = {digit: self._takes(person.speaker, digit, _ENROLLED) for digit in range(10)}
        for digit, said in takes.items():
            for number, one in enumerate(said):
                yield _sound(f"digit-{digit}-{number}", Material.DIGIT, _among(one), digit)
        for number in range(4):
            sentence = np.concatenate([_among(takes[digit][number]) for digit in range(10)])
            yield _sound(f"said-{number}", Material.UTTERANCE, sentence, None)


def _among(said: Reals) -> Reals:
    """Give a digit between two pauses."""
    pause = np.zeros(int(_PAUSE_S * RATE_HZ))
    return np.concatenate([pause, said, pause])


def _sound(name: str, kind: Material, heard: Reals, digit: int | None) -> Named:
    quiet = np.random.default_rng(len(heard)).normal(0, 3e-4, len(heard))
    samples = (np.clip(heard + quiet, -1, 1) * 32_767).astype(np.int16)
    content = BytesIO()
    with av.open(content, "w", format="wav") as file:
        stream = file.add_stream("pcm_s16le", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return Named(name, NewItem(kind=kind, content_type="audio/wav", content=content.getvalue(), digit=digit))
