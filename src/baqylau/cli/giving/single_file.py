"""The verifier as a single file: Python and one library for signatures, no product. It is made of our own modules.

What the product's `verify` runs is what the file runs; the file does not judge again, because it knows no rules.
"""

import ast
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

MODULES = (
    "crypto/signing.py",
    "crypto/canonical.py",
    "crypto/merkle.py",
    "crypto/der.py",
    "crypto/timestamps.py",
    "crypto/assertions.py",
    "protocols/evidence/container.py",
    "protocols/evidence/unpacking.py",
    "protocols/evidence/words.py",
    "protocols/evidence/parts.py",
    "protocols/evidence/signatures.py",
    "protocols/evidence/journal_proof.py",
    "protocols/evidence/ledger_proof.py",
    "protocols/evidence/registers_proof.py",
    "protocols/evidence/alarms_proof.py",
    "protocols/evidence/recordings.py",
    "protocols/evidence/stamps.py",
    "protocols/evidence/verdict.py",
    "protocols/evidence/enrolments.py",
    "protocols/evidence/asking.py",
    "protocols/evidence/proved.py",
    "protocols/evidence/checking.py",
    "protocols/evidence/telling.py",
    "cli/giving/verifier.py",
)
"""In the order in which they need one another."""
_HEAD = '''#!/usr/bin/env python3
"""Checks an evidence bundle without the product that made it: `python3 {name} BUNDLE`.

Needs Python 3.11 or later and the package `cryptography`. Exit codes: 0 proved, 1 changed, 2 unreadable, 3 another key.
Made from the sources of Baqylau {version}; each part below begins with the name of the module that it is.
"""
'''
_END = """
TEXTS = {texts}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], TEXTS))
"""


class TwiceDefinedError(Exception):
    """Two of the modules define the same name: in one file the second would take the first one's place."""


def single_file(name: str, version: str, texts: Mapping[str, Mapping[str, str]]) -> str:
    """Give the text of the single file."""
    source = Path(__file__).parents[2]
    own = {module: _own_part((source / module).read_text(encoding="utf-8")) for module in MODULES}
    _all_different(own.values())
    bodies = [f"\n# --- {module} ---\n\n{text}" for module, text in own.items()]
    shown = json.dumps(texts, ensure_ascii=False, indent=4)
    return _HEAD.format(name=name, version=version) + "".join(bodies) + _END.replace("{texts}", shown)


def _own_part(source: str) -> str:
    """Give a module without what it takes from the others."""
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("baqylau."):
            lines[node.lineno - 1 : node.end_lineno] = [""] * (len(lines[node.lineno - 1 : node.end_lineno]))
    return "".join(lines).strip() + "\n"


def _all_different(parts: Iterable[str]) -> None:
    seen: set[str] = set()
    for part in parts:
        names = {name for node in ast.parse(part).body for name in _defined(node)}
        if names & seen:
            raise TwiceDefinedError(sorted(names & seen))
        seen |= names


def _defined(node: ast.stmt) -> Iterable[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            for target in targets:
                yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            return
