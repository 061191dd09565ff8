"""JSON of which every byte is determined by the value, so that digests can be taken over it. Standard library alone."""

import json
from typing import Any


def canonical(value: Any) -> bytes:
    """Give JSON with sorted keys and without blanks, in UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
