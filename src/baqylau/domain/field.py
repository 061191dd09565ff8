"""Acts on equipment in the field: what an officer with a console does, and what becomes of it in the registers."""

from enum import StrEnum


class FieldKind(StrEnum):
    """What was done."""

    FIT = "fit"
    SWAP = "swap"
    UNFIT = "unfit"
    ORDER = "order"
    """Something was asked of a device that takes orders."""
    WALK = "walk"
    """A home was walked through."""


class Stage(StrEnum):
    """How far the work on a device has come."""

    BEGUN = "begun"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class FieldState(StrEnum):
    """What became of an act."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class FieldRefusal(StrEnum):
    """Why an act was not taken over."""

    NOT_THEIRS = "not_theirs"
    """The officer may not act for this person, or not with this console."""
    UNKNOWN_DEVICE = "unknown_device"
    NOT_WORN = "not_worn"
    """What was to come off is not on the person in the registers."""
    ELSEWHERE = "elsewhere"
    """What was to come on is on somebody else."""
    NO_KEY = "no_key"
    """Nothing in the device's name would be believed."""
    ONLY_SENDS = "only_sends"
    """It takes no orders, or not this one."""
    TOO_LATE = "too_late"
    """The order came when it was no use any more."""
    NOT_SAVED = "not_saved"
    """The registers contradict it in another way."""
