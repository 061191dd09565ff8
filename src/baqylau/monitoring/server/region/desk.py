"""The desk of the device link at a site: proves, keeps the batch as it was signed, and only then answers.

What a batch says is read at the centre. Here it is proven that the device said it, and counted how far all is kept.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime

from baqylau.crypto.signing import Signer
from baqylau.domain.commands import Command
from baqylau.domain.ids import DeviceId
from baqylau.monitoring.server.link.desk import Desk, Outcome, Peer, Reply
from baqylau.monitoring.server.region.keeper import RegionKeeper
from baqylau.monitoring.server.region.known import Known
from baqylau.monitoring.server.region.notebook import Notebook, key_digest
from baqylau.protocols.batch.envelope import Opened
from baqylau.protocols.region.parcels import Signed
from baqylau.storage.equipment.link_records import Kept, Status, joined


class _NoPast:
    """Nothing of what a batch is compared with is known here."""

    def all(self) -> dict[DeviceId, Kept]:
        return {}

    def of(self, _device_id: DeviceId) -> Kept | None:
        return None

    def statuses(self) -> list[Status]:
        return []

    def contents(self, _device_id: DeviceId, _first: int, _last: int) -> dict[int, bytes]:
        return {}

    def parted(self, _device_id: DeviceId, _previous: bytes, _digest: bytes) -> bool:
        return False


class _Given:
    """Commands as the centre told them; that they went out is told with the facts. Asked from threads."""

    def __init__(self, keeper: RegionKeeper, loop: asyncio.AbstractEventLoop) -> None:
        self._keeper, self._loop = keeper, loop

    def open(self) -> dict[DeviceId, tuple[Command, ...]]:
        return {}

    def sent(self, commands: Iterable[Command]) -> None:
        self._loop.call_soon_threadsafe(self._keeper.given, tuple(commands))


class RegionDesk(Desk):
    """Answers batches and polls of the devices of a site."""

    def __init__(
        self, known: Known, keeper: RegionKeeper, notebook: Notebook, signer: Signer, now: Callable[[], datetime]
    ) -> None:
        """Take what is known, who keeps, what is remembered. Call from inside a running event loop."""
        given = _Given(keeper, asyncio.get_running_loop())
        super().__init__(known.picture().view, keeper, _NoPast(), given, signer, now)
        self._known, self._log, self._notebook = known, keeper, notebook
        self._before = notebook.kept()

    async def _keep(self, one: Peer, opened: Opened, raw: bytes, peer: str) -> Reply:
        """Keep a batch whole, unless it is the very one that came last; answer for what is then kept."""
        device_id, again = opened.batch.device_id, opened.digest == one.kept.batch
        if not again and not await self._kept_whole(one, opened, raw, peer):
            return Reply(Outcome.NOT_KEPT, device_id=device_id)
        return await self._answer(one, device_id, opened.batch.configuration, repeated=again)

    async def _kept_whole(self, one: Peer, opened: Opened, raw: bytes, peer: str) -> bool:
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        now = self._now()

        def tell(kept: bool) -> None:  # noqa: FBT001 - a callback's word
            if kept:
                self._acknowledge(one, opened, now)
            if not done.done():
                done.set_result(kept)

        self._log.send((Signed(opened.batch.device_id, raw, peer, now),), tell)
        return await done

    def _acknowledge(self, one: Peer, opened: Opened, now: datetime) -> None:
        through, beyond = joined(one.kept.through, (*one.kept.beyond, (opened.first, opened.last)))
        one.kept = Kept(
            device_id=opened.batch.device_id,
            through=through,
            beyond=beyond,
            configuration=opened.batch.configuration,
            batch=opened.digest,
            heard_at=now,
        )
        self._notebook.acknowledge([(key_digest(self.view.key_of(one.kept.device_id)), one.kept)])

    def _peer(self, device_id: DeviceId) -> Peer:
        """Give what is remembered of a device: by ourselves, and by the centre of what did not come by us."""
        found = self._peers.get(device_id)
        if found is None:
            found = self._peers[device_id] = Peer(self._remembered(device_id))
        return found

    def _remembered(self, device_id: DeviceId) -> Kept:
        told = self._known.of(device_id)
        key, ours = self._before.get(device_id, (b"", Kept(device_id=device_id)))
        if key != key_digest(self.view.key_of(device_id)):
            ours = Kept(device_id=device_id)
        if told is None:
            return ours
        through, beyond = joined(max(ours.through, told.through), (*ours.beyond, *told.beyond))
        return Kept(device_id=device_id, through=through, beyond=beyond, batch=ours.batch, heard_at=ours.heard_at)
