"""Where an installation keeps its data and on which doors it listens."""

from pathlib import Path

from msgspec import Struct, field

FLEET_PORTS = {
    "wialon": 20332,
    "egts": 20629,
    "teltonika": 5027,
    "gt06": 5023,
    "galileosky": 5034,
    "navtelecom": 5045,
    "watch": 5093,
    "osmand": 5055,
    "queclink": 5004,
    "h02": 5013,
}
"""The doors that equipment of these protocols is usually set to. A choice of ours, changed by option."""
LINK, ANY, MEDIA = "link", "any", "media"
DOORS = {**FLEET_PORTS, ANY: 5000, LINK: 8443, MEDIA: 8444}
"""The same with the door that all of them share, that of our own devices, and that of their recordings."""
WEB_PORT = 8080


class Settings(Struct, frozen=True, kw_only=True):
    """What every role of the server needs to know."""

    data_dir: Path
    host: str = "127.0.0.1"
    ports: dict[str, int] = field(default_factory=DOORS.copy)
    """Port of each fleet protocol and of the device link; 0 lets the system choose."""
    web_port: int = WEB_PORT
    basemap: Path | None = None
    """A PMTiles file or a GeoJSON town under the map; None for the built-in outline of the world."""
    map_center: tuple[float, float] = (67.0, 48.0)
    """Longitude and latitude at which the map opens."""
    map_zoom: float = 4.0
    gateway: str = ""
    """What this gateway is called, of several over one database; the only one has no name."""
    judges: int = 1
    """How many programs share the judging."""


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds that keep one peer from hurting the others."""

    connections_max: int = 25_000
    """Of one gateway: twenty thousand people who report, and room for those whose old line is not over yet."""
    link_connections_max: int = 12_000
    """Of our own devices, whose lines are as many as households that ask at once."""
    sign_in_s: float = 60.0
    """A line that has neither signed in nor reported by then is closed."""
    idle_s: float = 7_200.0
    unfinished_s: float = 120.0
    """How long a frame may stay unfinished: a peer that sends one byte a second is cut off."""
    faults_per_line: int = 50
    """Rejected frames kept from one line before it is closed."""
    ping_kept_s: float = 60.0
    """A device's pings are kept at most this often; each is answered."""
