"""A sensor that is believed only when it says the same for a while. Runs in MicroPython."""

NEVER_MS = 1 << 60


class Settling:
    """What is held to be so, and since when the sensor says otherwise. Nothing changes it: changes give another."""

    def __init__(self, begins_ms: int, ends_ms: int, *, held: bool = False, since_ms: "int | None" = None) -> None:
        """Take how long a beginning and an end must last to be believed."""
        self.begins_ms = begins_ms
        self.ends_ms = ends_ms
        self.held = held
        self.since_ms = since_ms

    def after(self, at_ms: int, *, says: bool) -> "Settling":
        """Give what is held when the sensor says this now."""
        if says == self.held:
            return self if self.since_ms is None else self._with(None)
        return (self if self.since_ms is not None else self._with(at_ms)).at(at_ms)

    def at(self, at_ms: int) -> "Settling":
        """Give what is held when the sensor has said no more until now."""
        if at_ms < self.wake_at_ms():
            return self
        return Settling(self.begins_ms, self.ends_ms, held=not self.held)

    def wake_at_ms(self) -> int:
        """Give when a change will be believed."""
        return NEVER_MS if self.since_ms is None else self.since_ms + (self.ends_ms if self.held else self.begins_ms)

    def _with(self, since_ms: "int | None") -> "Settling":
        return Settling(self.begins_ms, self.ends_ms, held=self.held, since_ms=since_ms)
