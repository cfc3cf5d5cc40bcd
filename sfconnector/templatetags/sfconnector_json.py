"""A JSON value as a tree that folds without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sfconnector import exact_json

register = template.Library()

MOST_NODES = 4000
"""Values drawn before the tree is cut; the page stays light whatever an org sends."""
LONGEST_TEXT = 2000
OPEN_DEPTH = 2
LONGEST_CELL = 120
DEEPEST = 40


class Tree:
    """Draws one value and counts what it has drawn.

    ``links.draw(text)`` gives a text that leads somewhere as HTML, None for another.
    """

    def __init__(self, links: Any = None) -> None:
        self.left = MOST_NODES
        self.links = links
        self.open_depth = OPEN_DEPTH if links is None else OPEN_DEPTH + 1

    def draw(self, value: Any, depth: int = 0) -> SafeString:
        """Return the HTML of a value."""
        if isinstance(value, dict):
            return self._branch(value.items(), "{}", len(value), depth)
        if isinstance(value, list):
            return self._branch(enumerate(value), "[]", len(value), depth)
        return self._linked(value) or _leaf(value)

    def _linked(self, value: Any) -> SafeString | None:
        if self.links is None or not isinstance(value, str):
            return None
        drawn: SafeString | None = self.links.draw(value)
        return drawn

    def _branch(
        self, items: Iterable[tuple[Any, Any]], marks: str, size: int, depth: int
    ) -> SafeString:
        if not size:
            return format_html('<span class="sf-json-empty">{}</span>', marks)
        if depth >= DEEPEST:
            return _cut()
        rows = format_html_join("", "<li>{}</li>", self._rows(items, depth))
        count = ngettext("%(count)d entry", "%(count)d entries", size)
        return format_html(
            '<details{}><summary><span class="sf-json-mark">{}</span> {}</summary>'
            "<ul>{}</ul></details>",
            SafeString(" open") if depth < self.open_depth and size <= 200 else "",
            marks,
            count % {"count": size},
            rows,
        )

    def _rows(
        self, items: Iterable[tuple[Any, Any]], depth: int
    ) -> Iterable[tuple[SafeString]]:
        for key, value in items:
            if self.left <= 0:
                yield (_cut(),)
                return
            self.left -= 1
            drawn = self.draw(value, depth + 1)
            yield (format_html('<span class="sf-json-key">{}</span> {}', key, drawn),)


def _cut() -> SafeString:
    return format_html(
        '<span class="sf-faint">{}</span>', _("… cut here, the answer is longer.")
    )


def _leaf(value: Any) -> SafeString:
    if isinstance(value, str):
        shown = value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"
        return format_html('<span class="sf-json-text">{}</span>', shown)
    kind = "none" if value is None else "bool" if isinstance(value, bool) else "number"
    return format_html(
        '<span class="sf-json-{}">{}</span>',
        kind,
        exact_json.dumps(value, is_spaced=True),
    )


def _json(value: Any) -> str:
    return exact_json.dumps(value, is_spaced=True)


@register.simple_tag
def json_tree(value: Any, links: Any = None) -> SafeString:
    """Draw a JSON value as nested lists that open and close."""
    return format_html('<div class="sf-json">{}</div>', Tree(links).draw(value))


@register.filter
def in_cell(value: Any) -> SafeString:
    """Show one value of a table: text in its own direction, the rest as JSON."""
    if value is None:
        return SafeString("")
    if isinstance(value, dict) and "totalSize" in value:
        value = f"({value['totalSize']})"
    text = value if isinstance(value, str) else exact_json.dumps(value, is_spaced=True)
    shown = text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"
    return format_html("<bdi>{}</bdi>", shown)
