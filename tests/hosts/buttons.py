"""The buttons of a page, and where each leads."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any


class Buttons(HTMLParser):
    """Collects the buttons and links of ours on a page, with where each leads."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.found: set[str] = set()
        self.nested: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, Any]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            if self.forms:
                self.nested.append(given.get("action", ""))
            self.forms.append(given)
        is_ours = "sf-button" in given.get("class", "")
        if tag == "a" and is_ours:
            self.found.add(f"link {given.get('href')}")
        is_ours = is_ours or given.get("name") == "_connect"
        if tag in {"button", "input"} and is_ours:
            inside = self.forms[-1] if self.forms else {}
            action = given.get("formaction") or inside.get("action", "")
            form = given.get("form") or inside.get("id", "")
            self.found.add(f"button {action or form}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.forms:
            self.forms.pop()


def buttons_of(page: str) -> list[str]:
    """Return what our buttons and links of a page lead to; no form lies in a form."""
    seen = Buttons()
    seen.feed(page)
    assert seen.nested == []
    return sorted(re.sub(r"//127\.0\.0\.1:\d+", "//org", one) for one in seen.found)
