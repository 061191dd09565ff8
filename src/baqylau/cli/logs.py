"""What programs say while they run: a line of JSON each on standard error, ids only, never a person's data."""

import logging
import os
import sys

import structlog

LEVEL = "BAQYLAU_LOG"
"""Environment variable with the least level that is said: debug, info, warning or error."""


def say_from(level: str | None = None) -> None:
    """Say what is at least of a level; without one, of the level that the environment asks for, else of `info`."""
    wanted = level or os.environ.get(LEVEL, "info")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping().get(wanted.upper(), 20)),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
