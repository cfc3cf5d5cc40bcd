"""Small signs for the admin pages: chips, ages, gauges, charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

from sfconnector import health
from sfconnector.models import Org, SObject, SyncPlan, SyncRun
from sfconnector.wording import told

register = template.Library()

ORG_SIGNS = {
    Org.Status.NEW: ("quiet", "plug"),
    Org.Status.CONNECTED: ("good", "check"),
    Org.Status.NEEDS_RECONNECT: ("bad", "alert"),
    Org.Status.UNKNOWN: ("warn", "question"),
    Org.Status.DETACHED: ("warn", "alert"),
    Org.Status.DISCONNECTED: ("quiet", "unplug"),
}
RUN_SIGNS = {
    SyncRun.State.QUEUED: ("quiet", "clock"),
    SyncRun.State.RUNNING: ("busy", "refresh"),
    SyncRun.State.PARKED: ("warn", "pause"),
    SyncRun.State.SUCCEEDED: ("good", "check"),
    SyncRun.State.WARNINGS: ("warn", "alert"),
    SyncRun.State.FAILED: ("bad", "cross"),
    SyncRun.State.CANCELLED: ("quiet", "stop"),
}
LEVEL_TONES = {"green": "good", "yellow": "warn", "red": "bad"}
LEVEL_ICONS = {"green": "check", "yellow": "alert", "red": "cross"}
FULL = 100
NEARLY_FULL = 80


register.filter(told)


@register.filter
def grouped(number: float | None) -> str:
    """Write a number with its thousands apart, as the language does."""
    if number is None:
        return "–"
    return str(formats.number_format(number, use_l10n=True, force_grouping=True))


@register.simple_tag
def sf_icon(name: str) -> SafeString:
    """Draw one icon of the sprite; it says nothing to a screen reader."""
    return format_html(
        '<svg class="sf-icon" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        static("sfconnector/icons.svg"),
        name,
    )


@register.simple_tag
def sf_chip(text: object, tone: str = "quiet", icon: str = "") -> SafeString:
    """Draw a chip: text, icon and colour, so never colour alone."""
    return format_html(
        '<span class="sf-chip sf-{}">{}{}</span>',
        tone,
        sf_icon(icon) if icon else "",
        text,
    )


@register.simple_tag
def org_chip(org: Org) -> SafeString:
    """Say how an org's connection is, and that it does not answer at all."""
    silent = health.unanswered(org)
    if silent:
        return sf_chip(silent, "bad", "alert")
    tone, icon = ORG_SIGNS.get(Org.Status(org.status), ("quiet", "question"))
    return sf_chip(org.get_status_display(), tone, icon)


@register.simple_tag
def type_chip(org: Org) -> SafeString:
    """Say whether an org is production or a sandbox; empty when not known."""
    if org.is_sandbox is None:
        return SafeString("")
    if org.is_production:
        return sf_chip(_("Production"), "production", "shield")
    return sf_chip(_("Sandbox"), "sandbox", "flask")


@register.simple_tag
def run_chip(run: SyncRun) -> SafeString:
    """Say how a run is."""
    tone, icon = RUN_SIGNS.get(SyncRun.State(run.state), ("quiet", "question"))
    return sf_chip(run.get_state_display(), tone, icon)


@register.simple_tag
def plan_chip(plan: SyncPlan) -> SafeString:
    """Say whether a plan's schedule runs."""
    if not plan.is_enabled:
        return sf_chip(_("Switched off"), "quiet", "stop")
    if plan.paused_at:
        return sf_chip(_("Paused"), "warn", "pause")
    if plan.is_troubled:
        return sf_chip(_("Fails"), "bad", "alert")
    if plan.schedule == SyncPlan.Schedule.MANUAL:
        return sf_chip(_("Only when asked"), "quiet", "hand")
    return sf_chip(_("Active"), "good", "clock")


@register.simple_tag
def finding_chip(finding: dict[str, Any]) -> SafeString:
    """Draw a finding's title in the colour of its level."""
    level = str(finding.get("level", ""))
    return sf_chip(
        finding.get("title", ""),
        LEVEL_TONES.get(level, "quiet"),
        LEVEL_ICONS.get(level, "question"),
    )


@register.simple_tag
def age(moment: datetime | None, never: str = "") -> SafeString:
    """Write “4 minutes ago” or “in 4 minutes”; the exact time is the title."""
    if moment is None:
        return format_html('<span class="sf-faint">{}</span>', never or _("never"))
    now = timezone.now()
    try:
        local = timezone.localtime(moment)
    except OverflowError:  # the end of the year 9999 is of no year further east
        local = moment
    if moment > now:
        is_near = (moment - now).total_seconds() < 60
        until = _("less than a minute") if is_near else timeuntil(moment, now, depth=1)
        text = _("in %(time)s") % {"time": until}
    elif (now - moment).total_seconds() < 60:
        text = _("just now")
    else:
        text = _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}
    exact = formats.date_format(local, "DATETIME_FORMAT")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, text
    )


@register.simple_tag
def gauge(used: float, maximum: float, label: str = "") -> SafeString:
    """Draw how much of a limit is used: a bar and its figures."""
    share = min(FULL, round(FULL * used / maximum)) if maximum else 0
    tone = "bad" if share >= FULL else "warn" if share >= NEARLY_FULL else "good"
    figures = _("%(used)s of %(maximum)s") % {
        "used": grouped(used) if used else _("nothing"),
        "maximum": grouped(maximum),
    }
    return format_html(
        '<span class="sf-gauge sf-{}"><svg role="img" aria-label="{}" width="100%"'
        ' height="6"><rect class="sf-track" width="100%" height="6" rx="3"></rect>'
        '<rect class="sf-fill" width="{}%" height="6" rx="3"></rect></svg>'
        '<span class="sf-figures">{} <span class="sf-faint">({} %)</span></span>'
        "</span>",
        tone,
        f"{label}: {figures}" if label else figures,
        str(share),
        figures,
        str(share),
    )


@register.simple_tag
def progress(done: int, expected: int | None) -> SafeString:
    """Draw a progress bar; without an expectation it only says that work goes on."""
    if not expected:
        return format_html('<progress class="sf-progress">{}</progress>', _("working"))
    return format_html(
        '<progress class="sf-progress" max="{}" value="{}">{} %</progress>',
        str(expected),
        str(min(done, expected)),
        str(math.floor(FULL * min(done, expected) / expected)),
    )


@register.simple_tag
def bars(values: Sequence[int], label: str) -> SafeString:
    """Draw a small bar chart of the last days, oldest first."""
    highest = max(values, default=0) or 1
    heights = [max(1, round(24 * value / highest)) for value in values]
    drawn = format_html_join(
        "",
        '<rect x="{}" y="{}" width="5" height="{}" rx="1"></rect>',
        (
            (str(index * 7), str(24 - height), str(height))
            for index, height in enumerate(heights)
        ),
    )
    return format_html(
        '<svg class="sf-bars" role="img" aria-label="{}" viewBox="0 0 {} 24"'
        ' preserveAspectRatio="xMaxYMid meet">{}</svg>',
        label,
        str(max(1, len(values)) * 7),
        drawn,
    )


@register.simple_tag
def gone_count(row: SObject) -> str:
    """Say how many cached records of an object are no longer in the org."""
    return grouped(max(0, row.total_count - row.live_count))


@register.simple_tag
def percent(share: float) -> str:
    """Write a share as a percentage, small ones with a decimal."""
    places = 0 if share >= 0.1 else 2
    figure = formats.number_format(FULL * share, decimal_pos=places, use_l10n=True)
    return f"{figure} %"


@register.simple_tag
def percent_of(used: float, maximum: float) -> str:
    """Write a part of a whole as a percentage."""
    return percent(used / maximum) if maximum else ""
