"""Links within a list that keep what the list was asked for."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def list_query(listing: Any, **changes: Any) -> str:
    """Return the query string of the list with some parameters changed."""
    return str(listing.query(**changes))
