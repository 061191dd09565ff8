"""The scale on which beacons tell time: seconds since a beginning of our own (`spec/beacon.md`, B3)."""

from datetime import UTC, datetime, timedelta

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)


def seconds_at(at: datetime) -> float:
    """Give the seconds at an instant. A beacon tells whole ones."""
    return (at - BEGIN).total_seconds()


def instant_of(seconds: float) -> datetime:
    """Give the instant, UTC."""
    return BEGIN + timedelta(seconds=seconds)
