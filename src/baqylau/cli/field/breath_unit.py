"""`breath-unit`: the program of the stationary photo-electrochemical unit (clause 1.7)."""

from pathlib import Path
from random import SystemRandom
from typing import Annotated

import msgspec
import typer

from baqylau.cli.field.unit_program import DEFAULT_DIR, Dir, Heard, Program, Server, Voice, refused, with_folder
from baqylau.cli.language import SPOKEN, Language
from baqylau.cli.options import Lifeline
from baqylau.devices.breath_unit.hands import Camera, Carrier, Hands
from baqylau.devices.breath_unit.recordings import Recordings
from baqylau.devices.breath_unit.shell import BREATH_UNIT
from baqylau.devices.linux_unit.folder import Folder
from baqylau.devices.linux_unit.link import Identity
from baqylau.devices.linux_unit.media_upload import MediaUpload
from baqylau.links.board import BoardClock
from baqylau.links.breath_board import BreathBoard
from baqylau.links.camera import FileCamera, V4lCamera
from baqylau.links.device_line import ServerLine
from baqylau.links.still_camera import NoCamera, PictureFolder, Stills
from baqylau.links.wall_clock import now
from baqylau.locales import text
from baqylau.monitoring.server import lifeline as parent

app = typer.Typer()
breath_unit = typer.Typer(
    help="The stationary photo-electrochemical unit: a program for a Linux board.", invoke_without_command=True
)
app.add_typer(breath_unit, name="breath-unit")
with_folder(breath_unit)

WORKSHOPS = "workshops.json"
KEY_BYTES = 32

Board = Annotated[str, typer.Option(help="Measuring board: serial:DEVICE, socket:HOST:PORT or socket:PATH.")]
AvServer = Annotated[
    str, typer.Option("--av-server", help="Where recordings go, such as https://host:8444; empty: none.")
]
Pictures = Annotated[
    str, typer.Option("--camera", help="v4l:DEVICE, file:VIDEO, or folder:PATH of JPEGs; empty: none.")
]


@breath_unit.callback()
def run(  # noqa: PLR0913, PLR0917 - each is an option of the command
    context: typer.Context,
    folder: Dir = DEFAULT_DIR,
    server: Server = "",
    av_server: AvServer = "",
    board: Board = "",
    camera: Pictures = "",
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
    voice: Voice = "",
    language: Language = SPOKEN,
) -> None:
    """Ask for tests, measure them, photograph who gives them, keep everything, and tell the server."""
    if context.invoked_subcommand is not None:
        return
    if lifeline:
        parent.hold()
    looks = _camera(camera)

    def heard() -> Heard:
        clock = BoardClock()
        measures = BreathBoard(board, clock)
        recordings = Recordings(folder, Folder(folder).enrolment().device_id, Folder(folder).signer())
        upload = _upload(folder, av_server, recordings) if av_server else None
        hands = Hands(folder, recordings, measures, looks, clock, workshops(folder), upload)
        others = (measures, hands) if upload is None else (measures, hands, Carrier(upload))
        return Heard(clock, (), others, hands)

    program = Program(name="breath-unit", folder=folder, server=server, voice=voice, language=language, heard=heard)
    program.run(BREATH_UNIT)


@breath_unit.command()
def trust(
    name: Annotated[str, typer.Argument(help="Name of the workshop, as it signs.")],
    key: Annotated[str, typer.Argument(help="What `baqylau breath key` printed there.")],
    folder: Dir = DEFAULT_DIR,
    language: Language = SPOKEN,
) -> None:
    """Believe calibrations of a workshop."""
    try:
        raw = bytes.fromhex(key)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise refused(language, "not_a_key", said=key)
    Folder(folder)
    known = workshops(folder) | {name: raw}
    told = {one: public.hex() for one, public in known.items()}
    (folder / WORKSHOPS).write_bytes(msgspec.json.encode(told, order="sorted"))
    typer.echo(text(language, "cli.unit.trusted", name=name), err=True)


def workshops(folder: Path) -> dict[str, bytes]:
    """Give the keys of the workshops that a unit believes, by name."""
    path = folder / WORKSHOPS
    if not path.exists():
        return {}
    told = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    return {name: bytes.fromhex(key) for name, key in told.items()}


def _upload(folder: Path, server: str, recordings: Recordings) -> MediaUpload:
    """Give what brings recordings to the audio-visual server."""
    own = Folder(folder)
    enrolment = own.enrolment()
    trusted = (bytes.fromhex(enrolment.server_key),)
    identity = Identity(device_id=enrolment.device_id, signer=own.signer(), trusted=trusted)
    line = ServerLine(server, own.root if enrolment.root else None)
    return MediaUpload(identity, line, recordings.spool, now, SystemRandom())


def _camera(said: str) -> Camera:
    kind, _, where = said.partition(":")
    match kind:
        case "":
            return NoCamera()
        case "folder" if where:
            return PictureFolder(Path(where))
        case "v4l" if where:
            return Stills(V4lCamera(Path(where)))
        case "file" if where:
            return Stills(FileCamera(Path(where)))
        case _:
            msg = f"{said} is not v4l:DEVICE, file:VIDEO or folder:PATH"
            raise typer.BadParameter(msg)
