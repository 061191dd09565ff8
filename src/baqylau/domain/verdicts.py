"""Where somebody stands to what is prescribed, and how sure that is."""

from enum import StrEnum

from msgspec import Struct


class Standing(StrEnum):
    """Three-valued on purpose: what is not known is unknown, and never counted as absent."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Verdict(Struct, frozen=True, kw_only=True, gc=False):
    """A fix against a zone. `margin_m` is the distance to the zone's edge, positive inside, negative outside."""

    standing: Standing
    margin_m: float
    accuracy_m: float
    """Radius that holds the true place in 95 of 100 cases; the verdict is unknown where it crosses the edge."""


class Compliance(StrEnum):
    """What a screen draws for a person and an instant."""

    AS_PRESCRIBED = "inside"
    NOT_AS_PRESCRIBED = "outside"
    UNKNOWN = "unknown"
    FREE = "free"
    """No duty at this hour."""
    EXCUSED = "excused"
    """A permission applies."""


class Blindness(StrEnum):
    """Why something is unknown: whose fault it is decides what to do about it."""

    NO_OBSERVATION_YET = "no_observation_yet"
    DEVICE_SILENT = "device_silent"
    NO_FIX = "no_fix"
    POOR_FIX = "poor_fix"
    RECEIVER_SILENT = "receiver_silent"
    """The receiver at the place has not said lately that it listens."""
    RECEIVER_FAULT = "receiver_fault"
    """The receiver says that it does not work, or its band is jammed."""
    SOURCES_DISAGREE = "sources_disagree"
    """Not heard at the place, and yet a precise fix in it."""
    OURSELVES = "ourselves"
