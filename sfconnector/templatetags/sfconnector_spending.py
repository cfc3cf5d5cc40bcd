"""The API budget of a day, drawn: stacks by purpose, the share's line, the forecast."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sfconnector import overview
from sfconnector.models import Org
from sfconnector.templatetags.sfconnector_admin import grouped
from sfconnector.templatetags.sfconnector_timeline import may_see

register = template.Library()

HIGH = 130
TOP = 14
"""Room over the highest bar for the line's name."""
WIDE = 100 / 24
FAR = 3
"""A share so many times the forecast is not drawn: the bars would be too low."""


@register.simple_tag
def sf_spending(org: Org) -> overview.Spending | None:
    """Return what was spent on an org today; None where there was nothing yet."""
    found = overview.spending(org)
    return found if found.calls else None


@register.simple_tag(takes_context=True)
def sf_callers(context: template.Context, org: Org) -> list[overview.Caller]:
    """Return the plans that called most today; none where the person sees no plan."""
    return overview.callers(org) if may_see(context["request"].user) else []


@register.simple_tag
def share_is_drawn(day: overview.Spending) -> bool:
    """Tell whether the share's line is in the picture."""
    most = max(day.forecast, day.calls, 1)
    return day.share is not None and day.share <= FAR * most


@register.simple_tag
def sf_budget(day: overview.Spending) -> SafeString:
    """Draw the calls since midnight, hour by hour, up to the forecast."""
    most = max(day.forecast, day.calls, 1)
    line = SafeString("")
    if day.share and share_is_drawn(day):
        most = max(most, day.share)
        line = _share_line(day.share, most)
    bars = format_html_join(
        "",
        "{}",
        ((_hour(one, place, most),) for place, one in enumerate(day.hours)),
    )
    return format_html(
        '<svg class="sf-budget" width="100%" height="{}" aria-hidden="true"'
        ' focusable="false">{}<line class="sf-lane-base" x1="0" x2="100%" y1="{}"'
        ' y2="{}"></line>{}{}</svg>',
        str(HIGH + TOP + 20),
        bars,
        str(HIGH + TOP),
        str(HIGH + TOP),
        line,
        _clock(day),
    )


def _hour(hour: overview.Hour, place: int, most: int) -> SafeString:
    floor, drawn = float(HIGH + TOP), []
    for kind, calls in hour.so_far.items():
        height = HIGH * calls / most
        floor -= height
        drawn.append((kind, f"{floor:.1f}", f"{height:.1f}"))
    stack = format_html_join(
        "",
        '<rect class="sf-for-{}" x="{}%" width="{}%" y="{}" height="{}"></rect>',
        (
            (kind, f"{place * WIDE + 0.4:.2f}", f"{WIDE - 0.8:.2f}", top, height)
            for kind, top, height in drawn
        ),
    )
    return format_html(
        "<g><title>{}</title>{}</g>", "\n".join(_hour_words(hour)), stack
    )


def _hour_words(hour: overview.Hour) -> Iterable[str]:
    yield formats.time_format(timezone.localtime(hour.begins_at), "H:i")
    if hour.is_forecast:
        yield _("expected: %(calls)s since midnight") % {"calls": grouped(hour.total)}
        return
    yield _("%(calls)s in this hour") % {"calls": grouped(hour.calls)}
    yield _("%(calls)s since midnight") % {"calls": grouped(hour.total)}
    names = kind_names()
    for kind, calls in hour.so_far.items():
        yield f"{names[kind]}: {grouped(calls)}"


def _share_line(share: int, most: int) -> SafeString:
    y = f"{TOP + HIGH - HIGH * share / most:.1f}"
    return format_html(
        '<line class="sf-share" x1="0" x2="100%" y1="{}" y2="{}"></line>'
        '<text class="sf-share-name" x="0" y="{}">{}</text>',
        y,
        y,
        f"{TOP + HIGH - HIGH * share / most - 4:.1f}",
        _("our share: %(calls)s") % {"calls": grouped(share)},
    )


def _clock(day: overview.Spending) -> SafeString:
    return format_html_join(
        "",
        '<text class="sf-clock" x="{}%" y="{}">{}</text>',
        (
            (
                f"{place * WIDE + 0.4:.2f}",
                str(HIGH + TOP + 15),
                formats.time_format(timezone.localtime(hour.begins_at), "H:i"),
            )
            for place, hour in enumerate(day.hours)
            if place % 4 == 0
        ),
    )


@register.simple_tag
def kind_names() -> dict[str, str]:
    """Return the words for what calls are for."""
    return {
        "fetching": _("Fetching"),
        "people": _("People: explorer, previews, commands"),
        "upkeep": _("Upkeep: connections, describes, limits"),
    }


@register.simple_tag
def sf_kind_counts(day: overview.Spending) -> list[tuple[str, str, int]]:
    """Return kind, its words and its calls of today."""
    names = kind_names()
    return [(kind, names[kind], calls) for kind, calls in day.now.so_far.items()]
