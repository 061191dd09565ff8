"""Looks at what an officer brought for an enrolment: in the process apart, for it comes from anywhere.

What was found waits sealed beside the pieces until the officer signs it; nobody is enrolled by this alone.
"""

from typing import Protocol

import numpy as np
import structlog
from msgspec import Struct

from baqylau.crypto.sealing import SealBrokenError
from baqylau.domain.ids import PersonId
from baqylau.monitoring.av_server.enrolment import Named, Refused, enrolled
from baqylau.monitoring.av_server.equipment import Models
from baqylau.monitoring.av_server.shelf import Shelf, Vectors
from baqylau.monitoring.av_server.working import JudgingFailedError
from baqylau.storage.checks.enrolment_drafts import ATTEMPTS_MAX, EnrolmentDrafts, Found, Objected
from baqylau.storage.checks.enrolment_sheets import Material
from baqylau.storage.checks.templates import Kind, TemplateStore
from baqylau.storage.vault import KeyDestroyedError

log = structlog.get_logger()


class Offer(Struct, frozen=True):
    """What is to be looked at: pieces by name, and photographs by which the person is known already."""

    pieces: tuple[Named, ...]
    before: tuple[bytes, ...] = ()


class Plain(Struct, frozen=True, kw_only=True):
    """Vectors of one kind, as data alone."""

    kind: Kind
    model: str
    shapes: tuple[tuple[int, ...], ...]
    octets: tuple[bytes, ...]
    digits: tuple[int, ...] = ()


class Examined(Struct, frozen=True, kw_only=True):
    """What was found in an offer, as data alone: it comes from the process apart."""

    objections: tuple[tuple[str, Refused], ...]
    taken: tuple[int, ...] = ()
    """Places of the pieces that are good."""
    made: tuple[Plain, ...] = ()
    face_alone: bool = False


class Examining(Protocol):
    """Who looks."""

    def examined(self, offer: Offer) -> Examined:
        """Look; `JudgingFailedError` when that came to no end."""


def examined(offer: Offer, models: Models) -> Examined:
    """Look at an offer. What is too little for an enrolment makes nothing."""
    found = enrolled(offer.pieces, models, offer.before)
    good = found.complete or found.face_alone
    taken = [index for index, one in enumerate(offer.pieces) if any(one.item is item for item in found.taken)]
    return Examined(
        objections=tuple((one.name, one.why) for one in found.objections),
        taken=tuple(taken),
        made=tuple(_plain(one) for one in found.made) if good else (),
        face_alone=found.face_alone,
    )


class Examiner(Struct, frozen=True, kw_only=True):
    """Looks at the drafts that wait, one after another."""

    drafts: EnrolmentDrafts
    store: TemplateStore
    shelf: Shelf
    apart: Examining

    def once(self) -> bool:
        """Look at the draft that waits longest; give whether there was any."""
        waits = self.drafts.next()
        if waits is None:
            return False
        person_id, asked_at, attempts = waits
        found = (
            Found(objections=(Objected(Refused.UNREADABLE),)) if attempts >= ATTEMPTS_MAX else self._found(person_id)
        )
        if found is not None:
            self.drafts.tell(person_id, asked_at, found)
            log.info("enrolment_examined", pieces=len(found.taken), objections=len(found.objections))
        return True

    def _found(self, person_id: PersonId) -> Found | None:
        """Give what was found; None when it is to be tried again."""
        try:
            items = self.drafts.items(person_id)
            named = tuple(Named(f"{_PIECE}{number}", item) for number, item in items.items())
            said = self.apart.examined(Offer(named, self._known(person_id)))
            return self._sealable(person_id, list(items), said)
        except _FAILED as failed:
            log.warning("enrolment_not_examined", why=str(failed))
            return None

    def _sealable(self, person_id: PersonId, numbers: list[int], said: Examined) -> Found:
        """Give what the process apart said in the form in which it is kept."""
        version, made = self.shelf.closed(person_id, [_vectors(one) for one in said.made])
        return Found(
            objections=tuple(_objected(name, why) for name, why in said.objections),
            taken=tuple(numbers[index] for index in said.taken),
            made=made,
            version=version,
            face_alone=said.face_alone,
        )

    def _known(self, person_id: PersonId) -> tuple[bytes, ...]:
        try:
            return tuple(one.content for one in self.store.items(person_id, Material.PHOTO))
        except KeyDestroyedError:
            return ()


_PIECE = "piece "
_FAILED = (JudgingFailedError, SealBrokenError, KeyDestroyedError, ValueError, IndexError)
"""What may be wrong with pieces, or with what the process apart says of them, which may be no longer ours."""


def _objected(name: str, why: Refused) -> Objected:
    """Read which piece or which digit was meant."""
    if name.startswith(_PIECE):
        return Objected(why, piece=int(name.removeprefix(_PIECE)))
    return Objected(why, digit=int(name) if name else None)


def _plain(one: Vectors) -> Plain:
    arrays = [np.ascontiguousarray(vector, dtype="<f8") for vector in one.vectors]
    return Plain(
        kind=one.kind,
        model=one.model,
        shapes=tuple(array.shape for array in arrays),
        octets=tuple(array.tobytes() for array in arrays),
        digits=one.digits,
    )


def _vectors(one: Plain) -> Vectors:
    pairs = zip(one.octets, one.shapes, strict=True)
    read = tuple(np.frombuffer(octets, dtype="<f8").reshape(shape) for octets, shape in pairs)
    return Vectors(kind=one.kind, model=one.model, vectors=read, digits=one.digits)
