"""Indoor mode: the tracker's own relays, whose beacons give it a place where no satellite is heard.

    outside --three valid frames of one relay within 10 s--> indoors (place: the relay's registered one)
    indoors --60 s without a frame of it--> outside

It holds the period keys of its own relays and hears nothing else (`spec/beacon.md`, B4, B7). A relay's clock is learned
from its first valid frame and may then only drift as a crystal does, so a recording is dead in seconds. Runs in
MicroPython. Source: notes on radio and GNSS, section 6.
"""

from baqylau.protocols.beacon.frame import FRAME_BYTES, RELAY, VERSION, eid_of, kind_of, told_time, unseal
from baqylau.protocols.beacon.keys import EPOCH_S, epoch_of, identity, identity_key, period_of, status_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from baqylau.protocols.beacon.modes import Block, Cipher

    Clock = tuple[int, int, int, int]
    """Milliseconds that the relay's clock is ahead, when that was learned (s), second and count of the last frame."""
    Kept = tuple[int, float]
    """When a frame was heard, and its strength."""

BEGIN_S = 1_577_836_800
"""Beacons count seconds from 2020-01-01T00:00:00Z (`spec/beacon.md`, B3)."""
ENTER_FRAMES, ENTER_MS, LEAVE_MS = 3, 10_000, 60_000
WINDOW_MS = 3000
DRIFT_PPM = 20
FIRST_WINDOW_MS = EPOCH_S * 1000
"""How far the clock of a relay that was never heard may be off: a year and a half of drift."""
STRENGTHS_MAX = 60

FOREIGN, BROKEN, STALE, REPEATED, VALID = "foreign", "broken", "stale", "repeated", "valid"


class Anchors:
    """Which relays are known, and which of them is heard."""

    FIELDS = (
        "keys",
        "places",
        "clocks",
        "epoch",
        "table",
        "recent",
        "indoors",
        "last_ms",
        "first_ms",
        "frames",
        "strengths",
        "frame",
        "doubted",
    )

    def __init__(self) -> None:
        """Begin without relays."""
        self.keys: dict[tuple[str, int], bytes] = {}
        self.places: dict[str, tuple[float, float, float]] = {}
        """Latitude, longitude and radius of each relay's registered place."""
        self.clocks: dict[str, Clock] = {}
        self.epoch = -1
        self.table: dict[bytes, tuple[str, int, Block]] = {}
        """Who goes by which identity around now, in which epoch, and what opens it."""
        self.recent: tuple[tuple[str, int], ...] = ()
        """Relay and instant of the last frames."""
        self.indoors = ""
        self.last_ms = 0
        self.first_ms = 0
        self.frames = 0
        self.strengths: tuple[float, ...] = ()
        self.frame = b""
        self.doubted: dict[str, int] = {}
        """When a frame in a relay's name was last not believed."""

    def copy(self) -> "Anchors":
        """Give another one that is the same."""
        other = Anchors()
        for name in Anchors.FIELDS:
            setattr(other, name, getattr(self, name))
        return other

    def own(self, says: "dict[str, Any]") -> None:
        """Take keys and places from a configuration; what was learned of relays that stay is kept."""
        self.keys = {(one["transmitter_id"], one["period"]): one["key"] for one in says.get("keys", ())}
        self.places = {
            one["transmitter_id"]: (one["latitude_deg"], one["longitude_deg"], one["accuracy_m"])
            for one in says.get("anchors", ())
        }
        self.clocks = {relay: clock for relay, clock in self.clocks.items() if relay in self.places}
        self.epoch = -1
        if self.indoors not in self.places:
            self.indoors = ""

    def hear(self, cipher: "Cipher", frame: bytes, heard: "tuple[int, int, float]") -> "tuple[str, str]":
        """Take a frame heard at UTC in milliseconds, at a count and with a strength; give its relay and a verdict."""
        utc_ms, at_ms, rssi_dbm = heard
        if len(frame) != FRAME_BYTES or frame[0] >> 5 != VERSION or kind_of(frame) != RELAY:
            return "", FOREIGN
        self._turn(cipher, utc_ms // 1000 - BEGIN_S)
        found = self.table.get(eid_of(frame))
        if found is None:
            return "", FOREIGN
        relay, epoch, block = found
        at_s, sub = told_time(frame, epoch)
        if unseal(block, frame, at_s, sub) is None:
            return relay, BROKEN
        verdict = self._fresh(relay, at_s, sub, utc_ms)
        if verdict == VALID:
            self._count(relay, frame, at_ms, rssi_dbm)
        return relay, verdict

    def entered(self, at_ms: int) -> str:
        """Give the relay that is near by now, when none was before; empty for none."""
        for relay in self.places:
            near = [one for one in self.recent if one[0] == relay and at_ms - one[1] <= ENTER_MS]
            if len(near) >= ENTER_FRAMES and not self.indoors:
                self.indoors, self.first_ms = relay, near[0][1]
                return relay
        return ""

    def left(self, at_ms: int) -> bool:
        """Tell whether the relay has just not been heard for too long."""
        if not self.indoors or at_ms < self.last_ms + LEAVE_MS:
            return False
        self.indoors = ""
        return True

    def summed(self, at_ms: int) -> "tuple[str, bytes, float, int, int]":
        """Give relay, last frame, median strength, how many frames and the count of the first; begin to count anew."""
        ordered = sorted(self.strengths)
        told = self.indoors, self.frame, ordered[len(ordered) // 2] if ordered else 0.0, self.frames, self.first_ms
        self.frames, self.strengths, self.first_ms = 0, (), at_ms
        return told

    def _count(self, relay: str, frame: bytes, at_ms: int, rssi_dbm: float) -> None:
        self.recent = self.recent[1 - 2 * ENTER_FRAMES :] + ((relay, at_ms),)  # noqa: RUF005 - as boards have it
        if self.indoors in ("", relay):
            self.last_ms, self.frame = at_ms, frame
            self.frames += 1
            self.strengths = self.strengths[1 - STRENGTHS_MAX :] + (rssi_dbm,)  # noqa: RUF005 - as above

    def _fresh(self, relay: str, at_s: int, sub: int, utc_ms: int) -> str:
        """Compare what a frame tells with what its clock should say now, and learn from it."""
        now_s, ahead_ms = utc_ms // 1000, (at_s + BEGIN_S) * 1000 - utc_ms
        known = self.clocks.get(relay)
        if known is None:
            if abs(ahead_ms) > FIRST_WINDOW_MS:
                return STALE
        else:
            reach_ms = WINDOW_MS + DRIFT_PPM * max(now_s - known[1], 0) // 1000
            if abs(ahead_ms - known[0]) > reach_ms:
                return STALE
            if (at_s, sub) <= (known[2], known[3]):
                return REPEATED
            ahead_ms = known[0] + (ahead_ms - known[0]) // 5
        self.clocks = dict(self.clocks)
        self.clocks[relay] = (ahead_ms, now_s, at_s, sub)
        return VALID

    def _turn(self, cipher: "Cipher", now_s: int) -> None:
        """Work out the identities around now, once an epoch."""
        epoch = epoch_of(now_s)
        if epoch == self.epoch:
            return
        self.epoch, self.table = epoch, {}
        for relay in self.places:
            theirs = epoch_of(now_s + self.clocks.get(relay, (0, 0, 0, 0))[0] // 1000)
            for each in (theirs - 1, theirs, theirs + 1):
                key = self.keys.get((relay, period_of(each)))
                if key is not None:
                    eid = identity(cipher(identity_key(key)), each)
                    self.table[eid] = relay, each, cipher(status_key(key))
