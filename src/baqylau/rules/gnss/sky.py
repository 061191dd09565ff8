"""How strong the sky is, what it usually is, and how it fell. Runs in MicroPython."""

from math import sqrt

from baqylau.rules.gnss.figures import (
    EQUAL_SATELLITES,
    SILENT_DBHZ,
    SKY_BACK_DB,
    SKY_FALL_DB,
    SKY_FORGOTTEN_S,
    SKY_OPEN_DBHZ,
    SKY_SATELLITES,
    SKY_USUAL_S,
    SUDDEN_S,
)


def strength_dbhz(cn0_dbhz: "tuple[float, ...]") -> float:
    """Give the mean of the strongest satellites, those that are not heard counted as silent."""
    strongest = sorted(cn0_dbhz, reverse=True)[:SKY_SATELLITES]
    return (sum(strongest) + SILENT_DBHZ * (SKY_SATELLITES - len(strongest))) / SKY_SATELLITES


def mean_dbhz(cn0_dbhz: "tuple[float, ...]") -> "float | None":
    """Give the mean of the strongest satellites that are heard: the many faint ones of several systems say little."""
    strongest = sorted(cn0_dbhz, reverse=True)[:SKY_SATELLITES]
    return sum(strongest) / len(strongest) if strongest else None


def spread_db(cn0_dbhz: "tuple[float, ...]") -> "float | None":
    """Give the standard deviation of the satellites' strengths, or None where too few are heard to tell."""
    if len(cn0_dbhz) < EQUAL_SATELLITES:
        return None
    mean = sum(cn0_dbhz) / len(cn0_dbhz)
    return sqrt(sum((one - mean) ** 2 for one in cn0_dbhz) / len(cn0_dbhz))


class Sky:
    """What a receiver's sky is like. Nothing changes it: a step gives another."""

    __slots__ = ("at_s", "fell_s", "now_dbhz", "recent", "sharpest_db", "usual_dbhz")

    def __init__(self, at_s: float, usual_dbhz: float) -> None:
        """Begin with a first sight of it."""
        self.at_s = at_s
        self.usual_dbhz = usual_dbhz
        self.now_dbhz = usual_dbhz
        self.fell_s: float | None = None
        """Since when it has been far below the usual."""
        self.recent: tuple[tuple[float, float], ...] = ((at_s, usual_dbhz),)
        """Of the last seconds: when, and how strong."""
        self.sharpest_db = 0.0
        """The most that it fell within seconds on its way down from the usual."""

    def fall_db(self) -> float:
        """Give how far it lies below the usual while it has fallen from an open sky, else 0."""
        fallen = self.fell_s is not None and self.usual_dbhz >= SKY_OPEN_DBHZ
        return self.usual_dbhz - self.now_dbhz if fallen else 0.0

    def sudden(self, by_db: float = SKY_FALL_DB) -> bool:
        """Tell whether it fell so much within seconds."""
        return self.fell_s is not None and self.sharpest_db >= by_db


def seen(sky: "Sky | None", at_s: float, cn0_dbhz: "tuple[float, ...]") -> Sky:
    """Take what is heard of the satellites now."""
    strength = strength_dbhz(cn0_dbhz)
    if sky is None or not 0.0 <= at_s - sky.at_s <= SKY_FORGOTTEN_S:
        return Sky(at_s, strength)
    below_db = sky.usual_dbhz - strength
    if sky.fell_s is not None and (below_db < SKY_BACK_DB or at_s - sky.fell_s > SKY_FORGOTTEN_S):
        return Sky(at_s, strength)
    now = Sky(at_s, sky.usual_dbhz)
    now.now_dbhz, now.fell_s = strength, sky.fell_s
    _remember(now, sky)
    if now.fell_s is None and below_db >= SKY_FALL_DB:
        now.fell_s = at_s
    if now.fell_s is None:
        now.usual_dbhz -= below_db * min(1.0, (at_s - sky.at_s) / SKY_USUAL_S)
    return now


def _remember(now: Sky, before: Sky) -> None:
    """Keep the last seconds, and how sharply it fell in them."""
    recent = [one for one in before.recent if now.at_s - one[0] <= SUDDEN_S]
    recent.append((now.at_s, now.now_dbhz))
    now.recent = tuple(recent)
    if now.usual_dbhz - now.now_dbhz >= SKY_BACK_DB:
        now.sharpest_db = max(before.sharpest_db, max(one[1] for one in now.recent) - now.now_dbhz)
