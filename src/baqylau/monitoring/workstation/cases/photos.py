"""What people look like: kept for the officers on the way, with the duties of whoever looks and puts."""

from http import HTTPStatus

from baqylau.domain.ids import PersonId
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.cases.photo_messages import PersonPhoto
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.people.photos import PHOTO_BYTES_MAX, PhotoRefusedError


class PhotoDesk:
    """What the service does about photographs."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def show(self, person_id: PersonId, by: Account) -> PersonPhoto:
        """Give it, after the look is in the audit."""
        self._known(person_id, by)
        self._stores.duty.look(by, "look.photo", person_id)
        return PersonPhoto(content=self._stores.photos.of([person_id]).get(person_id))

    def put(self, person_id: PersonId, content: bytes, by: Account) -> None:
        """Keep it, sealed with the person's own key."""
        self._known(person_id, by)
        self._stores.duty.act(by, person_id)
        try:
            self._stores.photos.put(person_id, content, by.login)
        except PhotoRefusedError as refused:
            size = PHOTO_BYTES_MAX // 1000
            raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "photo.refused.form", size=size) from refused

    def remove(self, person_id: PersonId, by: Account) -> None:
        """Forget it."""
        self._known(person_id, by)
        self._stores.duty.act(by, person_id)
        self._stores.photos.remove(person_id, by.login)

    def _known(self, person_id: PersonId, by: Account) -> None:
        if person_id not in self._stores.directory.book().people:
            raise missing(by, "person.refused.not_found")
