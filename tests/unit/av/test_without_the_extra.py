"""Without the extra `av` everything else works, and says that faces and voices cannot be compared."""

import subprocess
import sys

HIDDEN = """
import sys

class Hidden:
    names = {"av", "dlib", "PIL", "onnx", "onnxruntime", "webrtcvad", "soundfile"}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(name, name=name)
        return None

sys.meta_path.insert(0, Hidden())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in Hidden.names else found(name, *more)
"""
"""What stands before a program in which the extra is not there."""


def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HIDDEN + program, *words], capture_output=True, text=True, timeout=100, check=False
    )


PROGRAM = """
from pathlib import Path
import baqylau.monitoring.av_server.judging, baqylau.monitoring.av_server.apart
import baqylau.monitoring.av_server.enrolment, baqylau.monitoring.av_server.study
from baqylau.cli.running.av import app
from baqylau.monitoring.av_server.equipment import load_models
from baqylau.monitoring.server.doctor import examine_comparing
print(sorted({trouble.value for _, _, trouble in load_models().troubles}))
print([(answer.grade, answer.key) for answer in examine_comparing(Path('nowhere'))])
app(["av", "models", "--data", "nowhere", "--language", "en"])
"""


def test_every_part_loads_and_command_and_doctor_say_what_is_missing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN + PROGRAM], capture_output=True, text=True, timeout=100, check=False
    )
    assert done.stderr == ""
    troubles, doctor, *models = done.stdout.splitlines()
    assert "not_installed" in troubles
    assert doctor == "[('warning', 'doctor.av_missing')]"
    assert "dlib-bin" in models[-1]
    assert done.returncode == 1
