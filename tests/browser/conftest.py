"""The machine's own Chromium, one for all browser tests; nothing is downloaded."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

SHELL = Path("/usr/bin/chromium-headless-shell")
WHOLE = Path("/usr/bin/chromium")
CHROMIUM = Path(os.environ.get("BAQYLAU_CHROMIUM") or (SHELL if SHELL.is_file() else WHOLE))
"""Without windows where that is installed: the same pages, and no frame of buttons drawn around each by a program of
its own, which costs several times as much as they do."""
FLAGS = (
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # No graphics card: joining the layers of a page in software costs less than on a card that is imitated.
    "--disable-gpu-compositing",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000
"""What a page is expected to show it may show late, where other tests have the machine."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}; name one in BAQYLAU_CHROMIUM")
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        yield running
        running.close()
