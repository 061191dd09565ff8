"""When the satellite receiver runs: it is what empties the battery. Pure; runs in MicroPython.

Once a minute; every 15 s while a rule is in doubt; once an hour at rest; a check every half hour indoors; as often as
an order says; and on demand at once. Source: notes on radio and GNSS, 1.1 and section 6.
"""

NORMAL_MS, DOUBT_MS, REST_MS, CHECK_MS = 60_000, 15_000, 3_600_000, 1_800_000
LOCATE_MS = 5000
ALWAYS_ON_MS = 20_000
"""Asked more often than this, the receiver stays on."""
LEAD_MS = 8000
"""How much earlier it is switched on, to have a place when it is due."""
COLD_MS, HOT_MS = 120_000, 40_000
"""How long it may look for a place: without fresh orbits, and with them."""
HOT_FOR_MS = 2 * 3_600_000
"""So long the orbits that it remembers are fresh."""
NEVER_MS = 1 << 60


class Plan:
    """What is asked of the receiver."""

    FIELDS = ("on", "on_ms", "done_ms", "fixed_ms", "wanted", "rate_ms", "rate_until_ms", "locate_until_ms")

    def __init__(self) -> None:
        """Begin with a place due at once."""
        self.on = False
        self.on_ms = 0
        """When it was switched on."""
        self.done_ms = -NEVER_MS
        """When a place was last told, or given up."""
        self.fixed_ms = -NEVER_MS
        """When a place was last found."""
        self.wanted = True
        """Somebody asks for a place now."""
        self.rate_ms = 0
        """As ordered; 0 for none."""
        self.rate_until_ms = 0
        self.locate_until_ms = 0

    def copy(self) -> "Plan":
        """Give another one that is the same."""
        other = Plan()
        for name in Plan.FIELDS:
            setattr(other, name, getattr(self, name))
        return other

    def every_ms(self, at_ms: int, *, doubt: bool, indoors: bool, resting: bool) -> int:
        """Give how often a place is due now."""
        if at_ms < self.locate_until_ms:
            return LOCATE_MS
        if self.rate_ms and at_ms < self.rate_until_ms:
            return self.rate_ms
        if indoors:
            return CHECK_MS
        if doubt:
            return DOUBT_MS
        return REST_MS if resting else NORMAL_MS

    def due_ms(self, every_ms: int) -> int:
        """Give when the next place is due."""
        return self.on_ms if self.wanted else self.done_ms + every_ms

    def switch(self, at_ms: int, every_ms: int) -> "bool | None":
        """Give what the receiver has to be switched to now; None when it is as it should be."""
        lead_ms = every_ms if every_ms <= ALWAYS_ON_MS else LEAD_MS
        on = self.wanted or at_ms >= self.due_ms(every_ms) - lead_ms
        if on == self.on:
            return None
        self.on, self.on_ms = on, at_ms
        return on

    def is_due(self, at_ms: int, every_ms: int) -> bool:
        """Tell whether a place that is found now is to be told."""
        return self.wanted or at_ms >= self.due_ms(every_ms)

    def given_up(self, at_ms: int, every_ms: int, *, hopeless: bool) -> bool:
        """Tell whether it was looked for long enough; without a sky (`hopeless`) no longer than until the next."""
        return self.on and self.is_due(at_ms, every_ms) and at_ms >= self._until_ms(at_ms, every_ms, hopeless=hopeless)

    def _until_ms(self, at_ms: int, every_ms: int, *, hopeless: bool) -> int:
        if at_ms - self.fixed_ms >= HOT_FOR_MS:
            return max(self.on_ms, self.done_ms) + COLD_MS
        return max(self.on_ms, self.done_ms) + (min(HOT_MS, every_ms) if hopeless else HOT_MS)

    def told(self, at_ms: int, *, found: bool) -> None:
        """Take it that a place was told, or that there is none."""
        self.wanted, self.done_ms = False, at_ms
        if found:
            self.fixed_ms = at_ms

    def wake_at_ms(self, at_ms: int, every_ms: int, *, hopeless: bool) -> int:
        """Give when there is something to do next."""
        if not self.on:
            return max(self.done_ms + every_ms - LEAD_MS, at_ms + 1000)
        return self._until_ms(at_ms, every_ms, hopeless=hopeless)
