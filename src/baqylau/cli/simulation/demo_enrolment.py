"""Whoever has the demo's breath unit is enrolled by drawn photographs, as a technician would do it by real ones."""

import os
from pathlib import Path

from sqlalchemy import Engine

from baqylau.cli.running.av import MODELS, taken
from baqylau.cli.vaulted import vaulted
from baqylau.domain.ids import PersonId
from baqylau.links.wall_clock import now
from baqylau.monitoring.av_server.presence import installed
from baqylau.sim.demo_face import ENROLLED, photographs
from baqylau.storage.checks.templates import TemplateStore

FOLDER = "enrolled"


def introduced(engine: Engine, data: Path, person_id: PersonId, by: str) -> bool:
    """Enrol the person's face, once. False: there is nothing to compare with here, and nobody is known by their face.

    A face is enough for a breath unit: it asks for no words.
    """
    drawn = data / FOLDER
    if not installed():
        return False
    photographs(drawn, ENROLLED)
    if TemplateStore(engine, vaulted(engine, data).vault, now, os.urandom).of(person_id):
        return True
    from baqylau.monitoring.av_server.equipment import load_models  # noqa: PLC0415 - of the extra

    _, version = taken(engine, data, person_id, drawn, load_models(data / MODELS), by)
    return version is not None
