"""One recording, whole or by range, as a player asks for it: of a check or of a call."""

from functools import partial
from http import HTTPStatus

from starlette.responses import Response

from baqylau.crypto.sealing import SealBrokenError
from baqylau.domain.ids import CheckId, PersonId
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation.ranges import in_ranges
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.checks.media_disk import PieceLostError
from baqylau.storage.vault import KeyDestroyedError


def played(stores: Stores, person_id: PersonId, check_id: CheckId, index: int, header: str, by: Account) -> Response:
    """Give a recording or the part that a `Range` header names; the look is in the audit, once for each playing."""
    media, duty = stores.media, stores.duty
    if not (duty.within(by)(person_id) and may(by.role, Action.LOOK_IDENTITY)):
        duty.look(by, "play.recording", person_id, f"media/{check_id}/{index}")
    found = media.of_check(check_id) if media else None
    item = next((one for one in found.items if one.index == index), None) if found else None
    if media is None or item is None:
        raise not_found("checks.refused.media_missing")
    part = partial(media.read, check_id, index, who=by.login, purpose=f"person/{person_id}")
    try:
        return in_ranges(header, item.size, item.content_type, part)
    except KeyDestroyedError:
        raise RefusedError(HTTPStatus.GONE, "checks.refused.media_gone") from None
    except (SealBrokenError, PieceLostError):
        raise RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "checks.refused.media_damaged") from None
    except KeyError:
        raise not_found("checks.refused.media_missing") from None
