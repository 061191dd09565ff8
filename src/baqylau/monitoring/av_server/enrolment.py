"""Enrolment: from photographs, sentences and digits to templates, each looked at before it is taken.

A poor template makes poor checks for years, so what is too poor is refused with the reason, one by one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.decoding import SIDE_MAX_PX, Segment, decoded, picture
from baqylau.monitoring.av_server.digits import TAKES, features, nearest
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.faces import Embedder, Finder, distance
from baqylau.monitoring.av_server.models import Calibration
from baqylau.monitoring.av_server.quality import look
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Pixels, Reals
from baqylau.monitoring.av_server.shelf import Vectors
from baqylau.monitoring.av_server.speech import signal_to_noise_db, utterance
from baqylau.monitoring.av_server.voices import VoiceModel, cosine, net_speech, voice_template
from baqylau.storage.checks.enrolment_sheets import Material, NewItem
from baqylau.storage.checks.templates import Kind

PHOTOS_LEAST = 3
UTTERANCES_LEAST = 3
SPEECH_LEAST_S = 3.0
NOISE_LEAST_DB = 12.0
DIGITS_MARK = "cepstra-dtw@1"
"""What stands in the place of a model: the way in which digits are compared, and its version."""
_DIGIT_LEAST_S = 0.15
_ALIKE_LEAST = 0.65
"""Cosine of two sentences of one person, at the least."""


class Refused(StrEnum):
    """Why something was not taken, in the catalogues' words (`av.enrolment.<word>`)."""

    UNREADABLE = "unreadable"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    POOR_PICTURE = "poor_picture"
    OTHER_FACE = "other_face"
    OTHER_PERSON = "other_person"
    """Not the face that is enrolled already: to enrol another in its place, delete that first, with a reason."""
    SAME_AGAIN = "same_again"
    TOO_SHORT = "too_short"
    TOO_NOISY = "too_noisy"
    OTHER_VOICE = "other_voice"
    DIGIT_UNCLEAR = "digit_unclear"
    TOO_FEW_PHOTOS = "too_few_photos"
    TOO_FEW_UTTERANCES = "too_few_utterances"
    TOO_FEW_TAKES = "too_few_takes"
    NO_MODEL = "no_model"


class Objection(Struct, frozen=True):
    """What was not taken: which (its name, or that of the digit), and why."""

    name: str
    why: Refused


class Enrolment(Struct, frozen=True, kw_only=True):
    """What came of it: templates where nothing essential misses, else only objections."""

    made: tuple[Vectors, ...] = ()
    taken: tuple[NewItem, ...] = ()
    objections: tuple[Objection, ...] = ()
    face_alone: bool = False
    """Nothing but photographs was brought, and they are enough: for breath tests, and no more."""

    @property
    def complete(self) -> bool:
        """Tell whether face, voice and digits are all there."""
        return {one.kind for one in self.made} == set(Kind)


class Named(Struct, frozen=True):
    """A photograph or a sound with a name for messages."""

    name: str
    item: NewItem


class _Part(Struct, frozen=True, kw_only=True):
    """What became of the photographs, of the digits or of the sentences."""

    made: tuple[Vectors, ...] = ()
    taken: tuple[NewItem, ...] = ()
    objections: tuple[Objection, ...] = ()


def enrolled(offered: Sequence[Named], models: Models, before: Sequence[bytes] = ()) -> Enrolment:
    """Make templates of a person. What is refused is named; a part that has too few good pieces is not made at all.

    `before`: photographs by which the person is known already; nobody else takes their place.
    """
    if models.finder is None or models.embedder is None or models.face_calibration is None or models.voice is None:
        return Enrolment(objections=(Objection("", Refused.NO_MODEL),))
    single, again = _single(offered)
    by_kind = {kind: [named for named in single if named.item.kind is kind] for kind in Material}
    faces = _faces(by_kind[Material.PHOTO], models.finder, models.embedder, models.face_calibration)
    if faces.made and _another(
        faces.made[0].vectors[0], before, models.finder, models.embedder, models.face_calibration
    ):
        return Enrolment(objections=(Objection("", Refused.OTHER_PERSON),))
    if faces.made and len(by_kind[Material.PHOTO]) == len(single):
        objections = (*again, *faces.objections)
        return Enrolment(made=faces.made, taken=faces.taken, objections=objections, face_alone=True)
    digits, said = _digits(by_kind[Material.DIGIT])
    voices = _voices(by_kind[Material.UTTERANCE], said, models.voice)
    parts = (faces, voices, digits)
    return Enrolment(
        made=tuple(one for part in parts for one in part.made),
        taken=tuple(item for part in parts for item in part.taken),
        objections=(*again, *(objection for part in parts for objection in part.objections)),
    )


def _single(offered: Sequence[Named]) -> tuple[list[Named], list[Objection]]:
    """Leave out what is the very same as something before it: it tells nothing new of the person."""
    seen: set[bytes] = set()
    single, again = [], []
    for named in offered:
        if named.item.content in seen:
            again.append(Objection(named.name, Refused.SAME_AGAIN))
        else:
            seen.add(named.item.content)
            single.append(named)
    return single, again


def _another(
    vector: Reals, before: Sequence[bytes], finder: Finder, embedder: Embedder, calibration: Calibration
) -> bool:
    """Tell whether a face is unlike the one of earlier photographs."""
    known = [one for content in before if (one := face_of(content, finder, embedder)[0]) is not None]
    return bool(known) and calibration.differs(float(np.median([distance(vector, one) for one in known])))


def _faces(offered: Sequence[Named], finder: Finder, embedder: Embedder, calibration: Calibration) -> _Part:
    seen = [(named, *face_of(named.item.content, finder, embedder)) for named in offered]
    objections = [Objection(named.name, why) for named, _, why in seen if why is not None]
    good = [(named, vector) for named, vector, _ in seen if vector is not None]
    alike = [(named, vector) for named, vector in good if not _alone(vector, [v for _, v in good], calibration)]
    objections += [Objection(named.name, Refused.OTHER_FACE) for named, _ in good if named not in [n for n, _ in alike]]
    if len(alike) < PHOTOS_LEAST:
        return _Part(objections=(*objections, Objection("", Refused.TOO_FEW_PHOTOS)))
    vector = embedder.template([vector for _, vector in alike])
    return _Part(
        made=(Vectors(kind=Kind.FACE, model=embedder.mark, vectors=(vector,)),),
        taken=tuple(named.item for named, _ in alike),
        objections=tuple(objections),
    )


def face_of(content: bytes, finder: Finder, embedder: Embedder) -> tuple[Reals | None, Refused | None]:
    """Give the vector of the one good face in a photograph, or why there is none."""
    pixels, faces = None, []
    for pixels in _ways(content):
        faces = finder.find(pixels)
        if faces:
            break
    if pixels is None:
        return None, Refused.UNREADABLE
    if len(faces) != 1:
        return None, Refused.SEVERAL_FACES if faces else Refused.NO_FACE
    if look(pixels, faces[0].box).faults:
        return None, Refused.POOR_PICTURE
    return embedder.vector(pixels, faces[0]), None


def _ways(content: bytes) -> Iterator[Pixels]:
    """Give a photograph as it may have been meant: as it is, on its side, on its head, and closer for a small face."""
    pixels = picture(content)
    if pixels is None:
        return
    for quarters in (0, 1, 3, 2):
        yield np.ascontiguousarray(np.rot90(pixels, quarters))
    closer = picture(content, 2 * SIDE_MAX_PX)
    if closer is not None and closer.shape != pixels.shape:
        yield closer


def _alone(vector: Reals, others: Sequence[Reals], calibration: Calibration) -> bool:
    """Tell whether a face is unlike most of the others."""
    far = sorted(distance(vector, other) for other in others)[1:]
    return bool(far) and calibration.differs(float(np.median(far)))


def _digits(offered: Sequence[Named]) -> tuple[_Part, list[Reals]]:
    """Take the digits that are nearer to their own others than to any other digit. Gives their sounds in rounds too."""
    takes = [(named, utterance(sound(named.item.content))) for named in offered]
    short = [named for named, said in takes if len(said) < _DIGIT_LEAST_S * SAMPLE_HZ]
    heard_ones = [(named, said, features(said)) for named, said in takes if named not in short]
    clear = [row for row in heard_ones if _own(row[0], row[2], heard_ones)]
    objections = [Objection(named.name, Refused.TOO_SHORT) for named in short]
    objections += [Objection(row[0].name, Refused.DIGIT_UNCLEAR) for row in heard_ones if row not in clear]
    offered_of = Counter(named.item.digit for named in offered)
    clear_of = Counter(named.item.digit for named, _, _ in clear)
    missing = [digit for digit in range(10) if offered_of[digit] < TAKES or clear_of[digit] < TAKES - 1]
    if missing:
        few = tuple(Objection(str(digit), Refused.TOO_FEW_TAKES) for digit in missing)
        return _Part(objections=(*objections, *few)), []
    made = Vectors(
        kind=Kind.DIGITS,
        model=DIGITS_MARK,
        vectors=tuple(shape for _, _, shape in clear),
        digits=tuple(named.item.digit or 0 for named, _, _ in clear),
    )
    part = _Part(made=(made,), taken=tuple(row[0].item for row in clear), objections=tuple(objections))
    return part, list(_rounds([(named.item.digit or 0, said) for named, said, _ in clear]))


def _own(named: Named, shape: Reals, every: Sequence[tuple[Named, Reals, Reals]]) -> bool:
    others = [(row[0].item.digit or 0, row[2]) for row in every if row[0] is not named]
    return nearest(shape, [take for _, take in others], [digit for digit, _ in others]).digit == named.item.digit


def _rounds(said: Sequence[tuple[int, Reals]]) -> Iterator[Reals]:
    """Give one sound for each first, second, ... take of all ten digits: as long as an answer to a challenge."""
    by_digit = {digit: [sound for one, sound in said if one == digit] for digit in range(10)}
    for index in range(min(len(takes) for takes in by_digit.values())):
        yield np.concatenate([takes[index] for takes in by_digit.values()])


def _voices(offered: Sequence[Named], said: Sequence[Reals], model: VoiceModel) -> _Part:
    whole = [(named, sound(named.item.content)) for named in offered]
    speech = [(named, net_speech(heard)) for named, heard in whole]
    objections = [Objection(named.name, why) for named, heard in whole if (why := _poor(heard)) is not None]
    refused = {objection.name for objection in objections}
    good = [(named, model.vector(part)) for named, part in speech if named.name not in refused]
    other = [named for named, vector in good if _unlike(vector, [v for _, v in good])]
    objections += [Objection(named.name, Refused.OTHER_VOICE) for named in other]
    alike = [(named, vector) for named, vector in good if named not in other]
    if len(alike) < UTTERANCES_LEAST:
        return _Part(objections=(*objections, Objection("", Refused.TOO_FEW_UTTERANCES)))
    free = voice_template([vector for _, vector in alike])
    digits = (voice_template([model.vector(part) for part in said]),) if said else ()
    return _Part(
        made=(Vectors(kind=Kind.VOICE, model=model.mark, vectors=(free, *digits)),),
        taken=tuple(named.item for named, _ in alike),
        objections=tuple(objections),
    )


def _poor(heard: Reals) -> Refused | None:
    if not len(heard):
        return Refused.UNREADABLE
    if len(net_speech(heard)) < SPEECH_LEAST_S * SAMPLE_HZ:
        return Refused.TOO_SHORT
    noise = signal_to_noise_db(heard)
    return Refused.TOO_NOISY if noise is not None and noise < NOISE_LEAST_DB else None


def _unlike(vector: Reals, others: Sequence[Reals]) -> bool:
    """Tell whether a voice is unlike most of the others."""
    near = sorted((cosine(vector, other) for other in others), reverse=True)[1:]
    return bool(near) and float(np.median(near)) < _ALIKE_LEAST


def sound(content: bytes) -> Reals:
    """Read a sound of any kind; empty where it is none."""
    return decoded([Segment(0.0, content)]).sound
