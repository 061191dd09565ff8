"""What receivers say of a bracelet, as the judgement of a presence regime takes it (`rules.places.keeping`).

Where receivers know, they decide and fixes are not asked: a bracelet that is heard at home is at home, wherever a fix
drifts. Where they do not know, fixes decide again. A bracelet that is not heard while a fresh and precise fix lies in
the place accuses nobody: which of the two is wrong, somebody has to look (catalogue P12).
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from baqylau.domain.verdicts import Blindness
from baqylau.rules.explanation import Need
from baqylau.rules.places.confirmation import Confirmation
from baqylau.rules.places.keeping import Keeping, Sight, doubted
from baqylau.rules.plan import RestrictionPlan
from baqylau.rules.presence import radio
from baqylau.rules.presence.radio import FRESH, Presence, Word
from baqylau.rules.settings import POSITION_HOLDS_S

_HOLDS = timedelta(seconds=POSITION_HOLDS_S)


def told(plan: RestrictionPlan, state: Keeping, sight: Sight, word: Word) -> Keeping:
    """Take what the receivers say at an instant; `keeping.judged` says what follows."""
    match word.presence:
        case Presence.PRESENT | Presence.WEAK:
            return _here(state, sight.at, word)
        case Presence.ABSENT_CONFIRMED:
            return _gone(plan, state, sight, word)
        case Presence.ABSENT_SUSPECTED:
            return _waiting(state, sight.at, Blindness.DEVICE_SILENT)
        case Presence.UNKNOWN:
            return _unknown(state, sight.at, word.why)


def left(state: Keeping, at: datetime) -> Keeping:
    """Take it that no receiver can speak of the person: fixes are asked again."""
    return state if state.why is None and not state.by_radio else _unknown(state, at, None)


def _here(state: Keeping, at: datetime, word: Word) -> Keeping:
    if word.lone and state.finding is not None:
        return _waiting(state, at, Blindness.DEVICE_SILENT)
    confirmation, kept = state.confirmation, state.kept or state.due_from is not None
    if not state.by_radio or confirmation.confirmed:
        confirmation = Confirmation(since=word.since, because=word.because)
    elif state.against is False and kept == state.kept:
        return state
    return replace(
        state,
        confirmation=confirmation,
        against=False,
        doubt_from=None,
        kept=kept,
        by_radio=True,
        zone=word.zone,
        why=None,
    )


def _gone(plan: RestrictionPlan, state: Keeping, sight: Sight, word: Word) -> Keeping:
    if _seen_inside(plan, sight):
        return _waiting(state, sight.at, Blindness.SOURCES_DISAGREE)
    fresh = word.proved_at is not None and sight.at - word.proved_at <= FRESH
    if not fresh and state.finding is None:
        return _waiting(state, sight.at, Blindness.RECEIVER_SILENT)
    if state.by_radio and state.against and state.confirmation.confirmed:
        return state
    return replace(
        state,
        confirmation=Confirmation(confirmed=True, since=word.since, because=word.because),
        against=True,
        doubt_from=None,
        kept=state.kept and _within(state, word),
        witness=None,
        by_radio=True,
        zone=word.zone,
        why=None,
        gone_grace_s=word.grace.total_seconds(),
    )


def _within(state: Keeping, word: Word) -> bool:
    """Whether the bracelet was heard within the stretch of duty, and not only shortly before it."""
    return state.due_from is not None and word.since is not None and word.since >= state.due_from


def _seen_inside(plan: RestrictionPlan, sight: Sight) -> bool:
    position = sight.last
    fresh = position is not None and sight.holds and sight.at - position.at <= _HOLDS
    return fresh and position is not None and plan.against(position)[0] is False


def _waiting(state: Keeping, at: datetime, why: Blindness) -> Keeping:
    if state.by_radio and state.against is None and state.why is why:
        return state
    confirmation = replace(state.confirmation, marks=(), decide_at=None)
    return replace(doubted(state, at), confirmation=confirmation, by_radio=True, why=why)


def _unknown(state: Keeping, at: datetime, why: Blindness | None) -> Keeping:
    if not state.by_radio:
        return state if state.why is why else replace(state, why=why)
    return replace(doubted(state, at), by_radio=False, why=why)


def explain(state: Keeping, sight: Sight, word: Word) -> tuple[Need, ...]:
    """Give what is there, and what is missing, for saying that the person is away from every place."""
    needs = radio.explain(word, sight.at)
    if state.why is Blindness.SOURCES_DISAGREE:
        return (*needs, Need(key="sources_agree", met=False))
    if state.against is not True and all(need.met for need in needs):
        return (*needs, Need(key="receiver_alive", met=False, at=word.proved_at))
    return needs
