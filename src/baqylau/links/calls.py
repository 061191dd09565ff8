"""What a live call needs of a unit: the devices, and the library that carries it (extra `av`, module `webrtc`)."""

from importlib.util import find_spec
from typing import Protocol

from msgspec import Struct

from baqylau.links.camera import Camera, Pixels
from baqylau.links.loudspeaker import Loudspeaker
from baqylau.links.microphone import Microphone, Samples


def installed() -> bool:
    """Tell whether calls can be taken at all."""
    return find_spec("aiortc") is not None


class CallDevices(Struct, frozen=True, kw_only=True):
    """What is open during a call and at no other time."""

    camera: Camera
    microphone: Microphone | None = None
    loudspeaker: Loudspeaker | None = None


class Witness(Protocol):
    """Who takes what is seen and heard during a call, in a call that is recorded; in any other there is none.

    Called by the threads of camera and microphone and by the line's own, at once. `OSError` ends the call.
    """

    def see(self, pixels: Pixels) -> None:
        """Take a picture of the camera."""

    def hear(self, sound: Samples) -> None:
        """Take sound of the microphone."""

    def sounded(self, sound: Samples) -> None:
        """Take what the duty room says."""
