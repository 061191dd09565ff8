"""The hands' part of a live call: devices open when the core says that the person answered, and close after it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from msgspec import Struct

from baqylau.devices.av_unit.acts import OpenCall
from baqylau.devices.av_unit.screen import CALL, Screen
from baqylau.domain.calls import CallEnding
from baqylau.domain.ids import CallId
from baqylau.links.calls import CallDevices
from baqylau.links.loudspeaker import LoudspeakerError

if TYPE_CHECKING:
    from baqylau.links.webrtc import LiveCall

log = structlog.get_logger()


class Reached(Struct, frozen=True):
    """Devices are open, and the unit is reached as described."""

    call_id: CallId
    description: bytes


class Gone(Struct, frozen=True):
    """A call broke off by itself."""

    call_id: CallId
    how: CallEnding


class PhoneLine:
    """One call at a time."""

    def __init__(self, devices: CallDevices, screen: Screen, tell: Callable[[Gone], None]) -> None:
        """Take the devices and the screen; `tell` is told on the loop when a call breaks off."""
        self._devices, self._screen, self._tell = devices, screen, tell
        self._call: LiveCall | None = None

    async def open(self, act: OpenCall) -> Reached | Gone:
        """Show that camera and microphone are on, open them, and say where the unit is reached."""
        from baqylau.links.webrtc import LiveCall  # noqa: PLC0415 - needs the extra `av`

        call_id = act.order.call_id
        self._screen.capturing(on=True, key=CALL)
        self._call = LiveCall(self._devices, act.order.servers, lambda how: self._tell(Gone(call_id, how)))
        try:
            return Reached(call_id, await self._call.answer(act.order.description))
        except (ValueError, LoudspeakerError) as wrong:
            log.warning("call_not_opened", why=str(wrong))
            return Gone(call_id, CallEnding.UNIT_FAULT)

    async def close(self) -> None:
        """Close the devices, and show that they are off. Without a call nothing happens."""
        if self._call is not None:
            call, self._call = self._call, None
            await call.close()
            self._screen.capturing(on=False)
