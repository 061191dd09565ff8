"""Which buffer follows from what was heard at a place."""

from baqylau.protocols.batch.walking import buffer_s


def test_where_no_beacon_is_lost_the_shortest_buffer_does() -> None:
    assert buffer_s([5.0] * 240, 1200) == 300


def test_longer_silences_ask_for_a_longer_buffer() -> None:
    assert buffer_s([5.0] * 200 + [35.0] * 5, 1200) == 300
    assert buffer_s([5.0] * 180 + [60.0] * 5, 1200) == 480


def test_where_half_of_the_time_is_silence_one_receiver_is_not_enough() -> None:
    assert buffer_s([1200.0], 1200) is None


def test_silences_that_no_quarter_of_an_hour_outlasts_ask_for_a_second_receiver() -> None:
    assert buffer_s([5.0] * 120 + [140.0] * 4, 1200) is None
