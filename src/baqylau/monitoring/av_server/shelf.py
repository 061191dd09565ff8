"""From a person's templates as they are compared to the bytes that are kept, and back."""

from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec import Struct

from baqylau.domain.ids import PersonId
from baqylau.monitoring.av_server.recording import Reals
from baqylau.monitoring.av_server.rotation import rotation
from baqylau.monitoring.av_server.templates import Template, Templates
from baqylau.storage.checks.enrolment_sheets import Made, NewItem
from baqylau.storage.checks.templates import Kind, TemplateStore
from baqylau.storage.vault import KeyDestroyedError


class Vectors(Struct, frozen=True, kw_only=True):
    """Vectors as a model made them, not yet rotated."""

    kind: Kind
    model: str
    vectors: tuple[Reals, ...]
    digits: tuple[int, ...] = ()


class _Kept(Struct, frozen=True):
    size: int
    """Numbers in each vector, or in each step of a take."""
    vectors: tuple[bytes, ...]
    digits: tuple[int, ...] = ()


class Shelf:
    """Puts templates away and takes them out."""

    def __init__(self, store: TemplateStore, key: bytes) -> None:
        """Take the store, and the installation's key: from it the rotations follow."""
        self._store = store
        self._key = key

    def of(self, person_id: PersonId) -> Templates:
        """Give what the person is compared with; nothing where nobody is enrolled or the key is destroyed."""
        try:
            kept = {row.kind: row for row in self._store.of(person_id)}
        except KeyDestroyedError:
            return Templates()
        opened = {
            kind: self._opened(person_id, row.model, row.version, row.content) for kind, row in kept.items()
        }  # fmt: skip
        return Templates(face=opened.get(Kind.FACE), voice=opened.get(Kind.VOICE), digits=opened.get(Kind.DIGITS))

    def put(self, person_id: PersonId, made: Sequence[Vectors], items: Sequence[NewItem], *, by: str) -> int:
        """Put new templates in the place of the old ones and give their version. Without items the kept ones stay."""
        version, closed = self.closed(person_id, made)
        self._store.replace(person_id, closed, items, version=version, by=by)
        return version

    def closed(self, person_id: PersonId, made: Sequence[Vectors]) -> tuple[int, tuple[Made, ...]]:
        """Give new templates as they would be kept, and under which version."""
        version = self._store.next_version(person_id)
        return version, tuple(Made(one.kind, one.model, self._closed(person_id, one, version)) for one in made)

    def _closed(self, person_id: PersonId, made: Vectors, version: int) -> bytes:
        size = made.vectors[0].shape[-1]
        turn = rotation(self._key, person_id, made.model, version, size)
        kept = [np.asarray(vector @ turn.T, dtype="<f4").tobytes() for vector in made.vectors]
        return msgspec.msgpack.encode(_Kept(size, tuple(kept), made.digits))

    def _opened(self, person_id: PersonId, model: str, version: int, content: bytes) -> Template:
        kept = msgspec.msgpack.decode(content, type=_Kept)
        read = [np.frombuffer(vector, dtype="<f4").astype(np.float64) for vector in kept.vectors]
        vectors = tuple(vector.reshape(-1, kept.size) if kept.digits else vector for vector in read)
        turn = rotation(self._key, person_id, model, version, kept.size)
        return Template(model=model, version=version, vectors=vectors, digits=kept.digits, rotation=turn)
