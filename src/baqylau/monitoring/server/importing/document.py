"""A YAML file as plain values that remember their line, so that every mistake can be shown where it stands."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
import yaml
from msgspec import Struct

T = TypeVar("T")

_MISFITS = (
    (re.compile(r"Object missing required field `(?P<field>.+)`"), "import.field_missing"),
    (re.compile(r"Object contains unknown field `(?P<field>.+)`"), "import.unknown_field"),
    (re.compile(r"Expected `(?P<expected>.+)`, got `(?P<got>.+)`"), "import.wrong_type"),
    (re.compile(r"Invalid (?:enum )?value '(?P<value>.+)'"), "import.wrong_value"),
)

Value = str | list["Value"] | dict[str, "Value"]


class Mistake(Struct, frozen=True, kw_only=True):
    """What is wrong in the file. `key` names the sentence in the catalogues."""

    line: int
    field: str
    key: str
    params: dict[str, str] = {}


class MistakesError(Exception):
    """The file has mistakes; nothing of it was taken."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        """Keep all that were found, in the order of the file."""
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.line))


class Document:
    """The values of a file and the line of each."""

    def __init__(self, text: str) -> None:
        """Read the text, or raise `MistakesError` when it is not YAML or not a list of named parts."""
        self._lines: dict[str, int] = {}
        try:
            node = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            raise MistakesError(
                [Mistake(line=mark.line + 1 if mark else 1, field="", key="import.not_yaml", params={})]
            ) from error
        except yaml.YAMLError as error:
            raise MistakesError([Mistake(line=1, field="", key="import.not_yaml", params={})]) from error
        value = self._value(node, "$") if node is not None else {}
        if not isinstance(value, dict):
            raise MistakesError([Mistake(line=1, field="", key="import.not_parts")])
        self.parts: Mapping[str, Value] = value

    def _value(self, node: yaml.Node, path: str) -> Value:
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return {key.value: self._named(key, value, f"{path}.{key.value}") for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, f"{path}[{index}]") for index, item in enumerate(node.value)]
        return str(node.value)

    def _named(self, key: yaml.Node, node: yaml.Node, path: str) -> Value:
        """Give a value that stands under a name: its line is that of the name."""
        value = self._value(node, path)
        self._lines[path] = key.start_mark.line + 1
        return value

    def line(self, path: str) -> int:
        """Give the line of the value at a path such as `$.people[0].name`, or of the nearest one around it."""
        while path not in self._lines and path != "$":
            path = path[: max(path.rfind("."), path.rfind("["))]
        return self._lines.get(path, 1)

    def mistake(self, path: str, key: str, **params: str) -> Mistake:
        """Give a mistake at the path."""
        return Mistake(line=self.line(path), field=path.removeprefix("$."), key=key, params=params)

    def items(self, part: str, shape: type[T], mistakes: list[Mistake]) -> list[tuple[str, T]]:
        """Give the items of a list with their paths; what does not fit the shape is added to the mistakes."""
        value = self.parts.get(part, [])
        if not isinstance(value, list):
            mistakes.append(self.mistake(f"$.{part}", "import.not_a_list"))
            return []
        found = []
        for index, item in enumerate(value):
            path = f"$.{part}[{index}]"
            try:
                found.append((path, msgspec.convert(item, shape, strict=False)))
            except msgspec.ValidationError as error:
                mistakes.append(self._misfit(path, str(error)))
        return found

    def _misfit(self, path: str, message: str) -> Mistake:
        """Say in our own words what the library found."""
        what, _, where = message.partition(" - at `$")
        where = path + where.rstrip("`")
        for pattern, key in _MISFITS:
            if match := pattern.fullmatch(what):
                return self.mistake(where, key, **match.groupdict())
        return self.mistake(where, "import.does_not_fit", what=what)
