"""Every sentence is said in all three languages, with the same places to fill."""

from string import Formatter

from baqylau.domain.catalogue import EVENTS
from baqylau.domain.reactions import Step
from baqylau.locales import LANGUAGES, Forms, catalogue


def places(forms: Forms) -> set[str]:
    texts = [forms] if isinstance(forms, str) else forms.values()
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def test_every_sentence_is_said_in_all_three_languages() -> None:
    keys = {language: set(catalogue(language)) for language in LANGUAGES}
    assert keys["kk"] == keys["ru"] == keys["en"]
    assert [key for language in LANGUAGES for key, said in catalogue(language).items() if not said] == []


def test_a_sentence_fills_the_same_places_in_every_language() -> None:
    english = {key: places(forms) for key, forms in catalogue("en").items()}
    for language in LANGUAGES:
        differing = {
            key for key, forms in catalogue(language).items() if places(forms) - {"count"} != english[key] - {"count"}
        }
        assert differing == set(), language


def test_every_event_has_its_title_and_its_steps() -> None:
    known = catalogue("en")
    wanted = {f"alarm.{event.code}.title" for event in EVENTS.values()}
    wanted |= {f"step.{step}" for step in Step}
    assert wanted - set(known) == set()
