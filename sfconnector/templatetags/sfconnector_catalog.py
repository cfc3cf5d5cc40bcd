"""Signs for the pages of objects and fields."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sfconnector.models import SField

register = template.Library()

NOT_BY_BULK = {"address", "location", "complexvalue"}
"""Compound types: Bulk API 2.0 reads their parts but not the whole."""


@register.simple_tag
def sobject_link(name: str, links: Mapping[str, str]) -> SafeString:
    """Link to another object of the same org when it is known here."""
    url = links.get(name)
    if url is None:
        return format_html("{}", name)
    return format_html('<a href="{}">{}</a>', url, name)


@register.simple_tag
def field_details(field: SField) -> SafeString:
    """Show the formula or the picklist values, folded; or what Bulk leaves out."""
    told = field.describe or {}
    if told.get("calculatedFormula"):
        return _folded(
            _("Formula"), format_html("<code>{}</code>", told["calculatedFormula"])
        )
    values = [
        entry
        for entry in told.get("picklistValues") or ()
        if isinstance(entry, dict) and entry.get("active", True)
    ]
    if values:
        title = ngettext("%(count)d value", "%(count)d values", len(values))
        pairs = ((entry.get("label") or entry.get("value", ""),) for entry in values)
        drawn = format_html_join("", "<li>{}</li>", pairs)
        return _folded(
            title % {"count": len(values)}, format_html("<ul>{}</ul>", drawn)
        )
    if field.type in NOT_BY_BULK:
        text = _("Bulk API reads its parts only.")
        return format_html('<span class="sf-faint">{}</span>', text)
    return SafeString("")


def _folded(title: str, inside: SafeString) -> SafeString:
    return format_html(
        '<details class="sf-fold"><summary>{}</summary>{}</details>', title, inside
    )
