"""`breath`: the workshop of breath units: adjusting and verifying with reference gas, and what a calibration says."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from baqylau.cli.language import SPOKEN, Language
from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.calibration_file import CalibrationFile, opened_file, sealed_file
from baqylau.devices.breath_unit.metrology.calibration import VALID_FOR, AdjustmentError, Lock
from baqylau.devices.breath_unit.workshop import (
    Measured,
    Plan,
    Wanted,
    WorkshopError,
    measured,
    with_adjustment,
    with_verification,
)
from baqylau.devices.linux_unit.folder import Folder
from baqylau.links.board import BoardClock
from baqylau.links.breath_board import BreathBoard
from baqylau.links.radio.words import SourceLostError
from baqylau.links.wall_clock import now
from baqylau.locales import text

app = typer.Typer()
breath = typer.Typer(help="The workshop of breath units: calibrations.", no_args_is_help=True)
app.add_typer(breath, name="breath")

DEFAULT_KEY = Path("baqylau-workshop")
ME = getpass.getuser()

PlanFile = Annotated[Path, typer.Argument(metavar="PLAN", help="JSON: the gas, its certificate, and the points.")]
File = Annotated[Path, typer.Option("--file", help="The unit's calibration; made or added to.")]
DEFAULT_FILE = Path("calibration.cose")
Board = Annotated[str, typer.Option(help="serial:DEVICE, socket:HOST:PORT or socket:PATH.")]
Unit = Annotated[str, typer.Option(help="Our name of the unit, as it was enrolled.")]
Key = Annotated[Path, typer.Option("--key", help="Folder of the workshop's key.")]
Workshop = Annotated[str, typer.Option(help="Name of the workshop, as units know it.")]
By = Annotated[str, typer.Option(help="Who does it.", show_default="the account's name")]
Yes = Annotated[bool, typer.Option("--yes", help="The gas is joined already: do not ask for each point.")]


@breath.command()
def key(folder: Key = DEFAULT_KEY) -> None:
    """Print the workshop's public key, for `baqylau breath-unit trust`; it is made when there is none."""
    typer.echo(Folder(folder).signer().public_key.hex())


@breath.command()
def calibrate(  # noqa: PLR0913, PLR0917 - each is an option of the command
    plan: PlanFile,
    board: Board,
    unit: Unit,
    file: File = DEFAULT_FILE,
    folder: Key = DEFAULT_KEY,
    workshop: Workshop = "workshop",
    by: By = ME,
    yes: Yes = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """Adjust: take a sample of each point of the plan, fit, and seal the file anew."""
    signer = Folder(folder).signer()
    wanted = _plan(plan, language)
    before = _before(file, workshop, signer, language)
    seen = _measured(board, wanted, yes=yes, language=language)
    try:
        made = with_adjustment(before, seen, wanted, unit=unit, at=now(), by=by)
    except AdjustmentError as wrong:
        raise _refused(language, "no_adjustment", why=str(wrong)) from wrong
    file.write_bytes(sealed_file(made, workshop, signer))
    _show(made, language)


@breath.command()
def verify(  # noqa: PLR0913, PLR0917 - each is an option of the command
    plan: PlanFile,
    board: Board,
    file: File = DEFAULT_FILE,
    folder: Key = DEFAULT_KEY,
    workshop: Workshop = "workshop",
    by: By = ME,
    yes: Yes = False,  # noqa: FBT002 - an option
    language: Language = SPOKEN,
) -> None:
    """Verify: hold the calibration against reference gas. One that fails locks the unit; nothing is adjusted."""
    signer = Folder(folder).signer()
    wanted = _plan(plan, language)
    before = _before(file, workshop, signer, language)
    if before is None:
        raise _refused(language, "no_file", file=file)
    seen = _measured(board, wanted, yes=yes, language=language)
    made = with_verification(before, seen, wanted, at=now(), by=by)
    file.write_bytes(sealed_file(made, workshop, signer))
    _show(made, language)
    if made.last is not None and not made.last.passed:
        raise typer.Exit(1)


@breath.command()
def show(
    file: Annotated[Path, typer.Argument(help="A calibration file.")],
    trusted: Annotated[list[str], typer.Option("--trust", help="NAME=KEY of a workshop that is believed.")],
    language: Language = SPOKEN,
) -> None:
    """Say what a calibration file holds, and whether it is believed."""
    keys = {name: bytes.fromhex(key) for name, _, key in (one.partition("=") for one in trusted)}
    opened = opened_file(_bytes(file, language), keys)
    if isinstance(opened, Lock):
        raise _refused(language, "not_believed", why=text(language, f"breath.lock.{opened}"))
    _show(opened, language)


def _show(file: CalibrationFile, language: str) -> None:
    calibration = file.calibration
    typer.echo(
        text(
            language,
            "cli.breath.adjusted",
            unit=calibration.unit,
            cell=calibration.cell,
            version=file.version,
            at=calibration.made_at.isoformat(timespec="minutes"),
            by=calibration.by,
            until=(calibration.made_at + VALID_FOR).date().isoformat(),
            certificate=calibration.gas.certificate,
            spread=f"{100 * calibration.spread_share:.2f}",
        )
    )
    for one in file.verifications:
        worst = max((abs(error) for error in one.errors_mg_l), default=0.0)
        word = "passed" if one.passed else "not_passed"
        at = one.at.isoformat(timespec="minutes")
        typer.echo(text(language, f"cli.breath.{word}", at=at, by=one.by, worst=f"{worst:.3f}"))


def _plan(path: Path, language: str) -> Plan:
    try:
        return msgspec.json.decode(_bytes(path, language), type=Plan)
    except msgspec.DecodeError as wrong:
        raise _refused(language, "no_plan", file=path, why=str(wrong)) from wrong


def _before(path: Path, workshop: str, signer: Signer, language: str) -> CalibrationFile | None:
    """Give the file as it is; one that we did not sign is not added to."""
    if not path.exists():
        return None
    opened = opened_file(path.read_bytes(), {workshop: signer.public_key})
    if isinstance(opened, Lock):
        raise _refused(language, "not_believed", why=text(language, f"breath.lock.{opened}"))
    return opened


def _measured(board: str, plan: Plan, *, yes: bool, language: str) -> Measured:
    clock = BoardClock()
    try:
        return asyncio.run(measured(BreathBoard(board, clock), plan, _ready(language, yes=yes)))
    except (WorkshopError, SourceLostError, OSError) as wrong:
        raise _refused(language, "not_measured", why=str(wrong)) from wrong


def _ready(language: str, *, yes: bool) -> Callable[[Wanted | None, float], Awaitable[None]]:
    async def ready(wanted: Wanted | None, alcohol_mg_l: float) -> None:
        said = text(language, "cli.breath.take_off")
        if wanted is not None:
            said = text(language, "cli.breath.join", alcohol=f"{alcohol_mg_l:.3f}", cell=f"{wanted.cell_c:g}")
        if yes:
            typer.echo(said, err=True)
        else:
            await asyncio.to_thread(typer.prompt, said, "", show_default=False)

    return ready


def _bytes(path: Path, language: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise _refused(language, "cannot_read", why=f"{path}: {wrong.strerror}") from wrong


def _refused(language: str, reason: str, **params: object) -> typer.Exit:
    typer.echo(text(language, f"cli.breath.{reason}", **params), err=True)
    return typer.Exit(1)
