"""What a device knows besides its satellite receiver, at the instant of an epoch. Runs in MicroPython."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.rules.gnss.plane import Place


class Surroundings:
    """Whatever is not known stays None: it then speaks for nothing and against nothing."""

    __slots__ = ("clock_s", "moving", "network", "places")

    def __init__(
        self,
        clock_s: "float | None" = None,
        *,
        moving: "bool | None" = None,
        network: "bool | None" = None,
        places: "tuple[Place, ...]" = (),
    ) -> None:
        """Take our own clock in Unix seconds, motion, whether the network is there, and places known otherwise.

        The clock is not set by this receiver. The places are those that beacons, cells or Wi-Fi tell of now; the
        radius of each is how far from it one can be and still hear it.
        """
        self.clock_s = clock_s
        self.moving = moving
        self.network = network
        self.places = places
