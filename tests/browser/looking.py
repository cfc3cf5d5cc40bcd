"""What is looked for on every page: axe's findings, the console, the policy, the width."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "screenshots"
IS_KEPT = "KEEP_SCREENSHOTS" in os.environ
"""Taking pictures needs a fifth of the time that looking at the pages does."""
STRICT = ("default-src 'self';", "form-action 'self';", "base-uri 'none';")
"""What the project's policy says, among more."""
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MANY = ["tbody tr:nth-child(n+13)", ".sf-json li li li:nth-child(n+13)"]
"""Rows that look like the dozen before them; each costs the browser time."""
NARROW_RULES = ["target-size", "scrollable-region-focusable"]
RUN_AXE = """([rules, many]) => axe.run({include: [["html"]], exclude: many}, {resultTypes: ["violations"], preload: false, ...rules})
  .then(found => found.violations.map(one => ({
    id: one.id, impact: one.impact,
    where: one.nodes.map(node => node.target.join(" ") + "  " + node.html.slice(0, 160)
                         + "  " + (node.any[0] || {message: ""}).message)})))"""
SETTLE = """() => document.getAnimations()
  .filter(one => one.effect.getComputedTiming().endTime !== Infinity)
  .forEach(one => one.finish())"""
"""Colours fade from one to the next; half-way they have no contrast."""
NOTE_VIOLATIONS = """window.refused = [];
document.addEventListener("securitypolicyviolation", event => window.refused.push(
  `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""
TOO_WIDE = """() => {
  const most = window.innerWidth, over = document.documentElement.scrollWidth - most;
  if (over <= 0) return [];
  const clipped = box => { for (let up = box.parentElement; up; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== "visible" && up !== document.body) return true;
    return false; };
  const boxes = [...document.querySelectorAll("body *")].filter(
    box => box.getBoundingClientRect().right > most + 1 && !clipped(box));
  return [`${over} pixels too wide`, ...boxes.slice(0, 3).map(
    box => box.tagName + "." + box.className + " " + box.textContent.trim().slice(0, 40))];
}"""


@functools.cache
def axe() -> str:
    """Return axe-core as the package brings it along."""
    script = resources.files("axe_playwright_python") / "axe.min.js"
    return script.read_text(encoding="utf-8")


class Looker:
    """One person's window, and everything that is wrong with what it showed."""

    def __init__(self, browser: Browser, *, name: str, cookie: Any) -> None:
        self.name = name
        self.faults: list[str] = []
        self.context: BrowserContext = browser.new_context(viewport=WIDE)
        self.context.add_cookies([cookie])
        self.context.add_init_script(NOTE_VIOLATIONS)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self._fault("script", str(error)))
        self.page.on("console", self._hear)
        self.page.on("dialog", lambda dialog: dialog.dismiss())
        self.shown = ""
        self.is_page = False

    def open(self, name: str, url: str, *, status: int = 200) -> None:
        """Go to a page; any other status than the one expected is a fault."""
        self.shown = name
        answer = self.page.goto(url)
        if answer is None or answer.status != status:
            self._fault("status", str(answer and answer.status))
        policy = (answer and answer.header_value("content-security-policy")) or ""
        if not all(part in policy for part in STRICT):
            self._fault("policy", f"The strict policy was not sent: {policy}")
        kind = answer.header_value("content-type") if answer else ""
        self.is_page = "html" in (kind or "")

    def look(self, *, thorough: bool = True, keep: bool = True) -> None:
        """Look at the page: light, and when thorough dark and narrow as well."""
        if not self.is_page:
            return
        self.judge("light", {"runOnly": RULES}, keep=keep)
        if not thorough:
            return
        self.page.emulate_media(color_scheme="dark")
        self.judge("dark", {"runOnly": ["color-contrast"]}, keep=keep)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(NARROW)
        self.judge("narrow", {"runOnly": NARROW_RULES}, keep=keep)
        for fault in self.page.evaluate(TOO_WIDE):
            self._fault("width", fault)
        self.page.set_viewport_size(WIDE)

    def judge(self, look: str, rules: dict[str, Any], *, keep: bool) -> None:
        """Ask axe about what is shown, and keep a picture of it."""
        self.page.evaluate(SETTLE)
        if keep and IS_KEPT:
            path = SCREENSHOTS / f"{self.name}-{self.shown}-{look}.jpeg"
            self.page.screenshot(path=path, full_page=True, type="jpeg", quality=70)
        if not self.page.evaluate("typeof axe === 'object'"):
            for refused in self.page.evaluate("window.refused"):
                self._fault("policy", refused)
            self.page.evaluate(axe())
        for found in self.page.evaluate(RUN_AXE, [rules, MANY]):
            if found["impact"] in {"serious", "critical"}:
                self._fault(f"{look} {found['id']}", *found["where"])

    def close(self) -> None:
        """Close the window."""
        self.context.close()

    def _fault(self, kind: str, *said: str) -> None:
        self.faults += [f"{self.shown}: {kind}: {one}" for one in said]

    def _hear(self, message: ConsoleMessage) -> None:
        for problem in problems(message):
            self._fault("console", problem)


def problems(message: ConsoleMessage) -> Iterator[str]:
    """Yield what a console line complains of; a status is looked at by itself."""
    source = message.location.get("url", "")
    if message.type not in {"error", "warning"} or source.endswith("/favicon.ico"):
        return
    if "the server responded with a status of" not in message.text:
        yield f"{message.text} ({source})"
