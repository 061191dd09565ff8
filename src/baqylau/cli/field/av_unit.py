"""`av-unit`: the program of the stationary audio-visual unit (clause 1.6)."""

from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Annotated

import typer

from baqylau.cli.field.unit_program import (
    DEFAULT_DIR,
    Beacons,
    Dir,
    Heard,
    Program,
    Server,
    source_of,
    with_folder,
)
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import Lifeline
from baqylau.devices.av_unit.hands import Equipment, Hands
from baqylau.devices.av_unit.screen import Screen, ScreenIndicator
from baqylau.devices.av_unit.serving import ScreenPage
from baqylau.devices.av_unit.shell import av_unit as kind
from baqylau.devices.linux_unit.folder import Folder
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.media_spool import MediaSpool
from baqylau.devices.linux_unit.media_upload import MediaUpload
from baqylau.links.board import BoardClock
from baqylau.links.calls import installed
from baqylau.links.camera import Camera, FileCamera, V4lCamera
from baqylau.links.device_line import ServerLine
from baqylau.links.face_finder import face_finder
from baqylau.links.loudspeaker import AlsaLoudspeaker, FileLoudspeaker, Loudspeaker
from baqylau.links.microphone import AlsaMicrophone, FileMicrophone, Microphone
from baqylau.links.speaker import PROGRAM, Speaker
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server import lifeline as parent
from baqylau.monitoring.server.calls_file import NamedServer, for_call, ice_in
from baqylau.monitoring.server.notice_file import NoticeFileError

app = typer.Typer()
av_unit = typer.Typer(
    help="The stationary audio-visual unit: a program for a Linux board.", invoke_without_command=True
)
app.add_typer(av_unit, name="av-unit")
with_folder(av_unit)

AvServer = Annotated[str, typer.Option(help="Address for recordings, such as https://host:8444; empty: none.")]
CameraName = Annotated[str, typer.Option("--camera", help="v4l2:DEVICE or file:VIDEO.")]
MicrophoneName = Annotated[str, typer.Option("--microphone", help="alsa:DEVICE or file:SOUND; empty: none.")]
SpeakerName = Annotated[str, typer.Option("--speaker", help="Program that speaks, called as espeak-ng is.")]
LoudspeakerName = Annotated[str, typer.Option("--loudspeaker", help="alsa:DEVICE or file:SOUND; empty: none.")]
Lamp = Annotated[bool, typer.Option("--lamp", help="The screen can light the face in colours.")]
PagePort = Annotated[int, typer.Option("--page", help="Port of the screen's page on this board alone; 0: none.")]


@av_unit.callback()
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    folder: Dir = DEFAULT_DIR,
    server: Server = "",
    av_server: AvServer = "",
    camera: CameraName = "v4l2:/dev/video0",
    microphone: MicrophoneName = "alsa:default",
    source: Beacons = None,
    speaker: SpeakerName = PROGRAM,
    loudspeaker: LoudspeakerName = "alsa:default",
    lamp: Lamp = False,  # noqa: FBT002 - an option
    page: PagePort = 8480,
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """Ask for checks, guide and record who takes them, keep everything, and bring it to the server."""
    if context.invoked_subcommand is not None:
        return
    if lifeline:
        parent.hold()
    sees, hears, sounds = _camera(camera), _microphone(microphone), _loudspeaker(loudspeaker)
    servers = partial(for_call, _servers(folder, language))

    def heard() -> Heard:
        clock, own = BoardClock(), Folder(folder)
        enrolment = own.enrolment()
        identity = Identity(
            device_id=enrolment.device_id, signer=own.signer(), trusted=(bytes.fromhex(enrolment.server_key),)
        )
        spool = MediaSpool(folder, identity.signer, identity.device_id)
        line = ServerLine(av_server, own.root if enrolment.root else None) if av_server else None
        upload = None if line is None else MediaUpload(identity, line, spool, now, SystemRandom())
        screen, voice = Screen(folder, language=language, terminal=True), Speaker(speaker)
        equipment = Equipment(
            camera=sees,
            microphone=hears,
            find=face_finder(),
            screen=screen,
            speaker=voice,
            page=ScreenPage(screen, page) if page else None,
            loudspeaker=sounds,
            servers=servers,
        )
        hands = Hands(equipment, spool, upload, clock)
        buttons = tuple(source_of(one, clock) for one in source or [])
        return Heard(clock, (), (hands, *buttons), hands, ScreenIndicator(folder, screen, voice))

    program = Program(name="av-unit", folder=folder, server=server, voice="", language=language, heard=heard)
    program.run(kind(lamp=lamp, calls=installed()))


def _servers(folder: Path, language: str) -> tuple[NamedServer, ...]:
    """Read the unit's own servers for calls; a file that cannot be used ends the program with a sentence."""
    try:
        return ice_in(folder)
    except NoticeFileError as wrong:
        typer.echo(text(language, wrong.key, **wrong.params), err=True)
        raise typer.Exit(2) from wrong


def _camera(said: str) -> Camera:
    way, _, where = said.partition(":")
    match way:
        case "v4l2" if where:
            return V4lCamera(Path(where))
        case "file" if where:
            return FileCamera(Path(where))
        case _:
            msg = f"{said} is not v4l2:DEVICE or file:VIDEO"
            raise typer.BadParameter(msg)


def _microphone(said: str) -> Microphone | None:
    way, _, where = said.partition(":")
    match way:
        case "":
            return None
        case "alsa" if where:
            return AlsaMicrophone(where)
        case "file" if where:
            return FileMicrophone(Path(where))
        case _:
            msg = f"{said} is not alsa:DEVICE or file:SOUND"
            raise typer.BadParameter(msg)


def _loudspeaker(said: str) -> Loudspeaker | None:
    way, _, where = said.partition(":")
    match way:
        case "":
            return None
        case "alsa" if where:
            return AlsaLoudspeaker(where)
        case "file" if where:
            return FileLoudspeaker(Path(where))
        case _:
            msg = f"{said} is not alsa:DEVICE or file:SOUND"
            raise typer.BadParameter(msg)
