"""What `tracker_day` is given: lines of a receiver, a configuration, the frames of a relay, and an order."""

import json
from pathlib import Path
from typing import Any

from baqylau.crypto.blocks import aes
from baqylau.protocols.beacon.frame import RELAY, seal
from baqylau.protocols.beacon.keys import epoch_of, identity, identity_key, period_key, period_of, status_key
from baqylau.protocols.beacon.status import Status

LOGS = Path(__file__).parents[3] / "shared" / "testdata" / "gnss" / "nmea"
BEGIN_S = 1_795_000_000
BEACON_BEGIN_S = 1_577_836_800
ROOT = bytes(range(32))


def nmea(sentence: str) -> str:
    """Give a sentence with its check."""
    value = 0
    for one in sentence.encode():
        value ^= one
    return f"${sentence}*{value:02X}"


def receiver_lines(seconds: int = 90) -> list[str]:
    """Give a receiver's own words: the real log where it is there, else an invented walk."""
    log = LOGS / "quectel-l76k-nmea.log"
    if log.exists():
        return log.read_text(encoding="ascii", errors="replace").splitlines()[: seconds * 18]
    return [
        line
        for at in range(seconds)
        for line in (
            nmea(f"GNRMC,1200{at % 60:02d}.00,A,4314.{at:04d},N,07653.0000,E,2.0,0.0,220326,,,A"),
            nmea(f"GNGGA,1200{at % 60:02d}.00,4314.{at:04d},N,07653.0000,E,1,11,0.8,700.0,M,0,M,,"),
            nmea("GPGSV,1,1,04,01,40,083,46,02,17,308,41,12,07,344,39,14,22,228,45"),
        )
    ]


def frame(at_s: int) -> bytes:
    """Give a relay's beacon of an instant."""
    key = period_key(ROOT, period_of(epoch_of(at_s)))
    eid = identity(aes(identity_key(key)), epoch_of(at_s))
    return seal(aes(status_key(key)), eid, RELAY, at_s, 0, Status(frozenset(["charging"])).pack())


def configuration(at_s: int = BEGIN_S) -> dict[str, Any]:
    """Give what the server says: one forbidden place, and one relay."""
    period = period_of(epoch_of(at_s - BEACON_BEGIN_S))
    zone = {"type": "circle", "name": "School", "center": [47.662, -122.326], "radius_m": 5000.0}
    rule = {
        "type": "exclusion",
        "id": "r-1",
        "from_at": "2020-01-01T00:00:00Z",
        "until_at": None,
        "zone": zone,
        "schedule": None,
        "warning_m": 0.0,
    }
    watched = {"person_id": "p", "restrictions": [rule], "language": "kk", "permissions": []}
    keys = [
        {"transmitter_id": "RE-1", "period": one, "key": period_key(ROOT, one).hex()} for one in (period, period + 1)
    ]
    anchor = {"transmitter_id": "RE-1", "latitude_deg": 43.2, "longitude_deg": 76.9, "accuracy_m": 30.0}
    return {"version": 1, "watched": [watched], "keys": keys, "anchors": [anchor], "ahead": []}


def life() -> str:
    """Give the whole input of the script."""
    lines = receiver_lines()
    frames = [frame(BEGIN_S - BEACON_BEGIN_S + at).hex() for at in range(40, 700)]
    order = {"number": 3, "issued_at": 0, "expires_at": 1 << 50, "order": {"type": "report"}}
    return json.dumps([lines, BEGIN_S, configuration(), frames[:60], order])
