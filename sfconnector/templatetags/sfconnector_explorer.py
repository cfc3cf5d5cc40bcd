"""What the explorer's templates need."""

from __future__ import annotations

from django import template

from sfconnector import explorer

register = template.Library()


@register.filter
def readable_path(path: str) -> str:
    """Write a path as it was typed."""
    return explorer.readable(path)
