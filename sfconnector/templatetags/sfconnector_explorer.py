"""What the explorer's templates need, and lists that show calls."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sfconnector import explorer, permissions
from sfconnector.models import Org

register = template.Library()

LONGEST_LINK = 3_000
"""Characters of an address that every server takes."""


@register.filter
def readable_path(path: str) -> str:
    """Write a path as it was typed."""
    return explorer.readable(path)


@register.filter
def soql(text: str, most: int = 0) -> SafeString:
    """Draw a query in colours; with ``most`` characters, the whole is its title."""
    shown = f"{text[:most].rstrip()}…" if most and len(text) > most else text
    pieces = format_html_join(
        "",
        "{}",
        ((_drawn(kind, piece),) for kind, piece in explorer.painted(shown)),
    )
    title = format_html(' title="{}"', text) if shown != text else ""
    return format_html('<code class="sf-soql"{}>{}</code>', title, pieces)


def _drawn(kind: str, piece: str) -> str:
    if not kind:
        return piece
    return format_html('<span class="sf-soql-{}">{}</span>', kind, piece)


@register.filter
def call_line(path: str, most: int = 0) -> SafeString:
    """Draw the path of a call; a query within it is decoded and coloured."""
    if query := explorer.soql_in(path):
        place = path.partition("?")[0]
        return format_html(
            '<span class="sf-mono sf-wrap">{}</span> {}', place, soql(query, most)
        )
    readable = explorer.readable(path)
    if most and len(readable) > most:
        return format_html(
            '<span class="sf-mono sf-wrap" title="{}">{}…</span>',
            readable,
            readable[:most],
        )
    return format_html('<span class="sf-mono sf-wrap">{}</span>', readable)


@register.simple_tag(takes_context=True)
def explorer_url(
    context: template.Context, org: Org, path: str = "", query: str = ""
) -> str:
    """Return where a call can be taken up in the explorer; "" for who may not."""
    request: Any = context.get("request")
    may = permissions.full(permissions.EXPLORE)
    if request is None or not request.user.has_perm(may):
        return ""
    if not Org.objects.present().visible_to(request.user).filter(pk=org.pk).exists():
        return ""
    asked = query or explorer.soql_in(path)
    given = {"soql": asked} if asked else {"path": explorer.readable(path)}
    name = "org_query" if asked else "org_explore"
    site = getattr(request, "current_app", None)
    url = reverse(f"admin:sfconnector_{name}", current_app=site)
    link = f"{url}?{urlencode({'org': org.pk, **given})}"
    return link if len(link) <= LONGEST_LINK else ""
