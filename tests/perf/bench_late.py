"""How long it takes until a day is judged that a passive device tells all at once."""

from collections.abc import Iterator
from time import perf_counter

from baqylau.domain.findings import Code
from tests.perf.figures import Figure, figure
from tests.perf.installation import installed
from tests.unit.server.site import Site, prescribed
from tests.unit.server.test_judge import a_day_uploaded_at_once, catch_up

WITHIN_S = 60.0
"""Notes on the domain, section 7: a passive upload of 24 h."""
EVERY_S = (60, 6)


def figures() -> Iterator[Figure]:
    """Upload a day of one person, a record a minute and one each six seconds, and judge it."""
    for every_s in EVERY_S:
        with installed() as installation:
            site = Site(installation.engine, prescribed())
            site.open_for_the_first_time()
            a_day_uploaded_at_once(site, every_s)
            begun_s = perf_counter()
            catch_up(site, "bench")
            seconds = perf_counter() - begun_s
            assert any(view.alarm.code is Code.EXCLUSION_ENTRY for view in site.alarms())
        yield figure(f"judge: a day told at once, {86_400 // every_s} records", seconds, "s", at_most=WITHIN_S)
