"""Two people under supervision in one flat, with one home unit and one relay between them."""

from base64 import b64decode
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.observations import Enclosure, Observation
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.monitoring.server.link.desk import Desk
from baqylau.monitoring.server.shared_batches import opened
from baqylau.protocols.batch.envelope import digest_of
from baqylau.protocols.batch.records import LocalFinding, Said
from baqylau.protocols.beacon.status import Status
from baqylau.protocols.evidence.signatures import shared_digest
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.journal.shared_batches import SharedBatch, shared_batch_of
from baqylau.storage.registers.registry import Registry
from tests.unit.server.given import asked, bundle_of, verdict_on
from tests.unit.server.link.household import (
    AINUR,
    BEGUN,
    BRACELET,
    EARLIER,
    LATER,
    RELAY,
    UNIT,
    Household,
    Unit,
    frame,
    heard,
    household,
    minutes,
    own,
    post,
    story,
)
from tests.unit.server.site import START

BOLAT = PersonId("bolat")
HIS = DeviceId("br-2")
HIS_ROOT = bytes(range(2, 34))
OPENED, CLOSED = own(Enclosure(open=True)), own(Enclosure(open=False))


def flat(*, his_order_until_days: int = 365) -> Registry:
    """Two people with a bracelet each; the unit and the relay are there for both."""
    hers = household()
    order = replace(
        hers.orders[0],
        id=OrderId("order-2"),
        person_id=BOLAT,
        until_at=START + timedelta(days=his_order_until_days),
    )
    return replace(
        hers,
        people=(*hers.people, Person(id=BOLAT, name="Bolat Invented")),
        devices=(*hers.devices, Device(id=HIS, kind=DeviceKind.BRACELET, protocol="beacon", number="B-0002")),
        orders=(*hers.orders, order),
        restrictions=(*hers.restrictions, replace(hers.restrictions[0], id=RestrictionId("his"), order_id=order.id)),
        fittings=(
            *hers.fittings,
            *(Fitting(id=FittingId(f"his-{one}"), device_id=one, person_id=BOLAT, from_at=BEGUN) for one in SHARED),
        ),
    )


SHARED = (UNIT, RELAY, HIS)


class Flat(Household):
    """An installation with this flat's keys."""

    def __init__(self, engine: Engine, registry: Registry | None = None) -> None:
        super().__init__(engine, registry or flat())
        self.enrol()
        self.keys.enrol(HIS, KeyKind.BEACON, "B-0002", HIS_ROOT, by="test")

    def told(self, device_id: DeviceId, person_id: PersonId) -> list[Observation]:
        """What a device told, as one person has it."""
        found = self.journal.of_devices([device_id], EARLIER, LATER)
        return [one for one in found if self.journal.entry(one.id).person_id == person_id]


def his(minute: int, status: Status | None = None) -> Said:
    at = minutes(minute)
    return heard(at, transmitter_id=HIS, frame=frame(at, status, root=HIS_ROOT))


def test_what_a_shared_unit_says_of_itself_reaches_each_person_once_however_often_it_is_sent(engine: Engine) -> None:
    site, unit = Flat(engine), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        raw = unit.batch(1, [(START, own()), (START, heard(START)), (START, his(0))])
        for _again in range(2):
            assert unit.opened((await post(client, raw)).content).answer.ack_through == 3

    story(site, tell)
    of_each = [site.told(UNIT, person_id) for person_id in (AINUR, BOLAT)]
    assert [sum(own().bodies == one.bodies for one in told) for told in of_each] == [1, 1]
    assert {one.id for one in of_each[0]}.isdisjoint(one.id for one in of_each[1])
    assert [len(site.told(name, person)) for name in (BRACELET, HIS) for person in (AINUR, BOLAT)] == [1, 0, 0, 1]


def test_what_a_shared_unit_signed_is_kept_once_and_opens_with_the_keys_of_all_together(engine: Engine) -> None:
    site, unit = Flat(engine), Unit()
    raw = unit.batch(1, [(START, own()), (START, heard(START)), (START, his(0))])

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        for _again in range(2):
            await post(client, raw)

    story(site, tell)
    proofs = [
        [proof for one in site.told(UNIT, person) if (proof := site.journal.raw(one.id))] for person in (AINUR, BOLAT)
    ]
    assert [len(of_one) for of_one in proofs] == [1, 1]
    assert {shared_digest(proof) for of_one in proofs for proof in of_one} == {digest_of(raw)}
    assert not any(raw[20:60] in proof for of_one in proofs for proof in of_one), "a share alone says nothing"
    assert _opened(site, raw) == raw
    assert raw[20:60] not in _kept(site, raw).sealed
    site.vault.destroy(BOLAT)
    assert _opened(site, raw) is None, "who is forgotten takes it along"


def _kept(site: Flat, raw: bytes) -> SharedBatch:
    kept = shared_batch_of(site.engine, digest_of(raw))
    assert kept is not None
    return kept


def _opened(site: Flat, raw: bytes) -> bytes | None:
    return opened(_kept(site, raw), site.journal.raw)


@pytest.mark.parametrize("third_parties", [True, False])
def test_a_bundle_proves_what_a_shared_unit_signed_and_withholds_it_where_it_shows_others(
    engine: Engine,
    third_parties: bool,  # noqa: FBT001 - a case
) -> None:
    site, unit = Flat(engine), Unit()
    site.open_for_the_first_time()
    raw = unit.batch(1, [(START, own()), (START, heard(START)), (START, his(0))])

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, raw)

    story(site, tell)
    site.judge().catch_up(lambda: False)
    bundle = bundle_of(site, asked(third_parties=third_parties))
    verdict = verdict_on(bundle)
    told = {one.key: one.params for one in verdict.facts}
    assert verdict.faults == []
    assert told["evidence.fact.shared"] == {"count": 1}
    assert ("evidence.fact.device_signed" in told) is third_parties
    with ZipFile(BytesIO(bundle)) as archive:
        [line] = archive.read("batches.jsonl").splitlines()
    given = msgspec.json.decode(line)
    assert (b64decode(given["raw"]) == raw) if third_parties else ("withheld" in given)


def test_whom_no_order_covers_has_nothing_of_a_shared_unit(engine: Engine) -> None:
    site, unit = Flat(engine, flat(his_order_until_days=-1)), Unit()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(START, own()), (START, his(0))]))

    story(site, tell)
    assert site.told(UNIT, BOLAT) + site.told(HIS, BOLAT) == []
    assert len(site.told(UNIT, AINUR)) == 2
    assert site.quarantine.refused(START.date()) == {HIS: 1}


def test_an_opened_unit_is_an_alarm_for_each_and_a_cut_strap_for_its_wearer_alone_also_when_folded_again(
    engine: Engine,
) -> None:
    site, unit = Flat(engine), Unit()
    site.open_for_the_first_time()
    cut = Status(now=frozenset({"strap"}), latched=frozenset({"strap"}), battery_percent=80.0, events=1)
    expected = [
        (AINUR, Code.UNIT_OPENED, UNIT),
        (BOLAT, Code.STRAP_OPEN, HIS),
        (BOLAT, Code.UNIT_OPENED, UNIT),
    ]

    def alarms() -> list[tuple[PersonId, Code, str]]:
        site.judge().catch_up(lambda: False)
        shown = [view.alarm for view in site.alarms()]
        assert {one.count for one in shown} == {1}
        return sorted((one.person_id, one.code, one.subject) for one in shown)

    async def first(_: Desk, client: httpx.AsyncClient) -> None:
        told: list[tuple[datetime, Said]] = [
            (minutes(-9), CLOSED),
            (minutes(-5), OPENED),
            (minutes(-4), his(-4)),
            (minutes(-3), his(-3, cut)),
        ]
        await post(client, unit.batch(1, told))

    async def late(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(5, [(minutes(-8), own()), (minutes(-7), heard(minutes(-7)))]))

    story(site, first)
    assert alarms() == expected
    story(site, late)
    assert alarms() == expected, "what the other has is not folded as well"


def test_a_person_who_moves_in_later_is_judged_by_what_the_unit_told_before_it_was_entered(engine: Engine) -> None:
    later = replace(
        flat(), fittings=tuple(one for one in flat().fittings if one.device_id == HIS or one.person_id == AINUR)
    )
    site, unit = Flat(engine, later), Unit()
    site.open_for_the_first_time()

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        await post(client, unit.batch(1, [(minutes(-5), OPENED)]))

    story(site, tell)
    site.registers.save(Registry(fittings=tuple(set(flat().fittings) - set(later.fittings))), by="dana")
    site.judge().catch_up(lambda: False)
    assert {view.alarm.person_id for view in site.alarms()} == {AINUR, BOLAT}


def test_a_shared_unit_watches_all_by_keys_of_all_and_what_it_finds_is_about_whom_it_says(engine: Engine) -> None:
    site, unit = Flat(engine), Unit()
    configuration = site.sources.view().configuration_for(UNIT)
    assert configuration is not None
    watched = [
        (one.person_id, one.transmitter_id, [row.id for row in one.restrictions]) for one in configuration.watched
    ]
    assert watched == [(AINUR, BRACELET, ["night"]), (BOLAT, HIS, ["his"])]
    assert {key.transmitter_id for key in configuration.keys} == {BRACELET, HIS, RELAY}

    async def tell(_: Desk, client: httpx.AsyncClient) -> None:
        found = [LocalFinding(code="P01", told_person=True, transmitter_id=one) for one in (BRACELET, HIS, None)]
        await post(client, unit.batch(1, [(START, one) for one in found]))

    story(site, tell)
    assert {word.seq: word.person_id for word in site.records.words("local")} == {1: AINUR, 2: BOLAT, 3: None}
