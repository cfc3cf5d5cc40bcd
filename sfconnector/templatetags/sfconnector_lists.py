"""Lists: links that keep what was asked for, filters above, cells with their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()


@register.simple_tag
def list_query(listing: Any, **changes: Any) -> str:
    """Return the query string of the list with some parameters changed."""
    return str(listing.query(**changes))


@register.simple_tag
def filter_choices(changelist: Any, spec: Any) -> dict[str, Any]:
    """Return the choices of a filter, and the one that narrows the list, if any."""
    choices = list(spec.choices(changelist))
    chosen = [choice for choice in choices[1:] if choice.get("selected")]
    return {"all": choices, "chosen": chosen[0] if chosen else None}


@register.simple_tag
def named_cells(
    result: Iterable[SafeString], headers: Iterable[Any]
) -> list[SafeString]:
    """Return the cells of a row, each with its column's name, for narrow windows."""
    return [
        _named(cell, str(header["text"]))
        for cell, header in zip(result, headers, strict=False)
    ]


def _named(cell: SafeString, name: str) -> SafeString:
    if not cell.startswith("<td") or "<input" in name:
        return cell
    label = format_html(' data-label="{}"', capfirst(name))
    # The cell is Django's own markup, already escaped; only its first tag grows.
    return SafeString(f"<td{label}{cell[3:]}")
