"""Whether what compares is installed: it comes with the extra `av`, and everything else works without it."""

from importlib.util import find_spec

PACKAGES = {
    "av": "av",
    "dlib": "dlib-bin",
    "face_recognition_models": "face-recognition-models",
    "onnx": "onnx",
    "onnxruntime": "onnxruntime",
    "PIL": "pillow",
    "resemblyzer": "resemblyzer",
    "webrtcvad": "webrtcvad-wheels",
}
"""Names by which they are imported, and by which they are installed."""


def missing() -> tuple[str, ...]:
    """Give the packages that are not installed. None of them is loaded for it."""
    return tuple(package for name, package in PACKAGES.items() if find_spec(name) is None)


def installed() -> bool:
    """Tell whether faces and voices can be compared."""
    return not missing()
