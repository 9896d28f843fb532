"""What a careful person would notice on any page: errors, strangers called, scrolling sideways, findings of axe."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request

SHOTS = Path(__file__).parent / "shots"
# Pictures are for people: INNERCIRCLE_SHOTS=1 takes them.
TAKES_SHOTS = os.environ.get("INNERCIRCLE_SHOTS") == "1"
# Of the windows that we open, in CSS pixels.
NARROWEST, WIDEST = 390, 1440
STANDARDS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
GRAVE = {"serious", "critical"}
# Every colour stands in both themes, the rest of a page does not depend on them.
DARK_RULES = ["color-contrast"]
# Chromium's own words for a page that we asked for and that answers 404, 410 or 422 on purpose.
REFUSED = "Failed to load resource: the server responded with a status of 4"
FIND = """async (options) => (await axe.run(document, options)).violations.map((found) =>
    [found.impact, found.id, found.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")])"""
SIDEWAYS = """() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return "";
    const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > room + 1);
    return wide.slice(0, 3).map((one) => one.tagName.toLowerCase() + "." + one.className).join(", ") || "something";
}"""


class Watch:
    """Listens to one window from its first page on. `problems` grows; nothing is ever taken out of it."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.problems: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._note(f"error: {error}"))
        page.on("request", self._asked)

    def look(self, name: str) -> None:
        """At the page that is open now; pictures of it, in both themes, go to SHOTS where somebody wants them.

        Colours are the same at every width, so that the dark ones are looked at on a desk. Between a phone and a desk
        only the layout differs: there it is enough that nothing sticks out.
        """
        for theme in ("light", "dark") if self._width >= WIDEST or TAKES_SHOTS else ("light",):
            self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            self._judge(theme)
            if TAKES_SHOTS:
                self.shoot(f"{name}-{self._width}-{theme}")

    def shoot(self, name: str) -> None:
        # What is fixed to the window would else be drawn in the middle of the page.
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def _judge(self, theme: str) -> None:
        wide = self.page.evaluate(SIDEWAYS)
        if wide:
            self._note(f"{theme}: scrolls sideways because of {wide}")
        if not self._is_end:
            return
        for finding in findings(self.page, dark=theme == "dark"):
            self._note(f"{theme}: {finding}")

    @property
    def _is_end(self) -> bool:
        return not NARROWEST < self._width < WIDEST

    @property
    def _width(self) -> int:
        size = self.page.viewport_size
        assert size
        return int(size["width"])

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REFUSED):
            self._note(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self._note(f"asks a stranger: {request.url}")

    def _note(self, problem: str) -> None:
        self.problems.append(f"{self._width} px, {self.page.url.removeprefix(self.site)}: {problem}")


def findings(page: Page, *, dark: bool = False) -> list[str]:
    """What axe finds serious or critical; after a change to dark, only what a theme can change."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    run_only: dict[str, Any] = {"type": "rule", "values": DARK_RULES} if dark else {"type": "tag", "values": STANDARDS}
    found = page.evaluate(FIND, {"runOnly": run_only, "resultTypes": ["violations"]})
    return [f"{rule} ({impact}) at {where}" for impact, rule, where in found if impact in GRAVE]
