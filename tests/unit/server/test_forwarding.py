"""What leaves for other systems: at least once, in order, and by a recorded basis or not at all."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from baqylau.crypto.authentication import code
from baqylau.domain.findings import Code
from baqylau.domain.forwarding import WebhookTarget
from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Fix, FixSource
from baqylau.monitoring.server.forwarding.relay import LONGEST_PAUSE_S
from baqylau.monitoring.server.watching_over import Disk, Limits, conditions
from baqylau.storage.access.audit import Audit
from baqylau.storage.forwarding.bases import BasisRefusedError
from baqylau.storage.judging.ourselves import ATTEMPTS_BEFORE_WORD, Ourselves
from baqylau.storage.registers.registers import Registers
from tests.unit.links.receivers import WebReceiver, web_receiver
from tests.unit.server.posted import POLICE, Post, told
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import AIGUL, BOLAT, HERE, House, after
from tests.unit.storage.prescribed import REGISTRY

SECRET = "between the two of us"  # noqa: S105 - invented


@pytest.fixture
def house(engine: Engine) -> House:
    opened = House(engine)
    Registers(engine, opened.clock).save(REGISTRY, by="installation")
    return opened


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with web_receiver() as opened:
        yield opened


@pytest.fixture
def post(house: House, receiver: WebReceiver) -> Iterator[Post]:
    opened = Post(house, WebhookTarget(name="police", recipient=POLICE, url=receiver.address, secret=SECRET))
    yield opened
    opened.relay.close()


def test_without_a_basis_nothing_leaves_and_what_came_before_one_leaves_never(
    post: Post, receiver: WebReceiver
) -> None:
    post.hear(AIGUL, at_s=1)
    assert post.carry().bases == 0
    post.allow(AIGUL)
    post.hear(AIGUL, at_s=2)
    state = post.carry()
    assert (state.sent, state.behind, state.bases) == (1, 0, 1)
    (item,) = told(receiver)
    assert item["at"] == after(2).isoformat()


def test_nothing_of_anybody_else_leaves_and_of_the_named_only_their_place(post: Post, receiver: WebReceiver) -> None:
    basis = post.allow(AIGUL)
    post.hear(AIGUL, BOLAT, at_s=1)
    post.hear(AIGUL, at_s=2, fix=Fix(latitude_deg=43.0, longitude_deg=77.0, source=FixSource.CELL))
    post.carry()
    (item,) = told(receiver)
    assert item == {
        "type": "position",
        "id": item["id"],
        "object": "4001",
        "at": after(1).isoformat(),
        "latitude_deg": HERE.latitude_deg,
        "longitude_deg": HERE.longitude_deg,
        "altitude_m": None,
        "speed_m_s": None,
        "course_deg": None,
        "satellites": None,
        "hdop": None,
        "accuracy_m": None,
        "source": "gnss",
    }
    assert post.deliveries.disclosed() == [("police", basis.number, AIGUL, "2026-03-10", 1, 0)]


def test_when_a_basis_ends_what_still_waited_stays_here(post: Post, receiver: WebReceiver) -> None:
    basis = post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    receiver.answers = [503]
    assert post.carry().last_error == "http_503"
    assert post.bases.end(basis.number, "the court lifted it", by="dana")
    assert not post.bases.end(basis.number, "again", by="dana")
    told(receiver)
    post.house.now = after(600)
    assert (post.carry().sent, post.carry().behind) == (0, 0)
    assert not told(receiver)
    acts = [(one.who, one.what, one.object) for one in Audit(post.house.engine, post.house.clock).latest(2)]
    assert acts == [
        ("dana", "forwarding.basis.end", f"basis/{basis.number}"),
        ("dana", "forwarding.basis.record", f"basis/{basis.number}"),
    ]


def test_a_basis_ends_by_itself(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL, until_s=10)
    post.hear(AIGUL, at_s=9)
    post.house.now = after(10)
    assert post.carry().bases == 0
    assert not told(receiver)


def test_a_basis_covers_instants_and_not_only_days_on_which_we_send(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL, from_s=5)
    post.house.now = after(20)
    post.hear(AIGUL, at_s=4)
    post.hear(AIGUL, at_s=6)
    post.carry()
    assert [item["at"] for item in told(receiver)] == [after(6).isoformat()]


def test_a_basis_needs_a_right_people_we_know_and_a_time(post: Post) -> None:
    with pytest.raises(BasisRefusedError, match="unknown_person"):
        post.allow(PersonId("nobody"))
    with pytest.raises(BasisRefusedError, match="empty"):
        post.allow()
    with pytest.raises(BasisRefusedError, match="no_time"):
        post.allow(AIGUL, until_s=-60)


def test_what_is_not_taken_is_tried_again_with_growing_pauses_and_in_order(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    receiver.answers = [500, 500, 500]
    pauses: list[float] = []
    for attempt in range(1, 4):
        state = post.carry()
        assert (state.attempts, state.last_error) == (attempt, "http_500")
        assert state.next_at is not None
        pauses.append((state.next_at - post.house.now).total_seconds())
        post.hear(AIGUL, at_s=1 + attempt / 10)
        assert post.carry().attempts == attempt, "not before its time"
        post.house.now = state.next_at
    assert pauses == sorted(pauses)
    assert pauses[-1] <= LONGEST_PAUSE_S
    told(receiver)
    assert post.carry().attempts == 0
    assert [item["at"] for item in told(receiver)] == [after(1 + tenth / 10).isoformat() for tenth in range(4)]


def test_a_target_that_takes_nothing_for_long_is_an_alarm_until_it_takes_again(
    post: Post, receiver: WebReceiver
) -> None:
    def said() -> list[str]:
        signs = Ourselves(post.house.engine).signs(post.house.now)
        found_now = conditions(signs, Disk(1 << 50, 1 << 50), post.house.now, post.house.now, Limits())
        return [one.subject for one in found_now if one.subject.startswith("forwarding/")]

    post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    receiver.answers = [500] * ATTEMPTS_BEFORE_WORD
    for _ in range(ATTEMPTS_BEFORE_WORD):
        assert said() == []
        next_at = post.carry().next_at
        assert next_at is not None
        post.house.now = next_at
    assert said() == ["forwarding/police"]
    post.carry()
    assert said() == []


def test_an_alarm_leaves_with_its_code_and_state_and_no_words(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL)
    alarms = Bench(post.house.engine)
    alarms.say(found(Code.EXCLUSION_ENTRY, 1))
    alarms.say(found(Code.EXCLUSION_ENTRY, 1, person_id=BOLAT))
    state = post.carry()
    (item,) = told(receiver)
    assert (item["type"], item["object"], item["alarm"], item["alarm_state"]) == (
        "alarm",
        "4001",
        Code.EXCLUSION_ENTRY.value,
        "open",
    )
    assert set(item) == {"type", "id", "object", "at", "alarm", "alarm_number", "alarm_state", "alarm_priority"}
    assert state.sent == 1


def test_a_webhook_is_signed_and_carries_the_same_key_at_each_attempt(post: Post, receiver: WebReceiver) -> None:
    post.allow(AIGUL)
    post.hear(AIGUL, at_s=1)
    receiver.answers = [500]
    post.carry()
    post.house.now = after(60)
    post.carry()
    first, second = receiver.next(), receiver.next()
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    moment, signature = second.headers["baqylau-signature"].removeprefix("t=").split(",v1=")
    assert signature == code(SECRET.encode(), moment.encode() + b"." + second.body)
