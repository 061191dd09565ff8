"""The tracker's side of the device link, without the line: what to send next, and what an answer means. MicroPython.

Whatever goes wrong on the way, the records stay and are sent again. After a failure it waits a time drawn at random,
longer after each, up to two minutes; something urgent waits less.
"""

from baqylau.devices.tracker.inputs import Configured, Ordered, TimeTold
from baqylau.protocols.batch.on_device import configuration_of, digest_of, opened_answer, sealed_batch, sealed_poll

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.devices.tracker.ring import Disk, Ring

BATCHES, POLL = "/v1/batches", "/v1/poll"
WAIT_MAX_MS, WAIT_FIRST_MS, URGENT_WAIT_MS = 120_000, 8000, 3000
CONFIGURATION = "configuration"


class Link:
    """Both directions."""

    def __init__(self, device_id: str, secret: bytes, ring: "Ring", disk: "Disk") -> None:
        """Take who we are, what we share with the server, what is to be sent, and where a configuration is kept."""
        self.device_id = device_id
        self.secret = secret
        self.ring = ring
        self._disk = disk
        self.failures = 0
        said = configuration_of(disk.read(CONFIGURATION), device_id, secret)
        self.configuration = said
        """By which the tracker runs, as a map; None for none."""

    def request(self) -> "bytes | None":
        """Give the next batch, None when nothing waits. It is noted before it is sent."""
        batch = self.ring.batch()
        if batch is None:
            return None
        first, records = batch
        raw = sealed_batch(self.device_id, self.secret, self.ring.previous, self._version(), first, records)
        self.ring.made(digest_of(raw))
        return raw

    def poll(self, utc_ms: int, wait_s: int) -> bytes:
        """Give the question what there is for us."""
        return sealed_poll(self.device_id, self.secret, utc_ms, self._version(), wait_s)

    def answered(self, raw: bytes, at_ms: int) -> "list[TimeTold | Configured | Ordered]":
        """Take an answer; give what it brings to the core. Raises ValueError for one that is not believed."""
        told = opened_answer(raw, self.device_id, self.secret)
        self.failures = 0
        self.ring.kept(told.ack_through, told.also_kept)
        given: list[TimeTold | Configured | Ordered] = [TimeTold(at_ms, told.at_ms)]
        if told.sealed_configuration:
            self._disk.write(CONFIGURATION, told.sealed_configuration)
            self.configuration = configuration_of(told.sealed_configuration, self.device_id, self.secret)
            given.append(Configured(at_ms, self.configuration or {}))
        given.extend([Ordered(at_ms, one) for one in told.commands])
        return given

    def failed_ms(self, share: float) -> "tuple[int, int]":
        """Take it that no answer came; give how long to wait when something urgent comes, and when nothing does.

        `share` is drawn from 0 to 1.
        """
        self.failures += 1
        wait_ms = int(share * min(WAIT_FIRST_MS << min(self.failures - 1, 10), WAIT_MAX_MS))
        return min(wait_ms, URGENT_WAIT_MS), wait_ms

    def _version(self) -> int:
        version: int = 0 if self.configuration is None else self.configuration["version"]
        return version
