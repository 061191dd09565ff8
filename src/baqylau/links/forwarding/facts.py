"""An item as a program of another system reads it: JSON with the name by which that system knows the person."""

import msgspec

from baqylau.domain.forwarding import Item, Place
from baqylau.links.forwarding.way import alarm_facts


def facts_of(item: Item) -> dict[str, object]:
    """Give what leaves of an item. `id` is the same whenever the item is sent again."""
    said: dict[str, object] = {"id": item.id, "object": item.named.alias, "at": item.at.isoformat()}
    if isinstance(item, Place):
        fix = msgspec.to_builtins(item.fix)
        return {"type": "position", **said, **{name: value for name, value in fix.items() if name != "type"}}
    return {"type": "alarm", **said, **alarm_facts(item.alarm)}
