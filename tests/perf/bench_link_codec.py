"""How fast the bytes of our own devices are opened: batches of the link, beacons from the air. No socket, no disk."""

from collections.abc import Callable, Iterator
from random import Random
from time import perf_counter

from baqylau.crypto.blocks import aes
from baqylau.crypto.cose import PublicKey, SharedKey
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId
from baqylau.protocols.batch.envelope import Opened, Refused, opened_batch, sealed_batch
from baqylau.protocols.batch.records import Alive, Said
from baqylau.protocols.beacon import frame, keys
from baqylau.protocols.beacon.recognising import Clock, Recognised, Recogniser
from tests.perf.bench_calibration import Calibration, rate
from tests.perf.figures import Figure, figure
from tests.property.link import batch_of, position, reception, spoilt

BATCHES = 500
RECORDS = 60
"""An hour of a unit that writes once a minute."""
SPOILT = 100_000
DEVICES = 20_000
FRAMES = 20_000
RANDOM_FRAMES = 10_000_000
KNOWN_EVERY = 1000
"""One random frame in so many goes by an identity of ours, so that its seal is looked at too."""
NOON_S = 194_000_400
SIGNER, SECRET = Signer(bytes(range(32))), SharedKey(bytes(range(32)))
PUBLIC = PublicKey(SIGNER.public_key)


def figures(calibration: Calibration) -> Iterator[Figure]:
    """Measure on one core."""
    yield from _link(calibration)
    yield from _beacon(calibration)


def _link(calibration: Calibration) -> Iterator[Figure]:
    """Measure batches as a gateway opens them."""
    kinds: list[tuple[str, Callable[[int], Said]]] = [("position", position), ("reception", reception)]
    for name, said in kinds:
        many = len(sealed_batch(batch_of(said, RECORDS), SIGNER))
        yield figure(f"link codec: bytes a {name}, {RECORDS} a batch", many / RECORDS, "bytes")
    signed, coded = (sealed_batch(batch_of(reception, RECORDS), key) for key in (SIGNER, SECRET))
    alive = sealed_batch(batch_of(lambda _: Alive(), 1), SIGNER)
    yield figure("link codec: signed, 1 record", rate(BATCHES, _opening(alive, PUBLIC)), "batches/s")
    for name, raw, key in (("signed", signed, PUBLIC), ("with a code", coded, SECRET)):
        per_s = rate(BATCHES, _opening(raw, key)) * RECORDS
        yield figure(f"link codec: {name}, {RECORDS} receptions", per_s, "records/s", beside=calibration.json)
    yield figure("link codec: spoilt batches believed", float(_believed(signed)), f"of {SPOILT}", at_most=0)


def _opening(raw: bytes, key: PublicKey | SharedKey) -> Callable[[], None]:
    def work() -> None:
        assert all(isinstance(opened_batch(raw, lambda _: key), Opened) for _ in range(BATCHES))

    return work


def _believed(raw: bytes) -> int:
    random = Random(1)  # noqa: S311 - the same bytes in every run
    tries = (spoilt(random, raw) for _ in range(SPOILT))
    return sum(not isinstance(opened_batch(one, lambda _: PUBLIC), Refused) for one in tries if one != raw)


def _beacon(calibration: Calibration) -> Iterator[Figure]:
    """Measure a receiver that knows very many devices."""
    roots = {DeviceId(f"BR-{number:06}"): Random(number).randbytes(32) for number in range(DEVICES)}  # noqa: S311
    clocks = {device_id: Clock(learned_s=float(NOON_S)) for device_id in roots}
    receiver = Recogniser(aes, lambda device_id, period: keys.period_key(roots[device_id], period), clocks)
    heard = [_made(root, NOON_S) for root in list(roots.values())[:FRAMES]]
    begun_s = perf_counter()
    receiver.hear(bytes([frame.head(frame.BRACELET)]) + bytes(frame.FRAME_BYTES - 1), float(NOON_S))
    yield figure(f"beacon: table for {DEVICES} devices", perf_counter() - begun_s, "s")

    def work() -> None:
        assert all(isinstance(receiver.hear(one, float(NOON_S)), Recognised) for one in heard)

    yield figure("beacon: frames opened", rate(len(heard), work), "frames/s", beside=calibration.json)
    begun_s = perf_counter()
    believed = _random_frames(receiver, [frame.eid_of(one) for one in heard])
    yield figure("beacon: random frames believed", float(believed), f"of {RANDOM_FRAMES}", at_most=0)
    yield figure("beacon: random frames judged", RANDOM_FRAMES / (perf_counter() - begun_s), "frames/s")


def _made(root: bytes, at_s: int) -> bytes:
    epoch = keys.epoch_of(at_s)
    of_period = keys.period_key(root, keys.period_of(epoch))
    eid = keys.identity(aes(keys.identity_key(of_period)), epoch)
    return frame.seal(aes(keys.status_key(of_period)), eid, frame.BRACELET, at_s, 0, bytes(frame.STATUS_BYTES))


def _random_frames(receiver: Recogniser, identities: list[bytes]) -> int:
    """Give how many of very many random frames were believed."""
    random, believed, head = Random(2), 0, bytes([frame.head(frame.BRACELET)])  # noqa: S311 - the same in every run
    rest = frame.FRAME_BYTES - 1
    for number in range(RANDOM_FRAMES):
        one = head + random.randbytes(rest)
        if number % KNOWN_EVERY == 0:
            one = head + random.choice(identities) + one[1 + keys.EID_BYTES :]
        believed += isinstance(receiver.hear(one, float(NOON_S)), Recognised)
    return believed
