"""Write the JSON Schema of what pages and API say to the named file: the types of the pages are made from it."""

import sys
from pathlib import Path
from typing import Any

import msgspec

from baqylau.monitoring.console import messages as console_messages
from baqylau.monitoring.workstation import load_figures, messages
from baqylau.monitoring.workstation.access import messages as access_messages
from baqylau.monitoring.workstation.cases import (
    fact_messages,
    photo_messages,
    request_messages,
    template_messages,
    term_messages,
)
from baqylau.monitoring.workstation.cases import messages as case_messages
from baqylau.monitoring.workstation.checks import call_messages, enrolment_messages
from baqylau.monitoring.workstation.checks import messages as check_messages
from baqylau.monitoring.workstation.equipment import messages as equipment
from baqylau.monitoring.workstation.equipment import stock_messages
from baqylau.monitoring.workstation.giving import evidence_messages, paper_messages
from baqylau.monitoring.workstation.looking_back import messages as replay_messages
from baqylau.monitoring.workstation.looking_back import minute, nearby
from baqylau.monitoring.workstation.own_page import messages as own_page
from baqylau.storage.people import papers

_MODULES = (
    access_messages,
    case_messages,
    fact_messages,
    term_messages,
    photo_messages,
    request_messages,
    template_messages,
    messages,
    minute,
    nearby,
    replay_messages,
    load_figures,
    equipment,
    stock_messages,
    check_messages,
    call_messages,
    enrolment_messages,
    console_messages,
    evidence_messages,
    paper_messages,
    own_page,
    papers,
)
_ROOT = "#/$defs/{name}"


def _closed(definition: dict[str, Any]) -> dict[str, Any]:
    """Say of a definition what msgspec writes in fact: every field is there, a tuple has its length."""
    if "properties" in definition:
        return definition | {"required": list(definition["properties"]), "additionalProperties": False}
    if "prefixItems" in definition:
        return definition | {"maxItems": len(definition["prefixItems"])}
    return definition


def schema() -> dict[str, Any]:
    """Give one schema that holds every message of the workstation under `$defs`."""
    structs = [
        value
        for module in _MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == module.__name__
    ]
    _, definitions = msgspec.json.schema_components(structs, ref_template=_ROOT)
    return {
        "title": "Api",
        "type": "object",
        "properties": {name: {"$ref": _ROOT.format(name=name)} for name in sorted(definitions)},
        "$defs": {name: _closed(definition) for name, definition in sorted(definitions.items())},
    }


def main(target: Path) -> None:
    """Write the schema to `target`, and its folder where it is missing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(msgspec.json.format(msgspec.json.encode(schema()), indent=1) + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
