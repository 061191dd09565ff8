"""What is wrong with a page for whoever does not see it, or sees it on a small screen."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def faults(page: Page) -> list[str]:
    """What axe-core finds serious, and whether the page is wider than the window."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth") > 0
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in serious] + (["too wide"] if wide else [])
