"""`python -m baqylau.cli`, as the server starts its own roles."""

from baqylau.cli import app

app()
