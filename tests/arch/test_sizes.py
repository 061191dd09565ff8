"""Small enough to be held in the head."""

import ast
from collections.abc import Iterator

from tests.arch.tree import files, name_of, parsed, python_files

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 50
WEB_SUFFIXES = {".ts", ".svelte", ".mjs", ".css"}


def functions_longer_than(limit: int) -> Iterator[str]:
    for path in python_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > limit:
                    yield f"{name_of(path)}:{node.lineno} {node.name}: {lines} lines"


def test_no_module_is_longer_than_its_limit() -> None:
    measured = [path for path in files() if path.suffix in WEB_SUFFIXES | {".py"}]
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in measured}
    assert {name: count for name, count in lines.items() if count > MODULE_LINES_MAX} == {}


def test_no_function_is_longer_than_its_limit() -> None:
    assert list(functions_longer_than(FUNCTION_LINES_MAX)) == []
