"""Frames that were not carried on or recorded by anybody: their own line held them up.

A machine that stands still, or a network at home that does, brings what was heard seconds ago all at once. A line keeps
its order and is silent while it holds words back. So a late frame may have been held up when it comes in its order
among those of its receiver, and nothing came from there between the instant at which it was made and the burst in which
it came. It is not believed all the same; but nobody is accused of a recording. A recording of what was heard already
comes out of order, and one that is played while the receiver goes on to speak finds no silence to hide in.
"""

from msgspec import Struct

_BURST_MS = 10_000
"""Words that were held up come within this time [K]: a machine that recovers is still busy."""
_SLACK_S = 1.0
"""Frames of two devices may change places within a second (`spec/beacon.md`, B9)."""


class Flow(Struct, frozen=True, array_like=True, gc=False):
    """How words of one receiver come. Milliseconds are those of the monotonic clock."""

    word_ms: int
    """The last word."""
    burst_ms: int
    """Beginning of the burst that it belongs to."""
    before_ms: int
    """The last word before that burst."""
    made_s: float = 0.0
    """When the last frame that was believed was made, by our clock."""


def begun(ms: int) -> Flow:
    """Begin when the receiver does."""
    return Flow(ms, ms, ms)


def spoke(flow: Flow, ms: int) -> Flow:
    """Take any word."""
    if ms - flow.burst_ms <= _BURST_MS:
        return Flow(ms, flow.burst_ms, flow.before_ms, flow.made_s)
    return Flow(ms, ms, flow.word_ms, flow.made_s)


def believed(flow: Flow, made_s: float) -> Flow:
    """Take it that a frame was believed."""
    return Flow(flow.word_ms, flow.burst_ms, flow.before_ms, max(flow.made_s, made_s))


def moved(flow: Flow, step_s: float) -> Flow:
    """Take it that our clock was set."""
    return Flow(flow.word_ms, flow.burst_ms, flow.before_ms, flow.made_s + step_s)


def held_up(flow: Flow, made_s: float, read_s: float) -> bool:
    """Tell whether the line may have held up a frame that was made then and is read now, in the last word."""
    silent_s = read_s - (flow.word_ms - flow.before_ms) / 1000
    return made_s <= read_s and made_s >= max(flow.made_s, silent_s) - _SLACK_S
