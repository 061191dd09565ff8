"""When a beacon goes out, and the time it tells."""

from collections import Counter
from datetime import UTC, datetime

from baqylau.crypto.blocks import aes
from baqylau.protocols.beacon.instants import delay_ms
from baqylau.protocols.beacon.keys import epoch_of, identity_key, period_key, period_of
from baqylau.protocols.beacon.recognising import Recognised
from baqylau.protocols.beacon.system_time import BEGIN, instant_of, seconds_at
from tests.unit.protocols.beacon.air import BEGIN_S, ROOT, receiver, sent


def test_whoever_holds_the_key_knows_when_within_its_second_a_beacon_went_out() -> None:
    block = aes(identity_key(period_key(ROOT, period_of(epoch_of(BEGIN_S)))))
    said = receiver().hear(sent(BEGIN_S, 3), BEGIN_S + 0.9)
    assert isinstance(said, Recognised)
    assert said.sent_s == BEGIN_S + delay_ms(block, BEGIN_S, 3) / 1000


def test_beacons_are_spread_over_their_seconds() -> None:
    block = aes(bytes(16))
    drawn = Counter(delay_ms(block, second, 0) // 100 for second in range(5000))
    assert set(drawn) == set(range(10))
    assert 400 < min(drawn.values()) <= max(drawn.values()) < 600


def test_time_on_the_air_begins_with_the_year_2020() -> None:
    at = datetime(2026, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    assert instant_of(seconds_at(at)) == at
    assert seconds_at(BEGIN) == 0
