"""What was observed on a person, read from the journal for the fold: with what we wrote of ourselves and of others."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.partitions import nearness_of, ourselves, partition_of, unheard_of
from baqylau.domain.people import Supervision
from baqylau.storage.journal.journal import Asked, Journal

History = Callable[[], list[Observation]]
"""Opens what was read, in judging order."""
AFTER_EVERYTHING = datetime.max.replace(tzinfo=UTC)


class Histories:
    """Reads histories."""

    def __init__(self, journal: Journal) -> None:
        """Take where they are."""
        self._journal = journal

    def of(
        self, supervision: Supervision, since: datetime, read_to: Mapping[int, int] | None = None
    ) -> list[Observation]:
        """Give a person's history from an instant on. Devices are asked from when they were fitted at the earliest."""
        begun_at, ours, worn = fitted_at(supervision), _ours(supervision), _worn(supervision)
        if since >= begun_at:
            return self._told(supervision, [*ours, *worn], since, read_to)
        before = self._told(supervision, ours, since, read_to)
        return before + (self._told(supervision, worn, begun_at, read_to) if worn else [])

    def of_each(
        self, since: Iterable[tuple[Supervision, datetime]], read_to: Mapping[int, int]
    ) -> dict[PersonId, History]:
        """Give everybody's history since an instant at which their devices were fitted, by one question for all.

        Whose lies so far back that it may be in the archive is missing.
        """
        asked = (
            Asked(
                told_of=supervision.person_id,
                device_ids=[*_ours(supervision), *_worn(supervision)],
                from_instant=after,
                read_to=_own(supervision, read_to),
            )
            for supervision, after in since
        )
        return self._journal.of_each(asked)

    def _told(
        self,
        supervision: Supervision,
        device_ids: Iterable[DeviceId],
        since: datetime,
        read_to: Mapping[int, int] | None,
    ) -> list[Observation]:
        return self._journal.of_devices(
            list(device_ids), since, told_of=supervision.person_id, read_to=_own(supervision, read_to or {})
        )


def fitted_at(supervision: Supervision) -> datetime:
    """Give when the first device was put on; `AFTER_EVERYTHING` for whoever has none."""
    return min((fitting.from_at for fitting in supervision.fittings), default=AFTER_EVERYTHING)


def _own(supervision: Supervision, read_to: Mapping[int, int]) -> dict[int, int]:
    """Give how far the partition of a person is read: what we wrote into others does not wait for it."""
    own = partition_of(supervision.person_id)
    return {own: read_to[own]} if read_to else {}


def _ours(supervision: Supervision) -> list[DeviceId]:
    """Give by which names our own words about somebody are kept."""
    person_id = supervision.person_id
    return [ourselves(partition_of(person_id)), unheard_of(person_id), nearness_of(person_id)]


def _worn(supervision: Supervision) -> list[DeviceId]:
    return sorted({fitting.device_id for fitting in supervision.fittings})
