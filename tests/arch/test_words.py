"""The words that are not said here, and the places that are not named."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from baqylau.locales import LANGUAGES, catalogue
from tests.arch.tree import SOURCE, name_of, parsed, python_files, text_files

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "data", "info"}
NEVER_IN_NAMES = re.compile(r"offender|violat", re.IGNORECASE)
ACCUSATION = re.compile(r"offender|violat|наруши|бұзушы", re.IGNORECASE)
LEFT_TO_PEOPLE = {"alarm.finding", "decision.violation", "decision.no_violation"}
"""The sentence that leaves the word to an inspector, and the inspector's own two words."""
INSPECTORS_WORDS = {"violation", "no_violation"}
NOT_ON_SCREENS = {"hours"}
"""Families of keys that are also names of fields in an import file."""
FIELDS = {"person.district"}
"""Names of fields that look like keys."""
LEFT_FOR_LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
PLACES = re.compile(
    r"(?<![\w.])/(work|root|Users|home/\w)/?|py" + r"pi\.org|python" + r"hosted|registry\.np" + r"mjs|npm" + r"mirror"
)


def names_and_texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that a module defines and every text in it but for docstrings."""
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name) | ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.Constant(value=str() as text) if id(node) not in prose:
                yield node.lineno, text
            case _:
                pass


def matches(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if found := pattern.search(line):
            yield f"{name_of(path)}:{number}: {found.group(0)}"


def test_no_module_has_a_vague_name() -> None:
    assert [name_of(path) for path in text_files() if path.stem in VAGUE_NAMES] == []


def test_software_has_no_name_for_an_accusation() -> None:
    said = [
        f"{name_of(path)}:{line}: {text}"
        for path in python_files()
        if SOURCE in path.parents
        for line, text in names_and_texts(parsed(path))
        if NEVER_IN_NAMES.search(text) and text.lower() not in INSPECTORS_WORDS
    ]
    assert said == []


def test_no_screen_accuses() -> None:
    said = [
        f"{language}: {key}: {text}"
        for language in LANGUAGES
        for key, text in catalogue(language).items()
        if ACCUSATION.search(str(text)) and key not in LEFT_TO_PEOPLE
    ]
    assert said == []


def test_nothing_is_left_for_later_in_a_comment() -> None:
    assert [found for path in text_files() for found in matches(path, LEFT_FOR_LATER)] == []


def test_no_file_names_a_place_of_one_machine_or_a_registry() -> None:
    assert [found for path in text_files() for found in matches(path, PLACES)] == []


def test_every_sentence_that_the_code_names_is_in_the_catalogues() -> None:
    known = catalogue("en")
    families = {key.partition(".")[0] for key in known} - NOT_ON_SCREENS | {"cli", "doctor", "import"}
    key_like = re.compile(rf"({'|'.join(sorted(families))})(\.(?!(?:lock|db|json|typ)$)[A-Za-z0-9_]+)+")
    missing = {
        f"{name_of(path)}:{line}: {said}"
        for path in python_files()
        if SOURCE in path.parents and SOURCE / "storage" not in path.parents
        for line, said in names_and_texts(parsed(path))
        if key_like.fullmatch(said) and said not in {*known, *FIELDS}
    }
    assert sorted(missing) == []
