"""The whole program beside the physical model: board, camera, disk and server, with what can go wrong between them."""

import asyncio
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from cbor2 import loads

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.calibration_file import CalibrationFile, opened_file, sealed_file
from baqylau.devices.breath_unit.hands import CALIBRATION_FILE
from baqylau.devices.breath_unit.metrology.gas import DryGas, WetBath
from baqylau.devices.breath_unit.workshop import Plan, Wanted, measured, with_adjustment, with_verification
from baqylau.devices.linux_unit.media_spool import MediaSpool, Sealed
from baqylau.domain.challenge import challenge
from baqylau.domain.checks import BreathSample, Calibrated, CheckKind, Ended, Ending, SampleState
from baqylau.protocols.media.envelope import SignedManifest, opened_manifest
from baqylau.sim.breath.board import ModelBoard
from baqylau.sim.breath.cell import Cell
from baqylau.sim.breath.laboratory import file
from baqylau.sim.breath.line import ModelLine
from tests.unit.devices.breath_unit.bench import BEGIN, NONCE, OWN, PICTURE, UNIT, WORKSHOP, Bench, blowing, sober


async def _tested(bench: Bench) -> BreathSample:
    running = await bench.started()
    await bench.until(lambda: bench.state.board is not None and bench.state.calibration is not None)
    bench.ask()
    await bench.until(lambda: bool(bench.told(Ended)) and bool(bench.told(BreathSample)))
    await bench.stop(running)
    (sample,) = bench.told(BreathSample)
    assert isinstance(sample, BreathSample)
    return sample


def test_a_test_goes_from_the_order_to_signed_evidence(tmp_path: Path) -> None:
    bench = Bench(tmp_path, sober())
    sample = asyncio.run(_tested(bench))
    (ended,) = bench.told(Ended)
    assert isinstance(ended, Ended)
    assert (sample.state, ended.how) == (SampleState.VALID, Ending.DONE)
    assert sample.alcohol_mg_l == pytest.approx(0.0, abs=0.005)
    sealed, items = _evidence(tmp_path)
    opened = opened_manifest(sealed.raw, {UNIT: PublicKey(OWN.public_key)}.get)
    assert isinstance(opened, SignedManifest)
    assert opened.digest == ended.manifest
    assert opened.manifest.items == sealed.items
    assert sample.trace == sealed.items[-1].sha256 == sha256(items[-1]).digest()
    assert tuple(mark.step for mark in opened.manifest.marks) == challenge(CheckKind.BREATH, NONCE)
    trace = loads(items[-1])
    assert len(trace["blows"]) == 2
    assert all(len(one["photos_ms"]) == 3 for one in trace["blows"])
    assert (trace["instrument"]["board"], trace["instrument"]["cell"], trace["instrument"]["gas"]) == (
        "model",
        "cell/1",
        "G-1",
    )
    assert trace["pair"]["differ_mg_l"] <= trace["pair"]["allowed_mg_l"]
    assert all(abs(one["room_mg_l"]) < 0.01 for one in trace["blows"])
    assert items[:-1] == [PICTURE] * 8
    assert None not in bench.eye.looked


def _evidence(folder: Path) -> tuple[Sealed, list[bytes]]:
    """Give what waits for the server."""
    spool = MediaSpool(folder, OWN, UNIT)
    sealed = spool.waiting()
    assert sealed is not None
    items = [spool.piece(sealed.check_id, one, 0) for one in sealed.items]
    spool.close()
    return sealed, items


def test_nobody_is_photographed_when_there_is_no_test(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        running = await bench.started()
        await bench.until(lambda: bench.board.ms > 600_000)
        await bench.stop(running)

    bench = Bench(tmp_path)
    asyncio.run(story(bench))
    assert bench.eye.looked == []


def test_a_cut_of_power_in_the_middle_of_a_blow_loses_nothing_and_accuses_nobody(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        running = await bench.started()
        await bench.until(lambda: bench.state.board is not None and bench.state.calibration is not None)
        bench.ask()
        await bench.until(lambda: blowing(bench.state))
        await bench.stop(running)
        bench.somebody = None
        running = await bench.started()
        await bench.until(lambda: bool(bench.told(Ended)))
        await bench.stop(running)

    bench = Bench(tmp_path, sober())
    asyncio.run(story(bench))
    (ended,), (sample,) = bench.told(Ended), bench.told(BreathSample)
    assert isinstance(ended, Ended)
    assert isinstance(sample, BreathSample)
    assert (ended.how, sample.state, sample.why) == (Ending.POWER_LOST, SampleState.INTERRUPTED, ("power_lost",))
    _, items = _evidence(tmp_path)
    flow = loads(items[-1])["blows"][0]["flow_ml_s"]
    assert max(flow) > 100


def test_the_server_may_be_away_and_gets_everything_later(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        running = await bench.started()
        await bench.until(lambda: bench.state.board is not None and bench.state.calibration is not None)
        bench.ask()
        await bench.until(lambda: bench.state.session is not None)
        bench.server.away = True
        await bench.until(lambda: bench.state.session is None)
        await bench.stop(running)
        assert not bench.told(Ended)
        bench.server.away = False
        running = await bench.started()
        await bench.until(lambda: bool(bench.told(BreathSample)) and bool(bench.told(Ended)))
        await bench.stop(running)

    bench = Bench(tmp_path, sober())
    asyncio.run(story(bench))
    (ended,) = bench.told(Ended)
    assert isinstance(ended, Ended)
    assert ended.how is Ending.DONE


def test_a_covered_or_broken_camera_identifies_nobody(tmp_path: Path) -> None:
    bench = Bench(tmp_path, sober())
    bench.eye.works = False
    sample = asyncio.run(_tested(bench))
    assert (sample.state, sample.alcohol_mg_l, sample.why) == (SampleState.NOT_IDENTIFIED, None, ("photos",))


def test_a_unit_without_its_calibration_says_so_and_asks_nobody(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        running = await bench.started()
        await bench.until(lambda: bool(bench.told(Calibrated)))
        bench.ask()
        await bench.until(lambda: bool(bench.told(Ended)))
        await bench.stop(running)

    bench = Bench(tmp_path, sober())
    (tmp_path / CALIBRATION_FILE).write_bytes(sealed_file(bench.calibration, "lab", Signer(b"x" * 32)))
    asyncio.run(story(bench))
    told, ended = bench.told(Calibrated)[-1], bench.told(Ended)[0]
    assert isinstance(told, Calibrated)
    assert isinstance(ended, Ended)
    assert (told.locked, told.why, ended.how) == (True, "not_signed", Ending.UNIT_FAULT)


PLAN = Plan(
    gas=file(Cell(), Random(1), BEGIN).calibration.gas,  # noqa: S311 - an invented cell
    points=tuple(
        Wanted(standard=standard, cell_c=cell_c)
        for cell_c in (25.0, 34.0, 42.0)
        for standard in (DryGas(nominal_mg_l=0.10), WetBath(solution_g_l=1.0292), DryGas(nominal_mg_l=0.95))
    ),
)


def test_a_workshop_adjusts_and_verifies_with_gas_on_the_board_itself() -> None:
    board = ModelBoard(Cell(), Random(4))  # noqa: S311 - an invented cell
    seen: list[float] = []

    async def ready(wanted: Wanted | None, alcohol_mg_l: float) -> None:
        board.gas_mg_l = None if wanted is None else alcohol_mg_l
        seen.append(alcohol_mg_l)

    async def story() -> tuple[CalibrationFile, CalibrationFile]:
        first = await measured(ModelLine(board, BEGIN), PLAN, ready)
        made = with_adjustment(None, first, PLAN, unit=UNIT, at=BEGIN, by="laboratory")
        again = await measured(ModelLine(board, BEGIN), PLAN, ready)
        return made, with_verification(made, again, PLAN, at=BEGIN + timedelta(days=60), by="technician")

    made, looked = asyncio.run(story())
    assert seen[1] == pytest.approx(0.10 * 935.0 / 1013.25)
    assert looked.last is not None
    assert looked.last.passed
    assert looked.version == made.version + 1
    assert opened_file(sealed_file(looked, "lab", WORKSHOP), {"lab": WORKSHOP.public_key}) == looked
    assert looked.locked(unit=UNIT, cell="cell/1", at=BEGIN + timedelta(days=61)) is None
