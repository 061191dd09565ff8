"""Three languages say the same things, and everything that may have to be said."""

import re
from enum import Enum
from pathlib import Path

import msgspec
import pytest

from baqylau.domain import rights
from baqylau.domain.acts import Channel, Whom
from baqylau.domain.alarms import Action, AlarmState, Cause, Decision, Level
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Check, Code
from baqylau.domain.observations import Authentication
from baqylau.domain.people import DeviceKind, Language
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.locales import LANGUAGES, Forms, UnknownKeyError, catalogue, text
from baqylau.locales.__main__ import main as compile_pages
from baqylau.protocols.session import Fault

SOURCES = Path(__file__).parents[3] / "src" / "baqylau"
KAZAKH = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")


def _texts(found: Forms) -> list[str]:
    return list(found.values()) if isinstance(found, dict) else [found]


def _places(found: Forms) -> set[str]:
    return {name for one in _texts(found) for name in re.findall(r"{(\w+)}", one)}


def test_every_language_of_the_domain_has_a_catalogue() -> None:
    assert set(LANGUAGES) == {language.value for language in Language}


def test_the_three_catalogues_hold_the_same_keys() -> None:
    kazakh, russian, english = (set(catalogue(language)) for language in LANGUAGES)
    assert kazakh == russian == english


def test_a_key_names_the_same_places_in_every_language() -> None:
    for key in catalogue("en"):
        places = {language: _places(catalogue(language)[key]) for language in LANGUAGES}
        assert len({frozenset(found) for found in places.values()}) == 1, (key, places)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated_or_cut(language: str) -> None:
    for key, found in catalogue(language).items():
        for one in _texts(found):
            assert one.strip(), key
            assert "!" not in one, key


def test_the_kazakh_catalogue_is_kazakh() -> None:
    letters = [key for key, found in catalogue("kk").items() if KAZAKH & set("".join(_texts(found)))]
    same = [key for key, found in catalogue("kk").items() if found == catalogue("ru")[key] and "{" not in str(found)]
    assert len(letters) > 0.75 * len(catalogue("kk"))
    assert len(same) < 0.12 * len(catalogue("kk"))


def test_software_never_says_violation_but_to_disclaim_it_and_in_the_inspectors_own_form() -> None:
    said = {key for key, found in catalogue("en").items() if "violation" in str(found).lower()}
    assert said == {"alarm.finding", "decision.violation", "decision.no_violation"}


@pytest.mark.parametrize("code", list(Code))
def test_every_event_has_its_title_its_reason_its_rule_and_its_steps(code: Code) -> None:
    keys = {f"alarm.{code}.title", f"alarm.{code}.why", f"alarm.{code}.rule"}
    steps = {f"step.{step}" for step in EVENTS[code].steps}
    assert keys | steps <= set(catalogue("en"))


def test_every_value_of_the_domain_that_a_page_shows_has_its_word() -> None:
    words: dict[str, type[Enum]] = {
        "cause": Cause,
        "check": Check,
        "fault": Fault,
        "compliance": Compliance,
        "blindness": Blindness,
        "device": DeviceKind,
        "authentication": Authentication,
        "alarm.state": AlarmState,
        "action": Action,
        "decision": Decision,
        "level": Level,
        "whom": Whom,
        "channel": Channel,
        "role": rights.Role,
        "action.may": rights.Action,
    }
    wanted = {f"{group}.{value.value}" for group, kind in words.items() for value in kind}
    assert wanted <= set(catalogue("en"))


def test_every_threshold_that_a_rule_names_has_its_word() -> None:
    named = {
        name
        for path in (SOURCES / "rules").rglob("*.py")
        if path.name not in {"geometry.py", "kept_time.py"} and "gnss" not in path.parts
        for name in re.findall(r'"([a-z]+(?:_[a-z0-9]+)*_(?:s|m|m_s|percent|fixes))"', path.read_text(encoding="utf-8"))
    }
    assert named
    assert {f"threshold.{name}" for name in named} <= set(catalogue("en"))


def test_every_refusal_in_the_code_has_its_sentence() -> None:
    said = {
        key
        for path in SOURCES.rglob("*.py")
        for key in re.findall(r'"([a-z_]+\.refused\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert said
    assert said <= set(catalogue("en"))


def test_a_text_takes_the_form_that_its_count_asks_for() -> None:
    said = [text("ru", "live.people_count", count=count) for count in (1, 2, 5, 11, 21)]
    assert said == ["1 человек", "2 человека", "5 человек", "11 человек", "21 человек"]


def test_a_key_that_nobody_wrote_is_our_fault_and_loud() -> None:
    with pytest.raises(UnknownKeyError):
        text("kk", "no.such.key")


def test_pages_get_their_words_as_json_and_not_those_of_the_terminal(tmp_path: Path) -> None:
    compile_pages(tmp_path)
    pages = msgspec.json.decode((tmp_path / "kk.json").read_bytes())
    assert pages["live.new"]["other"] == "{count} жаңа"
    assert not [key for key in pages if key.startswith("doctor.")]
