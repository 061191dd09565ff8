"""Instants as people type them on a command line."""

from datetime import datetime

import typer

from baqylau.links.wall_clock import now


def instant(text: str) -> datetime:
    """Give the instant meant by NOW or by an ISO 8601 text with its offset, or say what is wrong with it."""
    if text.upper() == "NOW":
        return now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError as wrong:
        msg = f"{text!r} is neither NOW nor an instant such as 2026-11-19T22:00:00+05:00"
        raise typer.BadParameter(msg) from wrong
    if at.tzinfo is None:
        msg = f"{text!r} needs its offset from UTC, such as +05:00"
        raise typer.BadParameter(msg)
    return at
