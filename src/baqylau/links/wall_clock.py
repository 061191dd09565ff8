"""The one place that asks the machine for the time. Everything else is told."""

import asyncio
import time
from datetime import UTC, datetime


def now() -> datetime:
    """Give the present instant, aware, in UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Give seconds of a clock that never jumps; only differences mean something."""
    return time.monotonic()


def since_boot_s() -> float:
    """Give seconds since the machine was started, sleep included; only differences mean something."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


async def sleep(seconds: float) -> None:
    """Wait. A wait of zero or less only lets others run."""
    await asyncio.sleep(max(seconds, 0.0))


def cpu_s() -> float:
    """Give the seconds of processor time that this process has used."""
    return time.process_time()
