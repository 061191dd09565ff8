"""The live screen's rows, and whether we live ourselves."""

from baqylau.domain.ids import PersonId
from baqylau.domain.partitions import partition_of
from baqylau.domain.verdicts import Compliance
from baqylau.storage.judging.judgement import Judged, JudgedBatch, JudgeStore, LiveWrite
from baqylau.storage.judging.live import GATEWAY, REGION, Beats, Listened, Live, role_of
from tests.unit.storage.found import seated
from tests.unit.storage.kept import AIGUL, BOLAT, House, after, minutes


def show(house: House, person_id: PersonId, at_s: float, *, epochs: dict[int, int], judged: int = 0) -> None:
    """Have a judge show a person, having judged so many entries of theirs."""
    row = Judged(
        person_id=person_id,
        partition=partition_of(person_id),
        state=b"",
        through=after(at_s),
        live=LiveWrite(compliance=Compliance.AS_PRESCRIBED, body=b"body"),
    )
    cursors = {row.partition: judged} if judged else {}
    batch = JudgedBatch(epochs=epochs, cursors=cursors, people=(row,), judged_at=after(at_s))
    JudgeStore(house.engine).commit(batch)


def test_what_changed_after_an_instant_comes_oldest_first(house: House) -> None:
    live, epochs = Live(house.engine), seated(house.engine)
    show(house, BOLAT, 10, epochs=epochs)
    show(house, AIGUL, 20, epochs=epochs)
    assert [row.person_id for row in live.changed_after(after(0))] == [BOLAT, AIGUL]
    assert [row.person_id for row in live.changed_after(after(10))] == [AIGUL]
    one = live.of(AIGUL)
    assert one is not None
    assert (one.compliance, one.body) == (Compliance.AS_PRESCRIBED, b"body")
    assert live.of(PersonId("nobody")) is None


def test_before_the_first_start_nobody_listened(house: House) -> None:
    live = Live(house.engine)
    assert live.last_listened() is None
    assert live.health() == Beats(
        gateway_alive_at=None, judge_alive_at=None, devices_connected=0, keep_ms=None, judge_ms=None, behind=0
    )


def test_the_programs_say_that_they_live_and_how_far_the_judge_is_behind(house: House) -> None:
    live = Live(house.engine)
    live.gateway_beat(after(1), connected=7, keep_ms=3.5)
    live.gateway_beat(after(2), connected=8, keep_ms=None)
    live.judge_beat(after(3), judge_ms=4.5)
    house.journal.append(minutes(AIGUL, 10))
    show(house, AIGUL, 5, epochs=seated(house.engine), judged=4)

    assert live.last_listened() == after(2)
    assert live.health() == Beats(
        gateway_alive_at=after(2),
        judge_alive_at=after(3),
        devices_connected=8,
        keep_ms=None,
        judge_ms=4.5,
        behind=6,
    )


def test_several_gateways_listen_for_one_another_and_the_last_one_is_never_forgotten(house: House) -> None:
    live = Live(house.engine)
    north, south = role_of(GATEWAY, "north"), role_of(GATEWAY, "south")
    live.gateway_beat(after(1), connected=2, keep_ms=3.0, role=north)
    live.gateway_beat(after(9), connected=3, keep_ms=5.0, role=south)
    assert live.last_listened() == after(9)
    assert (live.health().devices_connected, live.health().keep_ms) == (5, 5.0)
    assert not live.gateway_left(south, still=after(2))
    assert live.gateway_left(north, still=after(2))
    assert live.alive() == {south: after(9)}


def test_what_a_site_heard_is_told_beside_what_we_heard_ourselves(house: House) -> None:
    live = Live(house.engine)
    live.gateway_beat(after(5), connected=1, keep_ms=None)
    live.gateway_beat(after(2), connected=4, keep_ms=None, role=role_of(REGION, "almaty"))
    assert live.listened() == Listened(here=after(5), by_region={"almaty": after(2)})
    assert live.last_listened() == after(5)
    assert live.health().devices_connected == 5
