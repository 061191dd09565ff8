"""The single signs: turns, lights, lips, one face throughout, and how good a picture is."""

import numpy as np
import pytest

from baqylau.domain.challenge import Light, LookAhead, ShowLight, Side, TurnHead
from baqylau.monitoring.av_server.continuity import continuity
from baqylau.monitoring.av_server.faces import Face
from baqylau.monitoring.av_server.light import Lit, lit, skin
from baqylau.monitoring.av_server.lips import RATE_HZ, agreement, envelope, movement
from baqylau.monitoring.av_server.quality import WEIGHT_LEAST, look
from baqylau.monitoring.av_server.recording import SAMPLE_HZ, Frame, Prompted, Reals
from baqylau.monitoring.av_server.report import Fault
from baqylau.monitoring.av_server.texture import texture
from baqylau.monitoring.av_server.track import turned_by
from baqylau.monitoring.av_server.turns import turns
from tests.unit.av.vectors import drawn

AHEAD, LEFT, RIGHT = LookAhead(), TurnHead(to=Side.LEFT), TurnHead(to=Side.RIGHT)
ASKED = [Prompted(AHEAD, 0, 2), Prompted(LEFT, 2, 4), Prompted(RIGHT, 4, 6)]


def yaws(ahead: float, left: float, right: float) -> list[tuple[float, float]]:
    return [(at / 5, ahead if at < 10 else left if at < 20 else right) for at in range(30)]


@pytest.mark.parametrize(
    ("seen", "right"),
    [
        (yaws(0, 0.3, -0.3), [True, True]),
        (yaws(0.1, 0.4, -0.2), [True, True]),
        (yaws(0, 0.05, -0.05), [False, False]),
        (yaws(0, -0.3, 0.3), [False, False]),
        (yaws(0, 0.3, 0.3), [True, False]),
        ([], [None, None]),
    ],
)
def test_turns_are_judged_from_where_the_head_is_held(seen: list[tuple[float, float]], right: list[bool]) -> None:
    assert [turn.right for turn in turns(seen, ASKED)] == right


def test_one_frame_alone_is_no_turn() -> None:
    seen = [(at_s, 0.5 if at_s == 2.4 else yaw) for at_s, yaw in yaws(0, 0, -0.3)]
    assert turns(seen, ASKED)[0].right is False


@pytest.mark.parametrize("squeeze", [1.0, 0.6])
@pytest.mark.parametrize("aslant", [0.0, 0.5])
def test_a_flat_picture_keeps_its_turn_however_it_is_held(squeeze: float, aslant: float) -> None:
    points = np.array([[140.0, 100], [120, 100], [60, 100], [80, 100], [100, 140]]) * [squeeze, 1]
    turn = np.array([[np.cos(aslant), -np.sin(aslant)], [np.sin(aslant), np.cos(aslant)]])
    held = Face((0, 0, 1, 1), points @ turn.T)
    assert turned_by(held) == pytest.approx(0.0, abs=1e-9)


def test_a_nose_towards_the_pictures_right_is_a_turn_to_the_persons_left() -> None:
    points = np.array([[140.0, 100], [120, 100], [60, 100], [80, 100], [118, 130]])
    assert turned_by(Face((0, 0, 1, 1), points)) == pytest.approx(0.3)


COLOURS = (Light.RED, Light.GREEN, Light.BLUE, Light.WHITE)
LIT = [Prompted(ShowLight(colour=colour), 2.0 + index, 3.0 + index) for index, colour in enumerate(COLOURS)]
BARE = np.array([150.0, 110.0, 90.0])


def under(order: tuple[Light, ...], strength: float = 8.0) -> list[tuple[float, Reals]]:
    """Skin before, and under each light in an order."""
    added = {Light.RED: (1, 0, 0), Light.GREEN: (0, 1, 0), Light.BLUE: (0, 0, 1), Light.WHITE: (1, 1, 1)}
    lights = [(2.0 + index + 0.4, BARE + strength * np.array(added[colour])) for index, colour in enumerate(order)]
    return [(at / 5, BARE) for at in range(10)] + lights


def test_lights_are_seen_on_a_face_in_the_order_they_were_shown() -> None:
    assert lit(under(COLOURS), LIT) == Lit(4, 4)


def test_other_lights_and_none_are_no_answer() -> None:
    other = lit(under((Light.BLUE, Light.RED, Light.WHITE, Light.GREEN)), LIT)
    none = lit(under(COLOURS, 0.0), LIT)
    assert other is not None
    assert none is not None
    assert not other.enough
    assert (none.seen, none.enough) == (0, False)
    assert lit([], LIT) == Lit(4, 0)
    assert lit(under(COLOURS), ASKED) is None


def test_the_colour_of_skin_is_taken_from_the_middle_of_the_face() -> None:
    pixels = np.zeros((100, 100, 3), dtype=np.uint8)
    pixels[30:70, 30:70] = (10, 20, 30)
    assert skin(pixels, (10, 10, 80, 80)) == pytest.approx([10, 20, 30])


def test_lips_that_move_with_the_voice_agree_and_others_do_not() -> None:
    bursts = np.repeat(np.random.default_rng(2).integers(0, 2, 60), 5).astype(float)
    seen = np.roll(bursts, 2) + 0.3 * drawn(3, len(bursts))
    strange = np.repeat(np.random.default_rng(9).integers(0, 2, 60), 5) + 0.3 * drawn(4, len(bursts))
    assert (agreement(seen, bursts) or 0) > 3
    assert (agreement(strange, bursts) or 0) < 2.5
    assert agreement(seen[:20], bursts[:20]) is None
    assert agreement(np.zeros(300), bursts) is None


def test_a_moving_mouth_and_a_loud_voice_are_measured_alike() -> None:
    rng = np.random.default_rng(1)
    frames = []
    for index in range(60):
        pixels = np.full((120, 120), 100, dtype=np.uint8)
        if index % 20 < 10:
            pixels[75:110, 40:80] = rng.integers(0, 255, (35, 40))
        frames.append(Frame(index / RATE_HZ, pixels))
    moved = movement(frames, [(0.1, 0.1, 0.8, 0.8)] * 60)
    loud = np.concatenate([np.full(int(SAMPLE_HZ * 10 / 15), 0.2 if part % 2 == 0 else 0.0) for part in range(6)])
    heard = envelope(loud, 0.0, 4.0)
    count = min(len(moved), len(heard))
    assert np.corrcoef(moved[:count], heard[:count])[0, 1] > 0.8
    assert len(movement(frames[:1], [(0, 0, 1, 1)])) == 0


def sitting(*who: int) -> list[tuple[float, Reals]]:
    return [(index / 2, np.eye(4)[one] * 0.6 + 0.01 * drawn(index, 4)) for index, one in enumerate(who)]


def test_one_person_throughout_is_steady() -> None:
    found = continuity(sitting(*[0] * 20), [at / 2 for at in range(20)], (0.0, 9.5), 0.6)
    assert found is not None
    assert found.farthest < 0.1
    assert (found.changed, found.gaps) == ((), ())


def test_another_person_is_noticed_a_single_shadow_is_not() -> None:
    changed = continuity(sitting(*[0] * 12, *[1] * 8), [0.0, 9.5], (0.0, 9.5), 0.6)
    shadow = continuity(sitting(*[0] * 12, 1, *[0] * 7), [at / 2 for at in range(20)], (0.0, 9.5), 0.6)
    assert changed is not None
    assert shadow is not None
    assert changed.changed[0] == 6.0
    assert changed.gaps == ((0.0, 9.5),)
    assert shadow.changed == ()


def test_two_who_take_turns_are_not_one_person() -> None:
    turns = continuity(sitting(*[0, 1] * 10), [at / 2 for at in range(20)], (0.0, 9.5), 0.6)
    now_and_then = continuity(sitting(*[0, 0, 0, 0, 1] * 4), [at / 2 for at in range(20)], (0.0, 9.5), 0.6)
    assert turns is not None
    assert now_and_then is not None
    assert len(turns.changed) == 10
    assert now_and_then.changed == (2.0, 4.5, 7.0, 9.5)
    assert continuity([], [], (0.0, 1.0), 0.6) is None


def picture(scale: float, level: float) -> tuple[Fault, ...]:
    pixels = np.clip(drawn(5, 200, 200, 1) * scale + level, 0, 255).astype(np.uint8).repeat(3, axis=2)
    return look(pixels, (20, 20, 150, 150)).faults


def test_poor_pictures_are_named() -> None:
    assert picture(40, 130) == ()
    assert Fault.DARK in picture(5, 20)
    assert Fault.GLARING in picture(5, 250)
    assert Fault.BLURRED in picture(0.5, 130)
    small = look(np.zeros((50, 50, 3), dtype=np.uint8), (48, 48, 30, 30))
    assert Fault.TOO_SMALL in small.faults
    assert small.weight == 0.0


def test_a_smaller_face_weighs_less_and_no_usable_one_nothing() -> None:
    pixels = np.clip(drawn(5, 300, 300, 1) * 40 + 130, 0, 255).astype(np.uint8).repeat(3, axis=2)
    near, far = look(pixels, (10, 10, 200, 200)), look(pixels, (10, 10, 70, 70))
    assert near.weight == 1.0
    assert WEIGHT_LEAST <= far.weight < 0.8


def test_a_grid_stands_out_of_natural_detail() -> None:
    natural = np.cumsum(np.cumsum(drawn(6, 128, 128), axis=0), axis=1) + 2 * drawn(7, 128, 128)
    grid = natural + 60 * np.sin(np.arange(128) * 2.2)[None]
    assert (texture(grid) or 0) > (texture(natural) or 0) + 1
    assert texture(natural[:20, :20]) is None
