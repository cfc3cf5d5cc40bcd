"""Small signs of the lists of calls, answers and deeds."""

from __future__ import annotations

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


def chip(text: object, tone: str, icon: str) -> str:
    """Show a word with a colour and an icon."""
    cell = {"text": text, "tone": tone, "icon": icon}
    return render_to_string("sfconnector/cells/chip.html", cell)


def status_chip(status: int | None) -> str:
    """Show an HTTP status: text, icon and colour."""
    if status is None:
        return chip(_("no answer"), "bad", "cross")
    if status < 400:
        return chip(status, "good", "check")
    return chip(status, "warn" if status in {401, 404, 429, 503} else "bad", "alert")


def to_the_second(moment: datetime) -> SafeString:
    """Show a moment with its seconds: calls of one minute are told apart by them."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        moment.isoformat(),
        formats.date_format(local, "SHORT_DATE_FORMAT"),
        local.strftime("%H:%M:%S"),
    )
