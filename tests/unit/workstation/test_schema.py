"""The pages' types come from the server's own messages."""

from pathlib import Path
from typing import Any

import msgspec

from baqylau.monitoring.workstation import messages
from baqylau.monitoring.workstation.schema import main, schema


def _of(definitions: dict[str, Any], struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Give a message's definition; its full name where the domain has another thing of that name."""
    found = definitions.get(struct.__name__) or definitions[f"{struct.__module__}.{struct.__name__}"]
    return dict(found)


def test_every_message_is_in_the_schema_with_all_its_fields() -> None:
    definitions = schema()["$defs"]
    structs = [
        value
        for value in vars(messages).values()
        if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == messages.__name__
    ]
    for struct in structs:
        fields = {field.encode_name for field in msgspec.structs.fields(struct)}
        assert fields <= set(_of(definitions, struct)["required"])


def test_a_place_is_a_pair() -> None:
    point = schema()["$defs"]["Point"]
    assert (point["minItems"], point["maxItems"]) == (2, 2)


def test_the_schema_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    main(tmp_path / "new" / "api.schema.json")
    assert msgspec.json.decode((tmp_path / "new" / "api.schema.json").read_bytes()) == msgspec.json.decode(
        msgspec.json.encode(schema())
    )
