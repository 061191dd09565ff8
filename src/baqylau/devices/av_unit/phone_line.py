"""The hands' part of a live call: devices open when the core says that the person answered, and close after it.

Nothing of a call is kept but by a `CallRecorder`, and there is one only where the order has the call recorded.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from msgspec import Struct

from baqylau.devices.av_unit.acts import OpenCall
from baqylau.devices.av_unit.call_recorder import CallRecorder
from baqylau.devices.av_unit.screen import CALL, CALL_RECORDED, Screen
from baqylau.domain.calls import CallEnding, IceServer
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

    def __init__(
        self,
        devices: CallDevices,
        screen: Screen,
        tell: Callable[[Gone], None],
        recorder: Callable[[OpenCall], CallRecorder],
        servers: Callable[[datetime], tuple[IceServer, ...]],
    ) -> None:
        """`tell` is told on the loop when a call breaks off; `recorder` gives what records a call; `servers`: ours."""
        self._devices, self._screen, self._tell = devices, screen, tell
        self._made, self._servers = recorder, servers
        self._call: LiveCall | None = None
        self._recorder: CallRecorder | None = None

    async def open(self, act: OpenCall) -> Reached | Gone:
        """Show that camera and microphone are on, and whether it is recorded; open them, say where we are reached."""
        from baqylau.links.webrtc import LiveCall  # noqa: PLC0415 - needs the extra `av`

        order, call_id = act.order, act.order.call_id
        self._screen.capturing(on=True, key=CALL_RECORDED if order.recorded else CALL)
        self._recorder = self._made(act) if order.recorded else None
        gone = self._tell
        servers = self._servers(act.began_at) or order.servers
        self._call = LiveCall(self._devices, servers, lambda how: gone(Gone(call_id, how)), self._recorder)
        try:
            return Reached(call_id, await self._call.answer(order.description))
        except (ValueError, LoudspeakerError) as wrong:
            log.warning("call_not_opened", why=str(wrong))
            return Gone(call_id, CallEnding.UNIT_FAULT)

    async def close(self) -> None:
        """Close the devices, and show that they are off. Without a call nothing happens."""
        if self._call is not None:
            call, self._call = self._call, None
            await call.close()
            await self._recorded()
            self._screen.capturing(on=False)

    async def _recorded(self) -> None:
        recorder, self._recorder = self._recorder, None
        try:
            if recorder is not None:
                await asyncio.to_thread(recorder.close)
        except OSError as wrong:
            log.warning("call_recording_cut", why=str(wrong))
