"""Something that a program cannot do without goes away: one line then, one when it is back."""

from structlog.testing import capture_logs

from baqylau.links.outage import SETTLED_S, Outage

WHY = "connection refused"


class Time:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def away(why: str = WHY) -> dict[str, object]:
    return {"event": "database_away", "why": why, "log_level": "warning"}


def back(away_s: float) -> dict[str, object]:
    return {"event": "database_back", "away_s": away_s, "log_level": "warning"}


def test_an_outage_is_one_line_however_often_it_is_met_and_one_when_it_is_over() -> None:
    time_s = Time()
    outage = Outage("database", time_s=time_s)
    with capture_logs() as said:
        for _ in range(100):
            outage.gave_up(WHY)
            time_s.now_s += 0.2
        outage.answered()
        assert said == [away()]
        time_s.now_s += SETTLED_S
        outage.answered()
        outage.answered()
    assert said == [away(), back(20.0)]


def test_the_next_outage_is_said_anew() -> None:
    time_s = Time()
    outage = Outage("database", time_s=time_s)
    with capture_logs() as said:
        for why in ("the first", "the second"):
            outage.gave_up(why)
            outage.answered()
            time_s.now_s += SETTLED_S
            outage.answered()
    assert said == [away("the first"), back(0.0), away("the second"), back(0.0)]


def test_a_full_disk_of_which_can_be_read_is_one_outage() -> None:
    time_s = Time()
    outage = Outage("database", time_s=time_s)
    with capture_logs() as said:
        for _ in range(50):
            outage.gave_up("no space left on device")
            time_s.now_s += 0.5
            outage.answered()
            time_s.now_s += 0.5
        time_s.now_s += SETTLED_S
        outage.answered()
    assert said == [away("no space left on device"), back(49.5)]


def test_nothing_is_said_while_all_is_well() -> None:
    outage = Outage("database")
    with capture_logs() as said:
        outage.answered()
    assert said == []


def test_the_lines_say_which_of_several_it_is() -> None:
    with capture_logs() as said:
        Outage("site", region="aqmola").gave_up(WHY)
    assert said == [{"event": "site_away", "why": WHY, "region": "aqmola", "log_level": "warning"}]
