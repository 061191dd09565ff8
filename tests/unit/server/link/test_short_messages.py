"""What a tracker says by SMS comes through a centre, is proven, kept once, and judged; nothing else passes for it."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.ids import DeviceId, FittingId
from baqylau.domain.observations import Authentication, Battery, Body, Farewell, FarewellReason, Fix, Panic, Strap
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.targets import SmppGateway, Telling
from baqylau.monitoring.server.link.desk import Desk
from baqylau.monitoring.server.link.gateway import LinkDoor, link_handlers
from baqylau.monitoring.server.link.link_file import Encoding, Inbound, LinkFileError, link_file_in
from baqylau.monitoring.server.link.short_messages import BELIEVED_FOR, ShortMessages, message_in
from baqylau.monitoring.server.messenger import Messenger
from baqylau.monitoring.server.receipts import EVERY
from baqylau.protocols.batch.short_message import EMPTY, HELP, PLACE, STRAP, Short
from baqylau.storage.alarms.outbox import Outbox
from baqylau.storage.equipment.device_keys import KeyKind
from tests.perf.installation import free_port
from tests.property.arrivals import Judge
from tests.unit.links.receivers import Centre, sms_centre, until
from tests.unit.rules.stories import at, heard, supervision
from tests.unit.server.link.household import AINUR, BEGUN, EARLIER, LATER, SERVER, Household, household
from tests.unit.server.site import START

TRACKER = DeviceId("TR-000042")
SECRET = bytes(range(100, 132))
NOT_FOUND = 404
TOKEN = "0123456789abcdef" * 2
RIGHT = "right"  # the password that the centre knows
HERE = (43.2389491, 76.8897123)


@pytest.fixture
def site(engine: Engine) -> Household:
    """A person with a tracker that shares a secret with us."""
    registry = household()
    tracker = Device(id=TRACKER, kind=DeviceKind.TRACKER, protocol="link", number="T-0042")
    worn = Fitting(id=FittingId("f-tracker"), device_id=TRACKER, person_id=AINUR, from_at=BEGUN)
    prescribed = replace(registry, devices=(*registry.devices, tracker), fittings=(*registry.fittings, worn))
    opened = Household(engine, prescribed).enrol()
    opened.keys.enrol(TRACKER, KeyKind.HMAC, "T-0042", SECRET, by="test")
    return opened


def said(word: int = STRAP, at: datetime = START, secret: bytes = SECRET, name: str = TRACKER) -> bytes:
    return Short(name, int(at.timestamp() * 1000), word, HERE, 71.0).sealed(secret)


@asynccontextmanager
async def door_of(site: Household) -> AsyncIterator[str]:
    """The door of the device link, with the address to which a centre posts."""
    async with site.keeping() as keeper:
        view = site.sources.view()
        desk = Desk(view, keeper, site.records, site.commands, SERVER, site.clock)
        taking = ShortMessages(Inbound(token=TOKEN), lambda: view, keeper, site.clock)
        door = LinkDoor(link_handlers(desk, short_messages=taking), None)
        port = await door.open("127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{port}{taking.path}"
        finally:
            await door.close()


def brought(site: Household, *bodies: bytes) -> list[int]:
    """Let a centre post these, and give the answers. Who does not know the address finds no door."""

    async def posted() -> list[int]:
        async with door_of(site) as url, httpx.AsyncClient(timeout=30, trust_env=False) as client:
            for other in (url[:-1], url + "0", url.rpartition("/")[0], url.replace(TOKEN, "f" * 32)):
                assert (await client.post(other, content=said())).status_code == NOT_FOUND
            return [(await client.post(url, content=body)).status_code for body in bodies]

    return asyncio.run(posted())


def kept(site: Household) -> list[tuple[datetime, tuple[Body, ...]]]:
    return [(one.observed_at, one.bodies) for one in site.journal.of_devices([TRACKER], EARLIER, LATER)]


def faults(site: Household) -> list[str]:
    return [one.item.fault for one in site.quarantine.latest(10)]


END_OF_ITS_SECOND = START + timedelta(milliseconds=999)


BATTERY = Battery(level_percent=71.0)
WORDS: dict[int, tuple[Body, ...]] = {
    STRAP: (Strap(open=True), BATTERY),
    HELP: (Panic(), BATTERY),
    EMPTY: (BATTERY, Farewell(reason=FarewellReason.BATTERY_EMPTY)),
    PLACE: (Fix(latitude_deg=HERE[0], longitude_deg=HERE[1]), BATTERY),
}


def test_a_word_by_sms_is_a_fact_of_its_device_and_kept_once(site: Household) -> None:
    assert brought(site, *(said(word) for word in WORDS for _ in range(3))) == [200] * 12
    assert sorted(kept(site), key=repr) == sorted(((END_OF_ITS_SECOND, bodies) for bodies in WORDS.values()), key=repr)
    for one in site.journal.of_devices([TRACKER], EARLIER, LATER):
        assert (one.authentication, one.via) == (Authentication.DEVICE_KEY, "short_message")
        assert site.journal.raw(one.id) in {said(word) for word in WORDS}


def test_a_centre_may_write_it_as_it_likes() -> None:
    raw, data = said(), Inbound(token=TOKEN, field="data")
    base64 = Inbound(token=TOKEN, field="ud", encoding=Encoding.BASE64)
    assert message_in(Inbound(token=TOKEN), raw) == raw
    assert message_in(data, msgspec.json.encode({"data": raw.hex(), "from": "+7"})) == raw
    assert message_in(data, urlencode({"data": raw.hex(), "from": "+7"}).encode()) == raw
    assert message_in(base64, msgspec.json.encode({"ud": b64encode(raw).decode()})) == raw
    for none in (b"", b"{}", b"{", b"[1]", b"data=zz", b"data", b"\xff", b'{"data": 5}', b"a=1&" * 200):
        assert message_in(data, none) is None
    assert message_in(base64, b"ud=%%%") is None


@pytest.mark.parametrize("by_sms_first", [True, False])
def test_what_comes_by_sms_and_by_the_link_too_is_found_once(*, by_sms_first: bool) -> None:
    """The link tells the instant to the millisecond, the message the end of its second."""
    link, sms = at("12:00") + timedelta(milliseconds=300), at("12:00") + timedelta(milliseconds=999)
    told = [heard(link, Strap(open=True), Panic()), heard(sms, Strap(open=True), Panic(), BATTERY)]
    judge = Judge(supervision())
    for one in reversed(told) if by_sms_first else told:
        judge.arrive([one], at("12:00:05"))
    judge.arrive([], at("12:30"))
    assert sorted(one.code.value for one in judge.findings.values()) == ["B01", "V03"]


def test_what_is_not_proven_or_not_of_now_is_set_aside_by_name(site: Household) -> None:
    forged, foreign = said(secret=bytes(32)), said(name="TR-000043")
    old, early = said(at=START - BELIEVED_FOR - timedelta(seconds=2)), said(at=START + timedelta(minutes=3))
    word, unsigned = said(9), said(name="hu-1")
    late = said(at=START - timedelta(hours=23))
    answers = brought(site, forged, foreign, old, early, word, unsigned, b"Hello, where are you?", late)
    assert answers == [200] * 8
    assert kept(site) == [(START - timedelta(hours=23) + timedelta(milliseconds=999), WORDS[STRAP])]
    assert sorted(faults(site)) == sorted(
        ["not_believed", "unknown_device", "stale", "stale", "unknown_word", "unknown_device", "not_believed"]
    )


def test_through_a_real_centre_by_smpp_a_message_comes_again_until_it_is_kept(site: Household) -> None:
    """The centre binds us, delivers the tracker's word, and forgets it only when the journal has it."""

    def messenger(port: int, url: str) -> Messenger:
        gateway = SmppGateway(host="127.0.0.1", port=port, system_id="b", password=RIGHT, source="1", inbound=url)
        return Messenger(Outbox(site.engine), Telling(sms=gateway), now=site.clock, jitter=lambda: 1.0)

    async def told() -> list[int]:
        with sms_centre() as (centre, port):
            centre.brings = [said(HELP)]
            async with door_of(site) as url:
                where = (f"http://127.0.0.1:{free_port()}/nobody", url, url)
                return [await asyncio.to_thread(delivered, messenger(port, one), centre) for one in where]

    def delivered(one: Messenger, centre: Centre) -> int:
        def answered() -> bool:
            site.clock.pass_by(seconds=EVERY.total_seconds())
            one.round()
            return not centre.delivered.empty()

        until(answered)
        one.stop()
        return centre.delivered.get()

    first, second, third = asyncio.run(told())
    assert first != 0
    assert (second, third) == (0, 0)
    assert kept(site) == [(END_OF_ITS_SECOND, (Panic(), Battery(level_percent=71.0)))]


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        ("short_messages: {token: short}", 0o600, "32 letters"),
        (f"short_messages: {{token: {TOKEN}}}", 0o644, "can be read by others"),
    ],
)
def test_a_token_that_others_could_know_is_refused(tmp_path: Path, text: str, mode: int, why: str) -> None:
    file = tmp_path / "link.yaml"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(LinkFileError, match=why):
        link_file_in(tmp_path)
