"""How long somebody waits who looks for one of a hundred thousand people, in whatever letters and with slips."""

from collections.abc import Iterator
from time import perf_counter

import httpx

from tests.perf.bench_calibration import Calibration
from tests.perf.crowd import gather
from tests.perf.figures import Figure, figure, quantile
from tests.perf.installation import HOST, Installation, await_door, free_port
from tests.perf.screen import employ, signed_in

PEOPLE = 100_000
WITHIN_S = 0.3
TRIES = 3
QUERIES = (
    "а",
    "Айгүл",
    "aigul sarizhan",
    "Qarlygash Boribaibek",
    "Сарыжанбековва",
    "Shchedrin Vimishlenov",
    "Тал 12 Айгуль",
    "Придумнахов",
    "нет такого",
)
"""One letter, both alphabets, a word begun, two slips, an address, nobody."""


def figures(installation: Installation, calibration: Calibration) -> Iterator[Figure]:
    """Ask a real server over HTTP, the first page and the one after it."""
    gather(installation, PEOPLE)
    employ(installation.engine)
    port = free_port()
    with installation.role("web", "--web-port", str(port)):
        await_door(port)
        address = f"http://{HOST}:{port}/api/find"
        with httpx.Client(headers={"Cookie": signed_in(port)}, timeout=120, trust_env=False) as browser:
            begun_s = perf_counter()
            browser.get(address, params={"query": "а"}).raise_for_status()
            yield figure(f"search: {PEOPLE} people read into memory", perf_counter() - begun_s, "s")
            waits_s = [wait for _ in range(TRIES) for query in QUERIES for wait in _waits(browser, address, query)]
    name = f"search: one of {PEOPLE} people, pages of 100"
    yield figure(f"{name}, p50", quantile(waits_s, 0.5), "s", beside=calibration.loop)
    yield figure(f"{name}, longest", max(waits_s), "s", at_most=WITHIN_S, beside=calibration.loop)


def _waits(browser: httpx.Client, address: str, query: str) -> Iterator[float]:
    asked = {"query": query}
    for _ in range(2):
        begun_s = perf_counter()
        found = browser.get(address, params=asked).raise_for_status().json()
        yield perf_counter() - begun_s
        if found["next"] is None:
            return
        asked = {"query": query, "after": found["next"]}
