"""A bracelet's and a relay's day, told in the beacons that go out; the same script on the host and on the device."""

from binascii import hexlify
from hashlib import sha256

from baqylau.devices.bracelet import core as bracelet
from baqylau.devices.relay import core as relay
from tests.micropython.board import aes
from tests.micropython.table import BEGIN_S, SITTING, STANDING, Table

HOUR_S = 3600
SEALED_EVERY = 24
"""Every frame of this many is sealed, and every one that says something new: sealing takes a board long."""


def bracelet_day() -> Table:
    """Provisioned, put on; a walk; cut and closed in 4 s; the battery pulled; the clock set; taken off; charged."""
    table = Table(bracelet, aes, SITTING)
    table.provision()
    table.fit()
    table.wait(7 * HOUR_S)
    table.show(motion=(True, 1.4))
    table.wait(40 * 60)
    table.show(motion=(False, 0.2), temperature_c=12.0)
    table.wait(3 * HOUR_S)
    table.show(strap=(4_000_000, 80.0))
    table.wait(4)
    table.show(strap=(47_400, 79.0))
    table.wait(HOUR_S)
    table.confirm()
    table.wait(2 * HOUR_S)
    table.power_lost(90_000)
    table.show(power=(3700, False))
    table.wait(600)
    table.set_clock(BEGIN_S + table.true_ms // 1000)
    table.bring(bytes(17))
    table.show(skin_counts=120)
    table.wait(HOUR_S)
    table.show(skin_counts=900, power=(3900, True))
    table.wait(2 * HOUR_S)
    table.show(power=(4150, False))
    table.wait(24 * HOUR_S - table.true_ms / 1000)
    table.ask("STATUS")
    return table


def relay_hour() -> Table:
    """Put up, without mains, opened, carried away, put up again."""
    table = Table(relay, aes, STANDING)
    table.provision()
    table.fit()
    table.wait(600)
    table.show(power=(4000, False))
    table.wait(300)
    table.show(case=(True, 40.0))
    table.wait(60)
    table.show(motion=(True, (400, -200, -900)))
    table.wait(60)
    table.show(case=(False, 0.0), motion=(False, (0, 0, 1000)))
    table.fit()
    table.wait(600)
    table.ask("STATUS")
    return table


def told(table: Table) -> str:
    """Give a digest of everything that went out, its instants, its answers and what is kept."""
    whole, said = sha256(), b""
    for at, heard in enumerate(table.air):
        whole.update(b"%d %d %d " % (heard.true_ms, heard.pair[0], heard.pair[1]) + heard.beacon.status)
        if at % SEALED_EVERY == 0 or heard.beacon.status != said:
            whole.update(heard.beacon.frame())
        said = heard.beacon.status
    whole.update(table.record + table.said[-1].encode())
    return "%d %s" % (len(table.air), hexlify(whole.digest()).decode())  # noqa: UP031 - as short on a board


print(told(bracelet_day()), told(relay_hour()))  # noqa: T201 - its only way to tell who runs it
