"""How networks are run."""

from pathlib import Path
from typing import Any


def opened(model: Path | bytes) -> Any:
    """Give a session that uses one core: the queue decides how many run at once."""
    import onnxruntime  # noqa: PLC0415 - of the extra: all else must load without it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    content = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
