"""Who sits down before an audio-visual unit of the city when it asks who they are: somebody's looks, and its core.

There is no picture and no sound: each look is what a unit's own eye tells of a well lit face, so that guidance, steps
and their times are those of the real core. What the recording would show is not simulated (`comparing`).
"""

from random import Random

from baqylau.devices.av_unit.acts import CloseCapture
from baqylau.devices.av_unit.inputs import Look, Looked, Signed
from baqylau.devices.av_unit.orders import VOICE
from baqylau.devices.linux_unit.inputs import ButtonPressed
from baqylau.devices.linux_unit.outputs import Do, Output, Say
from baqylau.sim.air.box import Box
from baqylau.sim.city.standing import COMES_S, Standing

ASKED = f"{VOICE}due"
LOOK_S = 0.2
SEEN = Look(brightness=120.0, contrast=50.0, sharpness=200.0, faces=1, face_share=0.4, loudness=0.01)
"""A face in a bright room."""


class Sitter:
    """Somebody at home with a unit. Seconds are those of the city."""

    def __init__(self, number: int, stands: Standing) -> None:
        """Take which unit it is, and whether somebody comes when it asks."""
        self._stands, self._random = stands, Random(f"{number}/shows")  # noqa: S311 - an invented life
        self._comes_s: float | None = None
        self._looks_s = 0.0
        """When the camera saw something last."""

    def answer(self, box: Box, from_s: float, until_s: float) -> None:
        """Do what the unit asks for, from one instant to another."""
        self._hear(box, from_s)
        if self._comes_s is not None and self._comes_s < until_s:
            self._looks_s, self._comes_s = self._comes_s, None
            box.take(self._looks_s, ButtonPressed)
        while box.state.session is not None and self._looks_s + LOOK_S <= until_s:
            self._looks_s += LOOK_S
            box.take(self._looks_s, Looked, check_id=box.state.session.order.check_id, look=SEEN)
            self._hear(box, self._looks_s)

    def _hear(self, box: Box, at_s: float) -> None:
        """Do everything that the unit wanted since the last time, and what it wants when that is done."""
        while box.said:
            said, box.said = box.said, []
            for one in said:
                self._do(box, one, at_s)

    def _do(self, box: Box, said: Output, at_s: float) -> None:
        match said:
            case Say(key=key) if key == ASKED and self._stands.answers:
                self._comes_s = at_s + self._random.randint(*COMES_S)
            case Do(act=CloseCapture(check_id=check_id)):
                box.take(at_s, Signed, check_id=check_id, items=1, manifest=bytes(32))
            case _:
                pass
