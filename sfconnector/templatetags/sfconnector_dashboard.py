"""The dashboard: everything that the app's index page in the admin shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from sfconnector import clock, overview, permissions
from sfconnector import orgs as connections
from sfconnector.health import beats
from sfconnector.models import ConnectedApp, Org, SyncPlan
from sfconnector.templatetags.sfconnector_timeline import hours_of
from sfconnector.wording import told

register = template.Library()

MOST_PROBLEMS = 12
"""Problems that have a line of their own; the others are counted."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that waits for a person."""

    org: Org
    title: str
    text: str
    url_name: str
    pk: int
    action: str
    can_reconnect: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """All orgs that a person may see, their problems first."""

    board: overview.Board
    activity: overview.Timeline | None
    problems: list[Problem]
    more_problems: int
    """Troubles that have no line of their own here."""
    search: str
    silence: str
    can: Mapping[str, bool]
    callback_url: str
    scopes: str
    has_app: bool


@register.simple_tag(takes_context=True)
def sfconnector_dashboard(context: template.Context) -> Dashboard:
    """Return the dashboard of the person who asks, in a fixed number of queries."""
    request = context["request"]
    user = request.user
    can = {
        "view": user.has_perm("sfconnector.view_org"),
        "add": user.has_perm("sfconnector.add_org"),
        "add_app": user.has_perm("sfconnector.add_connectedapp"),
        "connect": user.has_perm(permissions.full(permissions.CONNECT)),
        "sync": user.has_perm(permissions.full(permissions.SYNC)),
        "records": user.has_perm(permissions.full(permissions.VIEW_RECORDS)),
        "explore": user.has_perm(permissions.full(permissions.EXPLORE)),
        "plans": user.has_perm("sfconnector.view_syncplan"),
        "runs": user.has_perm("sfconnector.view_syncrun"),
    }
    search = request.GET.get("q", "").replace("\x00", "")[:200]
    board = overview.board(
        _orgs_of(user, can), search=search, page=request.GET.get("p", "1")
    )
    plans = _troubled_of(board.orgs) if can["plans"] else []
    problems = list(_problems(board.orgs, plans, can))
    totals = board.totals
    return Dashboard(
        board=board,
        activity=_activity(board, hours_of(request)) if can["runs"] else None,
        problems=problems[:MOST_PROBLEMS],
        more_problems=len(problems[MOST_PROBLEMS:])
        + (totals.plans - totals.fine - len(plans) if can["plans"] else 0),
        search=search,
        silence=_silence() if totals.plans else "",
        can=can,
        callback_url=connections.callback_url(),
        scopes=ConnectedApp().scopes,
        has_app=can["add_app"] and _has_app(user),
    )


def _orgs_of(user: Any, can: Mapping[str, bool]) -> QuerySet[Org]:
    rows = Org.objects.present().visible_to(user)
    return rows if can["view"] else rows.none()


def _activity(board: overview.Board, hours: int) -> overview.Timeline | None:
    """Return what the plans of all orgs did; None where nothing was planned yet."""
    if not board.totals.plans:
        return None
    plans = SyncPlan.objects.filter(org__in=[org.pk for org in board.orgs])
    return overview.timeline(plans, hours=hours)


def _has_app(user: Any) -> bool:
    return ConnectedApp.objects.visible_to(user).exists()


def _troubled_of(shown: list[Org]) -> list[SyncPlan]:
    """Return the plans that need a look, each with what its last failed run said."""
    told = ("org", "name", "sobject", "path", "soql", "is_enabled")
    state = ("failures_in_a_row", "paused_at", "paused_reason")
    plans = SyncPlan.objects.filter(org__in=shown).troubled().with_last_error()
    rows = plans.order_by("-failures_in_a_row", "pk").only(*told, *state)
    return list(rows[:MOST_PROBLEMS]) if shown else []


def _problems(
    shown: list[Org], plans: list[SyncPlan], can: Mapping[str, bool]
) -> Iterable[Problem]:
    by_key = {org.pk: org for org in shown}
    for org in shown:
        if org.status in overview.TROUBLED:
            yield _org_problem(org, can)
        else:
            yield from _findings(org)
    for plan in plans:
        yield _plan_problem(plan, by_key[plan.org_id])


def _org_problem(org: Org, can: Mapping[str, bool]) -> Problem:
    return Problem(
        org=org,
        title=str(org.get_status_display()),
        text=org.status_text,
        url_name="admin:sfconnector_org_change",
        pk=org.pk,
        action=_("Open the org"),
        can_reconnect=can["connect"] and org.status != Org.Status.DETACHED,
    )


def _findings(org: Org) -> Iterable[Problem]:
    """Yield what the doctor found that stops work."""
    for found in org.findings:
        if found.get("level") == "red":
            yield Problem(
                org=org,
                title=str(found.get("title", "")),
                text=f"{told(found.get('text'))} {told(found.get('remedy'))}".strip(),
                url_name="admin:sfconnector_org_change",
                pk=org.pk,
                action=_("Open the org"),
            )


def _plan_problem(plan: Any, org: Org) -> Problem:
    title = (
        _("Plan “%(plan)s” is paused") if plan.paused_at else _("Plan “%(plan)s” fails")
    )
    return Problem(
        org=org,
        title=title % {"plan": plan},
        text=plan.paused_reason
        or f"{told(plan.last_error)} {told(plan.last_remedy)}".strip()
        or _("Its last run failed; the run says why."),
        url_name="admin:sfconnector_syncplan_change",
        pk=plan.pk,
        action=_("Open the plan"),
    )


def _silence() -> str:
    """Return a sentence when scheduler or worker was not heard of for long."""
    for kind, name in ((beats.TICK, _("scheduler")), (beats.WORKER, _("worker"))):
        last = beats.last_beat(kind)
        if last is None:
            return _(
                "The %(name)s has never run. Start the worker and beat of this site, "
                "otherwise nothing is fetched."
            ) % {"name": name}
        if clock.now() - last > beats.silent_after(kind):
            since = timezone.localtime(last).strftime("%Y-%m-%d %H:%M")
            return _(
                "The %(name)s has been silent since %(since)s. Start the worker and "
                "beat of this site, otherwise nothing is fetched."
            ) % {"name": name, "since": since}
    found = beats.workers()
    if not found.missing:
        return ""
    return _(
        "%(alive)s of %(expected)s workers are alive; sf_doctor names those that fell "
        "silent."
    ) % {"alive": len(found.alive), "expected": found.expected}


@register.simple_tag
def org_pages(page: Any) -> list[int | str]:
    """Return the numbers of pages to choose from, with a sign for those left out."""
    found = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return list(found)
