"""The activity of plans, drawn: SVG without a script, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sfconnector import overview
from sfconnector.models import Org, SyncPlan, SyncRun
from sfconnector.templatetags.sfconnector_admin import RUN_SIGNS, grouped, sf_chip

register = template.Library()

ANY = "0000"
HIGH = 22
"""Pixels of the highest bar; the lowest is a little over its base line."""
LOW = 4
BASE = 31
THIN = 0.1
"""Percent: a bar without a width is not drawn at all, its outline neither."""
OF_STATE = {state.value: tone for state, (tone, _icon) in RUN_SIGNS.items()}
"""Colours of bars; each state has its chip in the lane's summary as well."""


@register.simple_tag(takes_context=True)
def sf_activity(context: template.Context, of: Org | SyncPlan) -> Any:
    """Return the timeline of an org or a plan; None where the person may not see it."""
    request = context["request"]
    if not may_see(request.user):
        return None
    plans = SyncPlan.objects.filter(org=of) if isinstance(of, Org) else None
    if plans is None:
        plans = SyncPlan.objects.filter(pk=of.pk)
    return overview.timeline(plans, hours=hours_of(request))


def may_see(user: Any) -> bool:
    """Tell whether a person may see plans and runs."""
    return bool(
        user.has_perm("sfconnector.view_syncplan")
        and user.has_perm("sfconnector.view_syncrun")
    )


def hours_of(request: Any) -> int:
    """Return the hours that the address asks for; a day when it does not."""
    is_week = request.GET.get("hours") == str(overview.WEEK)
    return overview.WEEK if is_week else overview.DAY


@register.simple_tag(takes_context=True)
def sf_lane(
    context: template.Context, lane: overview.Lane, activity: overview.Timeline
) -> SafeString:
    """Draw the bars of a plan; each leads to its run and tells its figures."""
    url, words = _run_url(context), _words()
    bars = SafeString("".join(_bar(bar, url, words) for bar in lane.bars))
    return format_html(
        '<svg class="sf-lane-bars" width="100%" height="34" aria-hidden="true"'
        ' focusable="false">{}<line class="sf-lane-base" x1="0" x2="100%" y1="{}"'
        ' y2="{}"></line>{}</svg>',
        _lines(activity),
        str(BASE + 1),
        str(BASE + 1),
        bars,
    )


@register.simple_tag
def sf_axis(activity: overview.Timeline) -> SafeString:
    """Write the hours, or the days, over the lanes."""
    return format_html(
        '<svg class="sf-lane-axis" width="100%" height="18" aria-hidden="true"'
        ' focusable="false">{}</svg>',
        format_html_join(
            "",
            '<text x="{}%" y="13"{}>{}</text>',
            (
                (f"{tick.x:.2f}", _end_of_axis(tick.x), _tick_name(tick, activity))
                for tick in activity.ticks
            ),
        ),
    )


@register.simple_tag
def sf_outcomes(lane: overview.Lane) -> SafeString:
    """Say how many runs of a lane came to which end, the worst first."""
    order = ("failed", "warnings", "parked", "running", "queued", "cancelled")
    found = [
        sf_chip(grouped(lane.counts[state]), *RUN_SIGNS[SyncRun.State(state)])
        for state in (*order, "succeeded")
        if lane.counts.get(state)
    ]
    return format_html_join("", "{}", ((one,) for one in found))


@register.simple_tag
def sf_outcome_words(lane: overview.Lane) -> str:
    """Say the same in words."""
    told = [
        f"{SyncRun.State(state).label}: {grouped(count)}"
        for state, count in sorted(lane.counts.items())
    ]
    if lane.looks:
        told.append(f"{_('Looked at in rounds')}: {grouped(lane.looks)}")
    return ", ".join(told) or _("no run")


def _bar(bar: overview.Bar, url: str, words: Mapping[str, str]) -> str:
    """Draw one bar; of all that is put in, its words alone need escaping."""
    height = LOW + round((HIGH - LOW) * bar.level)
    top, width = BASE - height, max(THIN, bar.width)
    tone, mark = OF_STATE.get(bar.state, "quiet"), ""
    if bar.state in {"failed", "warnings"}:  # told apart without colour
        middle = min(100.0, bar.x + bar.width / 2)
        mark = f'<circle cx="{middle:.2f}%" cy="{top - 5}" r="3"></circle>'
    return (
        f'<a href="{url.replace(ANY, str(bar.run))}" tabindex="-1"'
        f' class="sf-bar sf-{tone} sf-is-{escape(bar.state)}">'
        f"<title>{escape(_told(bar, words))}</title>"
        f'<rect x="{bar.x:.2f}%" width="{width:.2f}%" y="{top}" height="{height}"'
        f' rx="1"></rect>{mark}</a>'
    )


def _run_url(context: template.Context) -> str:
    """Return the address of a run's page, with ``ANY`` in place of its key."""
    site = getattr(context["request"], "current_app", None)
    return reverse("admin:sfconnector_syncrun_change", args=[ANY], current_app=site)


def _lines(activity: overview.Timeline) -> SafeString:
    return format_html_join(
        "",
        '<line class="sf-lane-tick" x1="{0}%" x2="{0}%" y1="0" y2="34"></line>',
        ((f"{tick.x:.2f}",) for tick in activity.ticks),
    )


def _end_of_axis(x: float) -> SafeString:
    """Keep a name that stands at an edge inside of the picture."""
    if x < 4:
        return SafeString(' class="sf-from"')
    return SafeString(' class="sf-to"' if x > 96 else "")


def _tick_name(tick: overview.Tick, activity: overview.Timeline) -> str:
    local = timezone.localtime(tick.at)
    if activity.hours == overview.DAY and local.hour:
        return formats.time_format(local, "H:i")
    return formats.date_format(local, "D j")


def _told(bar: overview.Bar, words: Mapping[str, str]) -> str:
    """Return the numbers of a bar, on lines of their own."""
    began = formats.date_format(timezone.localtime(bar.began_at), words["moment"])
    runs = f"{words['runs']}: {_short(bar.runs)}\n" if bar.runs > 1 else ""
    return (
        f"{began}\n{runs}#{bar.run}: {words[bar.state]}\n"
        f"{words['rows']}: {_short(bar.rows)}\n{words['calls']}: {_short(bar.calls)}\n"
        f"{words['seconds']}: {_short(round(bar.seconds))}"
    )


def _words() -> dict[str, str]:
    """Return the words of all bars; there may be thousands of those."""
    states = {state.value: str(state.label) for state in SyncRun.State}
    return states | {
        "runs": _("Runs"),
        "rows": _("Records read"),
        "calls": _("API calls"),
        "seconds": _("Seconds"),
        "moment": formats.get_format("SHORT_DATETIME_FORMAT"),
    }


def _short(number: int) -> str:
    return str(number) if number < 1000 else grouped(number)
