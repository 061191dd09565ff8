"""What is wrong with ourselves is said once, marked when it is over, and ended by a person."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from baqylau.domain.acts import Close, Take
from baqylau.domain.alarms import NOBODY, Action, Alarm, Cause
from baqylau.domain.ids import AlarmId
from baqylau.domain.people import Language
from baqylau.domain.rights import Bounds, Role
from baqylau.monitoring.server.watching_over import Disk, Limits, Watch, conditions
from baqylau.storage.access.accounts import Account, Accounts, Invited, Throttle
from baqylau.storage.access.audit import Audit
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms
from baqylau.storage.alarms.outbox import Outbox
from baqylau.storage.backup import note
from baqylau.storage.journal.proof import Verification, verify_newest
from baqylau.storage.journal.quarantine import Item, Quarantine
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.ourselves import Ourselves
from tests.unit.storage.kept import AIGUL, NOON, House, after, heard, minutes

EVERYTHING_JUDGED = "UPDATE judge_cursor SET seq = (SELECT max(seq) FROM journal_head)"
ROOMY = Disk(total=100 * 1024**3, free=50 * 1024**3)
OUR_FAULT = Close(cause=Cause.OWN_FAULT, grounds="the cable was loose", action=Action.ENGINEERS_TOLD)


class Watched:
    """A house over which somebody watches."""

    def __init__(self, engine: Engine) -> None:
        self.house = House(engine)
        self.live = Live(engine)
        self.alarms = Alarms(engine, self.house.clock)
        self.disk = ROOMY
        self.watch = self.new_watch()

    def new_watch(self) -> Watch:
        """One more that watches, as in another program."""
        return Watch(
            Ourselves(self.house.engine),
            now=self.house.clock,
            disk=lambda: self.disk,
            prove=self._prove,
            limits=Limits(),
        )

    def _prove(self, count: int) -> Verification:
        return verify_newest(self.house.engine, count)

    def looked(self, at: datetime) -> list[tuple[str, str, bool]]:
        """Look at an instant, and give every alarm about ourselves: code, subject, and whether it is over."""
        self.house.now = at
        self.watch.look()
        return [(one.code.value, one.subject, one.cleared_at is not None) for one in self.ours()]

    def ours(self) -> list[Alarm]:
        found = [view.alarm for view in self.alarms.page(AlarmFilter(person_id=NOBODY))]
        return sorted(found, key=lambda one: one.id)


@pytest.fixture
def watched(engine: Engine) -> Watched:
    return Watched(engine)


def test_a_role_without_a_sign_of_life_is_an_alarm_until_it_is_back(watched: Watched) -> None:
    watched.live.judge_beat(NOON, judge_ms=None)
    assert watched.looked(after(30)) == []
    assert watched.looked(after(31)) == [("X03", "judge", False)]
    assert watched.looked(after(60)) == [("X03", "judge", False)]
    watched.live.judge_beat(after(65), judge_ms=None)
    assert watched.looked(after(66)) == [("X03", "judge", True)]
    [one] = watched.ours()
    assert (one.count, one.person_id, one.priority, one.state.value) == (1, NOBODY, 1, "open")
    assert Outbox(watched.house.engine).spread(lambda _: (), after(70)) == 1


def test_each_gateway_and_each_site_has_an_alarm_of_its_own_when_it_falls_silent(watched: Watched) -> None:
    for role in ("gateway/north", "gateway/south", "region/almaty"):
        watched.live.gateway_beat(NOON, connected=0, keep_ms=None, role=role)
    watched.live.gateway_beat(after(40), connected=0, keep_ms=None, role="gateway/south")
    silent = [("X03", "gateway/north", False), ("X03", "region/almaty", False)]
    assert sorted(watched.looked(after(41))) == silent
    watched.live.gateway_beat(after(45), connected=0, keep_ms=None, role="region/almaty")
    assert sorted(watched.looked(after(46))) == [silent[0], ("X03", "region/almaty", True)]


def test_a_gateway_that_keeps_turning_devices_away_is_an_alarm_until_it_has_had_room_for_a_minute(
    watched: Watched,
) -> None:
    def beats(at_s: float, turned_away_at_s: float) -> None:
        north, south = "gateway/north", "gateway/south"
        away = after(turned_away_at_s)
        watched.live.gateway_beat(after(at_s), connected=9, keep_ms=None, role=north, turned_away_at=away)
        watched.live.gateway_beat(after(at_s), connected=3, keep_ms=None, role=south)

    for at_s in range(0, 90, 5):
        beats(at_s, at_s)
        assert watched.looked(after(at_s)) == []
    beats(95, 85)
    assert watched.looked(after(95)) == [("X01", "lines", False)]
    beats(140, 85)
    assert watched.looked(after(144)) == [("X01", "lines", False)]
    assert watched.looked(after(145)) == [("X01", "lines", True)]


def test_people_whom_nobody_judges_are_an_alarm_though_a_judge_lives(watched: Watched) -> None:
    watched.house.journal.append(minutes(AIGUL, 1))
    for at_s in range(0, 85, 5):
        watched.live.judge_beat(after(at_s), judge_ms=None)
        assert watched.looked(after(at_s)) == []
    watched.live.judge_beat(after(95), judge_ms=None)
    assert watched.looked(after(95)) == [("X01", "judge/standing", False)]
    watched.house.change(EVERYTHING_JUDGED)
    assert watched.looked(after(105)) == [("X01", "judge/standing", True)]


def test_a_judge_that_is_behind_and_goes_on_is_none(watched: Watched) -> None:
    watched.house.journal.append(minutes(AIGUL, 30))
    for step in range(25):
        watched.live.judge_beat(after(5 * step), judge_ms=None)
        assert watched.looked(after(5 * step)) == []
        watched.house.change(
            "UPDATE judge_cursor SET seq = seq + 1 WHERE partition IN (SELECT partition FROM journal_key)"
        )


def test_it_comes_back_on_the_alarm_that_waits(watched: Watched) -> None:
    watched.live.judge_beat(NOON, judge_ms=None)
    watched.looked(after(31))
    watched.live.judge_beat(after(65), judge_ms=None)
    watched.looked(after(66))
    assert watched.looked(after(100)) == [("X03", "judge", False)]
    assert watched.ours()[0].count == 2


def test_what_a_person_closed_is_not_said_again_for_the_same_failure(watched: Watched) -> None:
    watched.live.judge_beat(NOON, judge_ms=None)
    watched.looked(after(31))
    number = AlarmId(watched.ours()[0].id)
    watched.alarms.act(number, Take(), "dana")
    watched.alarms.act(number, OUR_FAULT, "dana")
    assert len(watched.looked(after(60))) == 1


def test_who_has_just_begun_to_watch_gives_the_others_time(watched: Watched) -> None:
    watched.live.gateway_beat(NOON - timedelta(hours=9), connected=0, keep_ms=None)
    assert watched.looked(after(29)) == []
    assert watched.looked(after(31)) == [("X03", "gateway", False)]


def test_two_who_watch_say_it_once(watched: Watched) -> None:
    other = watched.new_watch()
    watched.live.judge_beat(NOON, judge_ms=None)
    watched.looked(after(31))
    other.look()
    [one] = watched.ours()
    assert one.count == 1


def test_lateness_is_said_when_it_lasts(watched: Watched) -> None:
    for second in range(0, 120, 10):
        watched.live.judge_beat(after(second), judge_ms=9_000)
        assert watched.looked(after(second)) == ([] if second < 90 else [("X01", "judge", False)])
    watched.live.judge_beat(after(60), judge_ms=90)
    assert watched.looked(after(60)) == [("X01", "judge", True)]


def test_a_full_disk_and_a_journal_that_nobody_signs_are_told(watched: Watched) -> None:
    watched.disk = Disk(total=ROOMY.total, free=10**9)
    assert watched.looked(after(1)) == [("X04", "disk", False)]
    watched.disk = ROOMY
    for second in range(0, 400, 50):
        watched.house.now = after(second)
        watched.house.journal.append([heard(AIGUL, after(second))])
    assert watched.looked(after(400)) == [("X04", "disk", True), ("X04", "signature", False)]


def test_new_accounts_and_many_failed_sign_ins_are_told_but_not_the_first_account(watched: Watched) -> None:
    accounts = Accounts(watched.house.engine, watched.house.clock)
    for login in ("first", "second", "third"):
        accounts.create(
            Account(login=login, name=login, password="-", language=Language.KK, role=Role.OPERATOR),  # noqa: S106 - nobody signs in
            by="first",
        )
        watched.house.now += timedelta(seconds=1)
        if login == "first":
            assert watched.looked(watched.house.now) == []
    assert watched.looked(after(10)) == [("X05", "accounts", False)]
    assert watched.ours()[0].count == 2
    throttle = Throttle(watched.house.engine, watched.house.clock)
    for _ in range(10):
        throttle.failed("second", "192.0.2.7")
    assert watched.looked(after(20)) == [("X05", "accounts", False), ("X05", "sign_in", False)]
    later = watched.looked(after(7_200))
    assert later == [("X05", "accounts", False), ("X05", "sign_in", False)], "security is closed by a person only"


def test_the_founding_account_is_no_alarm_but_another_made_by_the_same_way_is(watched: Watched) -> None:
    accounts = Accounts(watched.house.engine, watched.house.clock)
    accounts.create(
        Account(login="shown", name="Shown", password="-", language=Language.KK, role=Role.INSPECTOR),  # noqa: S106 - nobody signs in
        by="demo",
    )
    for login, token in (("aigul", b"1" * 32), ("dana", b"2" * 32)):
        watched.house.now += timedelta(seconds=1)
        accounts.invite(token, Invited(role=Role.ADMINISTRATOR), after(600))
        accounts.accept(token, login, login, "-", Language.KK)
        told = [("X05", "accounts", False)] if login == "dana" else []
        assert watched.looked(watched.house.now) == told
    made = [one.what for one in Audit(watched.house.engine, watched.house.clock).latest(9)]
    assert [one for one in made if one != "account.invite"] == ["account.create", "account.found", "account.create"]


def test_a_new_role_of_the_first_account_is_told_too(watched: Watched) -> None:
    accounts = Accounts(watched.house.engine, watched.house.clock)
    accounts.create(
        Account(login="first", name="First", password="-", language=Language.KK, role=Role.OPERATOR),  # noqa: S106 - nobody signs in
        by="installation",
    )
    watched.house.now += timedelta(seconds=1)
    accounts.employ("first", Role.ADMINISTRATOR, Bounds(), by="first")
    assert watched.looked(after(10)) == [("X05", "accounts", False)]


def test_quarantine_that_rises_is_told(watched: Watched) -> None:
    quarantine = Quarantine(watched.house.engine, watched.house.vault, watched.house.clock, watched.house.random)
    item = Item(protocol="wialon", peer="p", number=None, fault="crc", detail="", raw=b"?")
    quarantine.keep([item] * 99)
    assert watched.looked(after(1)) == []
    quarantine.keep([item])
    assert watched.looked(after(2)) == [("X08", "quarantine", False)]


def test_a_changed_entry_among_the_newest_is_found_within_minutes(watched: Watched) -> None:
    watched.house.journal.append(minutes(AIGUL, 5))
    watched.house.change(EVERYTHING_JUDGED)
    watched.house.now = after(1)
    assert watched.looked(after(301)) == []
    watched.house.change("UPDATE journal SET device_id = 'another' WHERE seq = 4")
    assert watched.looked(after(310)) == []
    [(code, subject, over)] = watched.looked(after(602))
    assert (code, subject.partition("/")[0], over) == ("X06", "journal", False)


def test_nothing_is_said_of_an_installation_that_is_well(watched: Watched) -> None:
    signs = Ourselves(watched.house.engine).signs(NOON)
    assert list(conditions(signs, ROOMY, NOON, NOON, Limits())) == []


def test_the_newest_entries_are_proved_up_to_the_head(watched: Watched) -> None:
    watched.house.journal.append(minutes(AIGUL, 30))
    proved = verify_newest(watched.house.engine, 10)
    assert (proved.entries, proved.broken) == (10, ())
    watched.house.change("DELETE FROM journal WHERE seq = 30")
    assert [one.what.value for one in verify_newest(watched.house.engine, 10).broken] == ["head_differs"]


def test_a_copy_that_is_too_old_is_an_alarm_until_there_is_a_new_one(watched: Watched) -> None:
    watched.house.journal.append(minutes(AIGUL, 1))
    week_later, nine_days_later = NOON + timedelta(days=7), NOON + timedelta(days=9)
    assert ("X04", "backup", False) not in watched.looked(week_later)
    assert ("X04", "backup", False) in watched.looked(nine_days_later)
    note(watched.house.engine, "dana", "tape 3", nine_days_later)
    assert ("X04", "backup", True) in watched.looked(nine_days_later + timedelta(seconds=10))
