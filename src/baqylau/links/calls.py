"""What a live call needs of a unit: the devices, and the library that carries it (extra `av`, module `webrtc`)."""

from importlib.util import find_spec

from msgspec import Struct

from baqylau.links.camera import Camera
from baqylau.links.loudspeaker import Loudspeaker
from baqylau.links.microphone import Microphone


def installed() -> bool:
    """Tell whether calls can be taken at all."""
    return find_spec("aiortc") is not None


class CallDevices(Struct, frozen=True, kw_only=True):
    """What is open during a call and at no other time."""

    camera: Camera
    microphone: Microphone | None = None
    loudspeaker: Loudspeaker | None = None
