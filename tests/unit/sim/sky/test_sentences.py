"""A simulated receiver's bytes are read by the reader of real ones."""

from msgspec.structs import asdict

from baqylau.domain.observations import Fix
from baqylau.links.tracks.nmea import read_nmea
from baqylau.sim.sky.receiver import Model, Receiver
from baqylau.sim.sky.sentences import sentences
from baqylau.sim.sky.way import Leg, Way

WAY = Way((0.0, 0.0), Leg(to=(200.0, 100.0), lasts_s=120.0))


def said(from_s: int, until_s: int) -> bytes:
    receiver = Receiver(5, 1_790_000_000.0, Model(states_accuracy=True))
    epochs = [receiver.epoch(WAY.at(float(into_s))) for into_s in range(until_s)]
    return b"".join(sentences(one) for one in epochs[from_s:])


def test_every_epoch_is_one_report_with_the_place_that_was_said() -> None:
    track = read_nmea(said(100, 120))
    assert not any(asdict(track.skipped).values())
    receiver = Receiver(5, 1_790_000_000.0, Model(states_accuracy=True))
    epochs = [receiver.epoch(WAY.at(float(into_s))) for into_s in range(120)][100:]
    assert [at.timestamp() for at, _ in track.reports] == [one.at_s for one in epochs]
    for (_, bodies), epoch in zip(track.reports, epochs, strict=True):
        fix = bodies[0]
        assert isinstance(fix, Fix)
        assert epoch.latitude_deg is not None
        assert epoch.longitude_deg is not None
        assert epoch.stated_m is not None
        assert abs(fix.latitude_deg - epoch.latitude_deg) < 2e-7
        assert abs(fix.longitude_deg - epoch.longitude_deg) < 2e-7
        assert fix.satellites == epoch.satellites
        assert fix.accuracy_m is not None
        assert abs(fix.accuracy_m - epoch.stated_m) < 0.2


def test_before_the_first_position_there_is_none_in_the_sentences() -> None:
    content = said(0, 3)
    assert b",V," in content
    assert not any(isinstance(body, Fix) for _, bodies in read_nmea(content).reports for body in bodies)


def test_strengths_are_told_four_to_a_sentence() -> None:
    satellites = [line for line in said(110, 111).splitlines() if b"GSV" in line]
    assert satellites
    assert all(line.count(b",") <= 3 + 4 * 4 + 1 for line in satellites)
