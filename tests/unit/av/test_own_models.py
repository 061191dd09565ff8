"""Models that an installation brings: small graphs made here stand for them, since none is at hand."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from baqylau.domain.checks import Likely, LikenessReason
from baqylau.monitoring.av_server.digits_onnx import OnnxDigits
from baqylau.monitoring.av_server.equipment import load_models
from baqylau.monitoring.av_server.faces import Face, distance
from baqylau.monitoring.av_server.faces_mesh import MeshFinder
from baqylau.monitoring.av_server.faces_onnx import OnnxEmbedder, OnnxFinder, aligned
from baqylau.monitoring.av_server.models import Calibration, Entry, Kind, Trouble
from baqylau.monitoring.av_server.recording import Pixels, Reals
from baqylau.monitoring.av_server.voices import cosine
from baqylau.monitoring.av_server.voices_onnx import OnnxVoice, filter_banks
from tests.unit.av.stage import ENROLLED, MODELS, Performance
from tests.unit.av.vectors import drawn
from tests.unit.av.voicing import digit

onnx = pytest.importorskip("onnx", reason="the extra `av` is not installed")
STRIDES = (8, 16, 32)


def written(
    path: Path, nodes: list[object], shape: list[object], held: Mapping[str, Reals], outputs: list[str]
) -> Path:
    """Write a graph whose input is `picture`."""
    helper, number = onnx.helper, onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "own",
        [helper.make_tensor_value_info("picture", number, shape)],
        [helper.make_tensor_value_info(name, number, None) for name in outputs],
        [onnx.numpy_helper.from_array(value.astype(np.float32), name) for name, value in held.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def detector(path: Path, at: dict[int, float]) -> Path:
    """A detector for pictures of 64 px that always sees the same: at cells of stride 8, each with its score."""
    held: dict[str, Reals] = {}
    for stride in STRIDES:
        cells = (64 // stride) ** 2
        score = np.zeros((1, cells, 1))
        if stride == 8:
            for cell, value in at.items():
                score[0, cell] = value
        held |= {f"{stride}_cls": score, f"{stride}_obj": score, f"{stride}_bbox": np.zeros((1, cells, 4))}
        held[f"{stride}_bbox"][..., 2:] = np.log(3)
        held[f"{stride}_kps"] = np.tile([-1.0, -1, 1, -1, 0, 0, -1, 1, 1, 1], (1, cells, 1))
    parts = [(part, stride) for stride in STRIDES for part in ("cls", "obj", "bbox", "kps")]
    nodes = [onnx.helper.make_node("Identity", [f"{stride}_{part}"], [f"{part}_{stride}"]) for part, stride in parts]
    return written(path, nodes, [1, 3, 64, 64], held, [f"{part}_{stride}" for part, stride in parts])


def test_a_detector_gives_boxes_and_points_without_doubles(tmp_path: Path) -> None:
    finder = OnnxFinder(detector(tmp_path / "d.onnx", {9: 0.9, 10: 0.8, 45: 0.75, 63: 0.5}))
    found = finder.find(np.zeros((60, 60, 3), dtype=np.uint8))
    assert [face.box for face in found] == [(-4, -4, 24, 24), (28, 28, 24, 24)]
    assert found[0].eyes.tolist() == [[0, 0], [16, 0]]
    assert found[0].points[4].tolist() == [8, 8]
    assert len(finder.find(np.zeros((60, 60, 3), dtype=np.uint8), eager=True)) == 3


def embedder(tmp_path: Path, content: bytes = b"") -> OnnxEmbedder:
    """Takes the mean of each colour for the vector."""
    nodes = [onnx.helper.make_node("ReduceMean", ["picture"], ["vector"], axes=[2, 3], keepdims=0)]
    path = written(tmp_path / "e.onnx", nodes, [1, 3, 112, 112], {}, ["vector"])
    entry = Entry(
        kind=Kind.FACE,
        name="own",
        form="onnx",
        licence="own",
        commercial_ok="yes",
        sha256=sha256(content).hexdigest(),
    )
    return OnnxEmbedder(path, entry)


FACE = Face((20, 20, 100, 100), np.array([[100.0, 60], [80, 60], [40, 60], [60, 60], [70, 90]]))


class Finds:
    """Finds one face."""

    def find(self, pixels: Pixels, *, eager: bool = False) -> list[Face]:  # noqa: ARG002 - as the protocol has it
        return [FACE]


def mesh(path: Path, count: int = 468, flag: float = 3.0) -> Path:
    """A mesh that sees all points in the middle of its picture, but for the outer corner of the one eye."""
    points = np.full((1, 1, 1, count * 3), 96.0)
    points[..., 263 * 3 : 263 * 3 + 2] = (144.0, 48.0)
    nodes = [onnx.helper.make_node("Identity", [name], [f"{name}_out"]) for name in ("points", "flag")]
    held = {"points": points, "flag": np.full((1, 1, 1, 1), flag)}
    return written(path, nodes, [1, 192, 192, 3], held, ["points_out", "flag_out"])


def test_a_mesh_gives_the_points_where_it_sees_a_face_and_the_detector_elsewhere(tmp_path: Path) -> None:
    pixels = np.zeros((140, 140, 3), dtype=np.uint8)
    [found] = MeshFinder(Finds(), mesh(tmp_path / "m.onnx")).find(pixels)
    assert found.points.round(6).tolist() == [[107.5, 32.5], *[[70, 70]] * 4]
    assert found.box == FACE.box
    [unsure] = MeshFinder(Finds(), mesh(tmp_path / "u.onnx", flag=-3.0)).find(pixels)
    assert unsure.points.tolist() == FACE.points.tolist()
    with pytest.raises(ValueError, match="mesh"):
        MeshFinder(Finds(), mesh(tmp_path / "w.onnx", count=300))


def digits(path: Path, values: int = 11) -> Path:
    """Hears a seven in everything that is loud, and no digit in all else."""
    weight = np.zeros((80, values))
    weight[:, 7] = 1.0
    bias = np.zeros(values)
    bias[-1] = 20.0
    nodes = [
        onnx.helper.make_node("Abs", ["picture"], ["loud"]),
        onnx.helper.make_node("ReduceMean", ["loud"], ["mean"], axes=[1], keepdims=0),
        onnx.helper.make_node("MatMul", ["mean", "weight"], ["each"]),
        onnx.helper.make_node("Add", ["each", "bias"], ["said"]),
    ]
    return written(path, nodes, [1, "n", 80], {"weight": weight, "bias": bias}, ["said"])


def test_a_network_for_digits_hears_them_and_is_believed_from_its_own_share_on(tmp_path: Path) -> None:
    path = digits(tmp_path / "d.onnx")
    never = Calibration(name="never", a=1.0, b=0.0, match_at=1.1, differs_at=0.0)
    assert OnnxDigits(path, "own@1", None).digit(digit(3)) == 7
    assert OnnxDigits(path, "own@1", never).digit(digit(3)) is None
    assert OnnxDigits(path, "own@1", None).digit(np.zeros(100)) is None
    assert OnnxDigits(path, "own@1", None).digit(np.zeros(8000)) is None, "nothing was said"
    with pytest.raises(ValueError, match="few"):
        OnnxDigits(digits(tmp_path / "w.onnx", 9), "own@1", None)


def test_a_brought_network_judges_digits_and_nothing_takes_its_place_when_it_is_refused(tmp_path: Path) -> None:
    """Nobody's own takes are needed then, and none are used."""
    seven = OnnxDigits(digits(tmp_path / "d.onnx"), "own@1", None)
    found = Performance().judged(replace(ENROLLED, digits=None), replace(MODELS, digits=seven))
    assert LikenessReason.DIGITS_WRONG in found.likeness.reasons
    assert LikenessReason.NO_TEMPLATE not in found.likeness.reasons
    assert found.likeness.models.endswith("own@1")
    refused = replace(MODELS, troubles=((Kind.DIGITS, "own", Trouble.WRONG_HASH),))
    unheard = Performance().judged(ENROLLED, refused).likeness
    assert unheard.outcome is Likely.REVIEW
    assert LikenessReason.NO_MODEL in unheard.reasons


def test_brought_networks_are_opened_by_their_hash_alone(tmp_path: Path) -> None:
    rows = []
    for kind, made in (("mesh", mesh), ("digits", digits)):
        path = made(tmp_path / f"{kind}.onnx")
        how = f'form = "onnx"\nlicence = "own"\ncommercial_ok = "yes"\nfile = "{path.name}"'
        rows.append(
            f'[[model]]\nkind = "{kind}"\nname = "own"\n{how}\nsha256 = "{sha256(path.read_bytes()).hexdigest()}"'
        )
    (tmp_path / "models.toml").write_text("\n".join(rows), encoding="utf-8")
    own = load_models(tmp_path)
    assert own.troubles == ()
    assert isinstance(own.finder, MeshFinder)
    assert own.digits is not None
    for kind in ("mesh", "digits"):
        (tmp_path / f"{kind}.onnx").write_bytes(b"other")
    other = load_models(tmp_path)
    assert {(kind, why) for kind, _, why in other.troubles} == {
        (Kind.MESH, Trouble.WRONG_HASH),
        (Kind.DIGITS, Trouble.WRONG_HASH),
    }
    assert (other.finder, other.digits, other.digits_refused) == (None, None, True)


def test_vectors_of_a_network_have_length_one_and_know_their_model(tmp_path: Path) -> None:
    own = embedder(tmp_path)
    red = np.zeros((140, 140, 3), dtype=np.uint8)
    red[..., 0] = 200
    vector = own.vector(red, FACE)
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert vector[0] > 0 > vector[2]
    assert distance(own.template([vector, vector]), vector) == pytest.approx(0, abs=1e-9)
    assert own.mark.startswith("own@")


@pytest.mark.parametrize("angle", [0.0, 0.4, -0.7])
def test_a_face_is_brought_upright_before_it_is_compared(angle: float) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    eyes = np.array([[-20.0, 0], [20, 0]]) @ turn.T + 70
    pixels = np.zeros((140, 140, 3), dtype=np.uint8)
    for (x, y), colour in zip(eyes.round().astype(int).tolist(), (100, 200), strict=True):
        pixels[y - 3 : y + 4, x - 3 : x + 4] = colour
    held = Face((0, 0, 140, 140), np.array([eyes[1], eyes[1], eyes[0], eyes[0], [70, 90]]))
    upright = aligned(pixels, held, 112)
    assert (upright[52, 38, 0], upright[52, 74, 0]) == (100, 200)


def test_a_network_for_voices_hears_eighty_bands(tmp_path: Path) -> None:
    heard = filter_banks(digit(3))
    assert heard.shape[1] == 80
    assert heard.mean(axis=0) == pytest.approx(np.zeros(80), abs=1e-9)
    weight = drawn(1, 80, 16)
    nodes = [
        onnx.helper.make_node("Abs", ["picture"], ["loud"]),
        onnx.helper.make_node("ReduceMean", ["loud"], ["mean"], axes=[1], keepdims=0),
        onnx.helper.make_node("MatMul", ["mean", "weight"], ["vector"]),
    ]
    own = OnnxVoice(written(tmp_path / "v.onnx", nodes, [1, "n", 80], {"weight": weight}, ["vector"]), "own@1")
    vector = own.vector(digit(3))
    assert cosine(vector, own.vector(digit(3))) == pytest.approx(1)
    assert np.linalg.norm(vector) == pytest.approx(1)
