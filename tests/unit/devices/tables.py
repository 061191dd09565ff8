"""Devices on the table, ready for a story."""

from baqylau.crypto.blocks import aes
from baqylau.devices.bracelet import core as bracelet
from baqylau.devices.relay import core as relay
from tests.micropython.table import SITTING, STANDING, Heard, Table


def fitted_bracelet() -> Table:
    """Give a bracelet that has been on a wearer for ten minutes."""
    return _ready(Table(bracelet, aes, SITTING))


def standing_relay() -> Table:
    """Give a relay that has stood on its wall for ten minutes."""
    return _ready(Table(relay, aes, STANDING))


def _ready(table: Table) -> Table:
    table.provision()
    table.fit()
    table.wait(600)
    return table


def first_after(table: Table, true_ms: int, word: str) -> Heard:
    """Give the first beacon since then that says this word of itself as so now or as latched."""
    for heard in table.air:
        status = heard.status()
        if heard.true_ms >= true_ms and (word in status.now or word in status.latched):
            return heard
    raise AssertionError(word)
